"""Email my group, page by page: nothing typed is lost, nothing foreign is shown, nobody else comes in."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.models import Mailing
from groups.models import GroupRole
from sanctuary.people import links
from sanctuary.people.models import CurrentPermission, Permission
from sanctuary.post.models import Email
from tests import factories

pytestmark = pytest.mark.django_db

Purpose, State = Permission.Purpose, Mailing.State
WORDS = {"subject": "Supper on Friday", "body": "Dear ((first_name|friend)),\n\ncome.", "purpose": "news"}
CANARY = "Foreign Canary"


@pytest.fixture
def ada(group):
    group.mailbox = "amberford@example.org"
    group.save()
    person = factories.SupporterFactory(name="Ada Example", email="ada@example.org")
    factories.MembershipFactory(group=group, supporter=person)
    for purpose in (Purpose.NEWS, Purpose.ACTIVITIES, Purpose.CAMPAIGNS):
        factories.permit(person, group.controller, purpose)
    return person


@pytest.fixture
def foreign(other_group, other_coordinator):
    """The other group's people, plans and letters."""
    person = factories.SupporterFactory(name=CANARY, email="foreign-canary@example.org")
    factories.MembershipFactory(group=other_group, supporter=person)
    factories.permit(person, other_group.controller, Purpose.NEWS)
    factories.ActivityFactory(group=other_group, title=CANARY)
    factories.GroupMailingFactory(group=other_group, author=other_coordinator, subject=CANARY)
    return person


@pytest.fixture
def mailing(group, coordinator, ada):
    return factories.GroupMailingFactory(group=group, author=coordinator, subject="Supper on Friday")


@pytest.fixture
def desk(client_of, coordinator):
    return client_of(coordinator)


def page(mailing, name):
    return reverse(f"campaigns:group_mail_{name}", args=[mailing.group.slug, mailing.pk])


def shown(response) -> str:
    return unescape(response.content.decode())


def again(mailing) -> Mailing:
    return Mailing.objects.get(pk=mailing.pk)


# --- the way --------------------------------------------------------------------------------------


def test_from_a_blank_page_to_sent(desk, group, ada, foreign):
    new = reverse("campaigns:group_mail_new", args=[group.slug])
    who = desk.post(new + "?start=blank", WORDS)
    mailing = Mailing.objects.get(group=group)
    assert (who.status_code, who.url) == (302, page(mailing, "who"))
    assert "Everyone in our group: 1 will get it" in shown(desk.get(who.url))
    check = desk.post(who.url, {"whom": "group", "seen": mailing.content_hash})
    assert check.url == page(mailing, "check")
    words = shown(desk.get(check.url))
    assert "1 person will get it" in words
    assert "Send to 1 person" not in words
    desk.post(page(mailing, "test"))
    words = shown(desk.get(check.url))
    assert "Send to 1 person" in words
    sent = desk.post(check.url, {"seen": again(mailing).content_hash, "starts_at": ""})
    assert sent.url == page(mailing, "one")
    assert "About 1 person will get it" in shown(desk.get(sent.url))
    started = actions.freeze_and_start(again(mailing))
    assert list(started.deliveries.values_list("address", flat=True)) == ["ada@example.org"]


def test_next_activities_are_filled_in_without_private_venues(desk, group, ada, foreign):
    soon = timezone.now() + timedelta(days=2)
    factories.ActivityFactory(
        group=group, title="Shared *supper*", venue="5 Hidden Lane", starts_at=soon, ends_at=soon + timedelta(hours=1)
    )
    factories.ActivityFactory(group=group, title="Committee", is_public=False)
    words = shown(desk.get(reverse("campaigns:group_mail_new", args=[group.slug]) + "?start=activities"))
    assert "Shared \\*supper\\*" in words
    assert "Town centre" in words
    assert not [secret for secret in ("5 Hidden Lane", "Committee", CANARY) if secret in words]


def test_national_call_is_filled_in(desk, group, ada, staff):
    call = factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff, relay_text="Be brave.")).campaign
    new = reverse("campaigns:group_mail_new", args=[group.slug]) + f"?campaign={call.slug}"
    assert "Be brave." in shown(desk.get(new))
    desk.post(new, WORDS)
    made = Mailing.objects.get(group=group)
    assert (made.campaign, made.purpose, made.controller) == (call, Purpose.CAMPAIGNS, group.controller)
    assert "Add your name" in actions.preview(made).text


