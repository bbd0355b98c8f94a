"""Writing the group's own page: a draft, a look at it, publishing, two at once, and an earlier text put back."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from groups import actions
from groups.models import GroupRole, PageVersion
from groups.models.page import WORDS, fingerprint
from sanctuary.audit.models import Entry
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

FORM_QUERIES, PREVIEW_QUERIES = 9, 13


def url(name, group, *args):
    return reverse(f"groups:page_{name}", args=[group.slug, *args])


def words(**fields):
    empty = {"about": "We share meals.", "offers": ["meals"], "languages": "Arabic", "mailbox": "", "website": ""}
    return empty | fields


def typed(group, **fields):
    return {"stands_on": fingerprint(group)} | words(**fields)


@pytest.fixture
def deputy(group):
    user = make.UserFactory(name="Dilys Deputy", email="dilys@example.org")
    make.GroupRoleFactory(group=group, user=user, role=GroupRole.Role.DEPUTY)
    return user


@pytest.fixture
def desk(client_of, coordinator):
    return client_of(coordinator)


def now_on(group):
    group.refresh_from_db()
    return {name: getattr(group, name) for name in WORDS}


# --- the way to the public page -------------------------------------------------------------------


def test_what_is_written_is_public_only_after_a_look_and_a_press(desk, client, group):
    answer = desk.post(url("edit", group), typed(group, about="NEW words <b>bold</b>"))
    assert (answer.status_code, answer.url) == (302, url("preview", group))
    assert now_on(group)["about"] == ""
    public = reverse("groups:detail", args=[group.slug])
    assert "NEW words" not in client.get(public).text
    preview = desk.get(url("preview", group)).text
    assert "NEW words &lt;b&gt;bold&lt;/b&gt;" in preview
    assert '<meta name="robots" content="noindex">' in preview
    assert desk.post(url("publish", group), follow=True).status_code == 200
    assert now_on(group) == words(about="NEW words <b>bold</b>")
    page = client.get(public).text
    assert "NEW words &lt;b&gt;bold&lt;/b&gt;" in page
    assert "Shared meals" in page
    assert "noindex" not in page


def test_preview_is_the_public_page(desk, client, group):
    desk.post(url("edit", group), typed(group))
    preview = desk.get(url("preview", group)).text
    desk.post(url("publish", group))
    page = client.get(reverse("groups:detail", args=[group.slug])).text
    start, end = '<div class="masthead', "</main>"
    assert _between(page, start, end) == _between(preview, start, end)


def _between(page, start, end):
    return page[page.index(start) : page.index(end)].split()


@pytest.mark.parametrize("who", ["helper", "other_coordinator", "staff", "supporter"])
def test_nobody_else_writes_looks_or_publishes(client_of, request, group, coordinator, who):
    draft = actions.save_draft(group, by=coordinator, stands_on=fingerprint(group), **words(about="CANARY"))
    if who == "helper":
        user = make.UserFactory()
        make.GroupRoleFactory(group=group, user=user, role=GroupRole.Role.HELPER)
    else:
        user = request.getfixturevalue(who)
    browser, refused = client_of(user), 403 if who == "helper" else 404
    answers = [browser.get(url("edit", group)), browser.get(url("preview", group)), browser.post(url("publish", group))]
    answers += [browser.post(url("edit", group), typed(group)), browser.post(url("put_back", group, draft.pk))]
    assert {answer.status_code for answer in answers} == {refused}
    assert not any("CANARY" in answer.text for answer in answers)
    assert now_on(group)["about"] == ""


def test_a_draft_is_its_author_s_alone(client_of, group, coordinator, deputy):
    actions.save_draft(group, by=coordinator, stands_on=fingerprint(group), **words(about="CANARY"))
    browser = client_of(deputy)
    assert "CANARY" not in browser.get(url("edit", group)).text
    assert browser.get(url("preview", group)).url == url("edit", group)
    assert browser.post(url("publish", group)).url == url("edit", group)
    assert now_on(group)["about"] == ""


def test_a_draft_thrown_away_is_gone(desk, group):
    desk.post(url("edit", group), typed(group, about="Not this"))
    assert "Not this" in desk.get(url("edit", group)).text
    desk.post(url("drop", group))
    assert "Not this" not in desk.get(url("edit", group)).text
    assert not PageVersion.objects.exists()


# --- wrong input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("about", "word " * 81, "Use 80 words or fewer. You have 81"),
        ("about", "x" * 1001, "1000"),
        ("about", "turned \u202e round", "a letter we cannot print"),
        ("about", "NUL \x00", ""),
        ("offers", ["meals", "weapons"], "Choose from the list"),
        ("languages", "a" * 41, "Put a comma between two languages"),
        ("languages", "x, " * 100, "200 letters or fewer"),
        ("mailbox", "not an address", "like name@example.org"),
        ("website", "http://example.org", "like https://www.example.org"),
        ("website", "https://user:pass@example.org", "like https://"),
        ("website", "https://127.0.0.1/", "like https://"),
        ("website", "https://localhost/", "like https://"),
        ("website", "https://example.org:8000/", "like https://"),
        ("website", "https://exa mple.org", "like https://"),
        ("website", "https://[::1]/", "like https://"),
        ("website", "javascript:alert(1)", "like https://"),
        ("website", 'https://example.org/"onclick="x', "like https://"),
        ("website", "https://example.org/" + "x" * 200, "200"),
    ],
)
def test_wrong_input_is_said_beside_the_field_and_nothing_is_lost(desk, group, field, value, said):
    answer = desk.post(url("edit", group), typed(group, **{"about": "KEPT words", field: value}))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert said in answer.text
    assert field == "about" or "KEPT words" in answer.text
    assert not PageVersion.objects.exists()


@pytest.mark.parametrize(
    "value", ["https://www.example.org", "https://example.org/about?x=1#top", "https://EXAMPLE.org"]
)
def test_website_of_an_ordinary_kind_is_taken_and_shown(desk, client, group, value):
    desk.post(url("edit", group), typed(group, website=value))
    desk.post(url("publish", group))
    assert f'href="{value}" rel="nofollow noopener ugc"' in client.get(reverse("groups:detail", args=[group.slug])).text


def test_languages_are_tidied_and_offers_kept_in_order(desk, group):
    desk.post(url("edit", group), typed(group, languages=" Arabic,, Welsh , Arabic", offers=["walks", "meals"]))
    draft = PageVersion.objects.get()
    assert (draft.languages, draft.offers) == ("Arabic, Welsh", ["meals", "walks"])


def test_somebody_s_own_address_as_mailbox_is_asked_about_and_never_shown_in_public(desk, client, group, coordinator):
    desk.post(url("edit", group), typed(group, mailbox=coordinator.email.upper()))
    assert "Is carys@example.org a shared mailbox?" in desk.get(url("preview", group)).text
    desk.post(url("publish", group))
    assert "carys@" not in client.get(reverse("groups:detail", args=[group.slug])).text
    desk.post(url("edit", group), typed(group, mailbox="hello@example.org"))
    assert "a shared mailbox?" not in desk.get(url("preview", group)).text


# --- two at once ----------------------------------------------------------------------------------


def test_second_who_saves_is_told_and_loses_nothing(client_of, desk, group, deputy):
    seen = typed(group)
    desk.post(url("edit", group), seen | {"about": "FIRST words"})
    desk.post(url("publish", group))
    browser = client_of(deputy)
    answer = browser.post(url("edit", group), seen | {"about": "SECOND words", "languages": "Welsh"})
    assert answer.status_code == 422
    for text in ("Somebody else has changed the page meanwhile", "FIRST words", "SECOND words", "Welsh"):
        assert text in answer.text
    assert now_on(group)["about"] == "FIRST words"
    again = seen | {"about": "BOTH words", "stands_on": answer.context["stands_on"]}
    assert browser.post(url("edit", group), again).url == url("preview", group)
    browser.post(url("publish", group))
    assert now_on(group)["about"] == "BOTH words"


def test_second_who_publishes_is_told_and_loses_nothing(client_of, desk, group, deputy):
    browser = client_of(deputy)
    desk.post(url("edit", group), typed(group, about="FIRST words"))
    browser.post(url("edit", group), typed(group, about="SECOND words"))
    desk.post(url("publish", group))
    group.refresh_from_db()
    answer = browser.post(url("publish", group))
    assert answer.status_code == 422
    assert ("FIRST words" in answer.text, "SECOND words" in answer.text) == (True, True)
    assert now_on(group)["about"] == "FIRST words"
    assert f'value="{fingerprint(group)}"' in answer.text


def test_words_changed_at_the_national_desk_count_as_somebody_else_s(desk, group):
    seen = typed(group)
    group.about = "From the desk"
    group.save()
    assert desk.post(url("edit", group), seen).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_told(group, coordinator, deputy):
    drafts = [
        actions.save_draft(group, by=user, stands_on=fingerprint(group), **words(about=user.name))
        for user in (coordinator, deputy)
    ]
    calls = [lambda draft=draft: actions.publish_draft(draft, by=draft.author) for draft in drafts]
    outcomes = race(*calls, after='FROM "groups_localgroup"')
    told = [outcome for outcome in outcomes if isinstance(outcome, ValidationError)]
    assert [error.code for error in told] == ["changed_meanwhile"]
    assert PageVersion.objects.published().count() == 1


def test_publishing_twice_is_once(group, coordinator):
    draft = actions.save_draft(group, by=coordinator, stands_on=fingerprint(group), **words())
    first = actions.publish_draft(draft, by=coordinator)
    assert actions.publish_draft(draft, by=coordinator).published_at == first.published_at
    assert Entry.objects.filter(verb="groups.publish_page").count() == 1


# --- earlier texts --------------------------------------------------------------------------------


def test_an_earlier_text_can_be_put_back(desk, group):
    group.about = "From the national desk"
    group.save()
    for about in ("One", "Two"):
        group.refresh_from_db()
        desk.post(url("edit", group), typed(group, about=about))
        desk.post(url("publish", group))
    texts = [(version.about, str(version.author or "")) for version in PageVersion.objects.published()]
    mine = "Carys Coordinator"
    assert texts == [("Two", mine), ("One", mine), ("From the national desk", "")]
    oldest = PageVersion.objects.published().last()
    answer = desk.post(url("put_back", group, oldest.pk))
    assert answer.url == url("preview", group)
    assert now_on(group)["about"] == "Two"
    desk.post(url("publish", group))
    assert now_on(group)["about"] == "From the national desk"


def test_another_group_s_text_cannot_be_put_back(desk, group, other_group, other_coordinator):
    draft = actions.save_draft(other_group, by=other_coordinator, stands_on=fingerprint(other_group), **words())
    theirs = actions.publish_draft(draft, by=other_coordinator)
    answers = [desk.post(url("put_back", group, pk)) for pk in (theirs.pk, 987_654, 2**70)]
    assert {answer.status_code for answer in answers} == {404}
    assert not PageVersion.objects.drafts().exists()


# --- first names ----------------------------------------------------------------------------------


def test_each_coordinator_chooses_for_themself(client_of, client, group, coordinator, deputy):
    public = reverse("groups:detail", args=[group.slug])
    assert "Carys" not in client.get(public).text
    client_of(coordinator).post(url("name", group), {"agrees": "yes"})
    page = client.get(public).text
    assert ("Carys" in page, "Coordinator" in page, "Dilys" in page) == (True, False, False)
    client_of(deputy).post(url("name", group), {"agrees": "yes"})
    assert "Carys and Dilys look after the group" in client.get(public).text
    client_of(coordinator).post(url("name", group), {"agrees": "no"})
    assert "Dilys looks after the group" in client.get(public).text


@pytest.mark.parametrize("name", ["", "buy@example.org now", "www.example.org", "x" * 31, "<b>"])
def test_a_name_that_is_no_name_is_not_shown(client, group, coordinator, name):
    coordinator.name = name
    coordinator.save()
    coordinator.group_roles.update(is_named=True)
    page = client.get(reverse("groups:detail", args=[group.slug])).text
    assert "after the group" not in page


def test_a_first_name_goes_with_the_role(client, group, coordinator, deputy):
    group.roles.update(is_named=True)
    role = deputy.group_roles.get()
    actions.end_role(role, by=coordinator)
    page = client.get(reverse("groups:detail", args=[group.slug])).text
    assert ("Carys" in page, "Dilys" in page) == (True, False)


# --- questions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_the_same_number_of_questions(desk, group, coordinator, rows, django_assert_num_queries):
    for number in range(rows):
        make.ActivityFactory(group=group)
        user = make.UserFactory()
        make.GroupRoleFactory(group=group, user=user, is_named=True)
        draft = actions.save_draft(group, by=user, stands_on=fingerprint(group), **words(about=f"Text {number}"))
        actions.publish_draft(draft, by=user)
        group.refresh_from_db()
    actions.save_draft(group, by=coordinator, stands_on=fingerprint(group), **words())
    with django_assert_num_queries(FORM_QUERIES):
        assert desk.get(url("edit", group)).status_code == 200
    with django_assert_num_queries(PREVIEW_QUERIES):
        assert desk.get(url("preview", group)).status_code == 200