@pytest.mark.parametrize("slug", ["no-such", "draft", "%00", "x" * 300])
def test_call_that_is_not_live_is_missing(desk, group, staff, slug):
    factories.CampaignFactory(owner=staff, slug="draft", state="draft", approved_by=None)
    assert desk.get(reverse("campaigns:group_mail_new", args=[group.slug]) + f"?campaign={slug}").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ""},
        {"subject": "two\nlines"},
        {"subject": "x" * 151},
        {"body": ""},
        {"body": "x" * 20_001},
        {"body": "nul \0 byte"},
        {"purpose": "awards"},
        {"purpose": ""},
    ],
    ids=str,
)
def test_wrong_words_are_named_and_nothing_typed_is_lost(desk, mailing, wrong):
    answer = desk.post(page(mailing, "write"), WORDS | {"seen": mailing.content_hash, "body": "Kept words."} | wrong)
    assert answer.status_code == 422
    assert "There is a problem" in shown(answer)
    assert "body" in wrong or "Kept words." in shown(answer)
    assert again(mailing).content_hash == mailing.content_hash


def test_second_of_two_writers_is_shown_both_versions(desk, client_of, group, mailing):
    deputy = factories.UserFactory(name="Dana Deputy")
    factories.GroupRoleFactory(group=group, user=deputy, role=GroupRole.Role.DEPUTY)
    seen = mailing.content_hash
    client_of(deputy).post(page(mailing, "write"), WORDS | {"seen": seen, "body": "Deputy’s words."})
    answer = desk.post(page(mailing, "write"), WORDS | {"seen": seen, "body": "My words."})
    assert answer.status_code == 422
    assert "My words." in shown(answer)
    assert "Deputy’s words." in shown(answer)
    assert "Dana Deputy" in shown(answer)
    now = again(mailing)
    assert now.content_hash in shown(answer), "saving again is a choice"
    assert desk.post(page(mailing, "write"), WORDS | {"seen": now.content_hash, "body": "Both."}).status_code == 302
    assert again(mailing).body == "Both."


@pytest.mark.parametrize("who", [{"whom": ""}, {"whom": "everyone"}, {"whom": "ticked"}, {"whom": "region"}], ids=str)
def test_wrong_choice_of_people_is_named(desk, mailing, who):
    assert desk.post(page(mailing, "who"), who | {"seen": mailing.content_hash}).status_code == 422
    assert again(mailing).audience == mailing.audience


def test_crafted_choice_of_people_reaches_nobody_outside(desk, mailing, group, other_group, foreign, ada):
    crafted = {"whom": "ticked", "people": [foreign.pk], "seen": mailing.content_hash}
    assert desk.post(page(mailing, "who"), crafted).status_code == 422
    crafted |= {"people": [ada.pk], "value": other_group.pk, "group": other_group.pk, "audience": '{"kind":"everyone"}'}
    assert desk.post(page(mailing, "who"), crafted).status_code == 302
    assert again(mailing).audience == {"kind": "ticked", "value": str(group.pk), "people": [ada.pk]}
    for name in ("who", "check", "letter"):
        assert CANARY not in shown(desk.get(page(mailing, name)))


def test_crafted_words_change_nothing_else(desk, mailing, other_group):
    stolen = {"group": other_group.pk, "controller": other_group.controller.pk, "state": "done", "is_urgent": "on"}
    stolen |= {"tested_hash": "x", "approved_hash": "x", "per_minute": "", "campaign": "1"}
    desk.post(page(mailing, "write"), WORDS | stolen | {"seen": mailing.content_hash})
    now = again(mailing)
    same = ("group_id", "controller_id", "state", "is_urgent", "campaign_id", "approved_hash")
    assert [getattr(now, name) for name in same] == [getattr(mailing, name) for name in same]
    assert now.per_minute == 600
    assert now.subject == WORDS["subject"]


@pytest.mark.parametrize("starts_at", ["yesterday", "2020-01-01T10:00", "9999-12-31T23:59", "\0"])
def test_wrong_times_are_named(desk, mailing, coordinator, starts_at):
    actions.send_test(mailing, by=coordinator)
    answer = desk.post(page(mailing, "check"), {"seen": mailing.content_hash, "starts_at": starts_at})
    assert (answer.status_code, again(mailing).state) == (422, State.DRAFT)


def test_sending_without_a_test_or_with_old_eyes_is_refused(desk, mailing, coordinator):
    assert desk.post(page(mailing, "check"), {"seen": mailing.content_hash}).status_code == 422
    actions.send_test(mailing, by=coordinator)
    assert desk.post(page(mailing, "check"), {"seen": "old"}).status_code == 422
    assert again(mailing).state == State.DRAFT
    assert desk.post(page(mailing, "check"), {"seen": mailing.content_hash}).status_code == 302
    assert desk.post(page(mailing, "check"), {"seen": mailing.content_hash}).status_code == 422
    assert Email.objects.filter(kind="campaigns/test").count() == 1


def test_problems_are_named_with_their_remedy(desk, mailing, group):
    group.mailbox = ""
    group.save()
    Mailing.objects.filter(pk=mailing.pk).update(body="Dear ((first_name)), ((nonsense))")
    words = shown(desk.get(page(mailing, "check")))
    assert "Your group has no mailbox" in words or "There is no field called" in words
    assert "Change the words" in words
    assert "Send to" not in words


def test_brakes_work_without_javascript(desk, mailing, coordinator):
    Mailing.objects.filter(pk=mailing.pk).update(state=State.SCHEDULED, starts_at=timezone.now())
    desk.post(page(mailing, "undo"))
    assert again(mailing).state == State.DRAFT
    Mailing.objects.filter(pk=mailing.pk).update(state=State.SCHEDULED, starts_at=timezone.now())
    actions.freeze_and_start(again(mailing))
    for verb, state in [("pause", State.PAUSED), ("resume", State.SENDING), ("stop", State.STOPPED)]:
        assert desk.post(page(mailing, verb)).status_code == 302
        assert again(mailing).state == state
        assert desk.get(page(mailing, "one")).status_code == 200
        assert desk.get(page(mailing, "part")).status_code == 200


def test_result_in_words(desk, mailing, group, ada):
    Mailing.objects.filter(pk=mailing.pk).update(state=State.SCHEDULED, starts_at=timezone.now())
    started = actions.freeze_and_start(again(mailing))
    started.chunks.update(sent=1, state=2)
    actions.finish_mailing(started)
    started.returned.create(kind="hard", seq=1, door="mailbox", at=timezone.now())
    token = links.choices_token(ada.pk, mailing.pk, group.controller_id)
    desk.post(reverse("people:stop", args=[token]), {"List-Unsubscribe": "One-Click"})
    for url in (page(mailing, "one"), reverse("campaigns:group_mail", args=[group.slug])):
        assert "1 sent, 1 bounced, 1 left the list." in shown(desk.get(url))


# --- who comes in ---------------------------------------------------------------------------------


PAGES = ["one", "part", "write", "who", "check", "letter", "stop"]
VERBS = ["test", "approve", "undo", "pause", "resume", "stop", "delete"]


def test_helpers_write_no_emails(client_of, group, mailing):
    helper = factories.UserFactory()
    factories.GroupRoleFactory(group=group, user=helper, role=GroupRole.Role.HELPER)
    client = client_of(helper)
    assert {client.get(page(mailing, name)).status_code for name in PAGES} == {403}
    assert {client.post(page(mailing, name)).status_code for name in VERBS} == {403}
    assert client.get(reverse("campaigns:group_mail", args=[group.slug])).status_code == 403
    assert again(mailing).state == State.DRAFT


@pytest.mark.parametrize("pk", [0, 987_654_321, 2**63, 10**30])
def test_no_such_email_under_any_number(desk, group, pk):
    assert desk.get(f"/manage/{group.slug}/email/{pk}/write/").status_code == 404


def test_approval_is_for_another_coordinator_only(desk, client_of, group, mailing, other_coordinator, staff):
    for client in (desk, client_of(staff), client_of(other_coordinator)):
        client.post(page(mailing, "approve"), {"seen": mailing.content_hash})
        assert not again(mailing).is_approved
    deputy = factories.UserFactory()
    factories.GroupRoleFactory(group=group, user=deputy, role=GroupRole.Role.DEPUTY)
    client_of(deputy).post(page(mailing, "approve"), {"seen": mailing.content_hash})
    assert again(mailing).approved_by == deputy


def test_national_staff_never_read_a_groups_letters(client_of, staff, superuser, mailing, ada):
    Mailing.objects.filter(pk=mailing.pk).update(subject=CANARY, body=CANARY)
    taken = factories.ActionTakenFactory(
        action=factories.ActionFactory(campaign=factories.CampaignFactory(owner=staff)),
        mailing=mailing, supporter=ada, confirmed_at=timezone.now(),
    )  # fmt: skip
    for user in (staff, superuser):
        client = client_of(user)
        for name in ("changelist", "change", "preview", "check", "live", "results", "doubt"):
            args = [] if name == "changelist" else [mailing.pk]
            answer = client.get(reverse(f"admin:campaigns_mailing_{name}", args=args))
            assert answer.status_code == (200 if name == "changelist" else 302 if name == "change" else 404)
            assert CANARY not in shown(answer)
        for url in ("admin:campaigns_actiontaken_changelist", "admin:index"):
            assert CANARY not in shown(client.get(reverse(url)))
        acts = client.get(reverse("admin:campaigns_actiontaken_change", args=[taken.pk]))
        assert CANARY not in shown(acts)
        for verb in ("test", "approve", "unschedule", "pause", "resume", "stop"):
            assert client.post(reverse(f"admin:campaigns_mailing_{verb}", args=[mailing.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_at_any_length(desk, group, coordinator, rows, django_assert_num_queries):
    factories.GroupMailingFactory.create_batch(rows, group=group, author=coordinator)
    url = reverse("campaigns:group_mail", args=[group.slug])
    with django_assert_num_queries(6):
        words = shown(desk.get(url))
    assert words.count("Draft") == rows


# --- stopping -------------------------------------------------------------------------------------


def live(person) -> set:
    return set(CurrentPermission.objects.live().filter(supporter=person).values_list("controller", flat=True))


@pytest.fixture
def both(ada, group, other_group):
    """Ada hears from two groups and from the charity."""
    factories.MembershipFactory(group=other_group, supporter=ada)
    factories.permit(ada, other_group.controller, Purpose.NEWS)
    return {other_group.controller_id, factories.permit(ada).controller_id}


def test_one_click_stops_this_group_alone(client, ada, both, group, mailing):
    url = reverse("people:stop", args=[links.choices_token(ada.pk, mailing.pk, group.controller_id)])
    for _ in range(2):
        answer = client.post(url, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Amberford" in answer.content.decode()
        assert live(ada) == both
    assert mailing.left_through_it().values("supporter").distinct().count() == 1


def test_page_offers_this_group_first_and_everything_second(client, ada, both, group, mailing):
    token = links.choices_token(ada.pk, mailing.pk, group.controller_id)
    url = reverse("people:choices", args=[token])
    words = shown(client.get(url))
    assert words.index("Stop emails from Amberford City of Sanctuary") < words.index("Stop all emails to")
    assert live(ada) == both | {group.controller_id}
    said = shown(client.post(url, {"do": "stop_sender"}, follow=True))
    assert "Amberford City of Sanctuary will not email you any more." in said
    assert "Stop emails from" not in said
    assert live(ada) == both
    client.post(reverse("people:stop", args=[token]))
    assert live(ada) == set()


def test_national_link_stops_everything_still(client, ada, both, mailing):
    url = reverse("people:stop", args=[links.choices_token(ada.pk, 1)])
    assert "Stop emails from" not in shown(client.get(reverse("people:choices", args=[links.choices_token(ada.pk, 1)])))
    client.post(url, {"List-Unsubscribe": "One-Click"})
    assert live(ada) == set()


@pytest.mark.parametrize("sender", [0, 987_654_321, "national"])
def test_link_that_names_no_group_stops_everything_by_one_click(client, ada, both, sender):
    number = factories.permit(ada).controller_id if sender == "national" else sender
    client.post(
        reverse("people:stop", args=[links.choices_token(ada.pk, 1, number)]), {"List-Unsubscribe": "One-Click"}
    )
    assert live(ada) == set()
