"""Links that are counted by who passed them on."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.forms.allying import SourceLinkForm
from campaigns.models import ActionTaken, SourceLink
from sanctuary.people.actions import merge_supporters, undo_merge
from sanctuary.people.models import Controller
from tests import factories as make
from tests.conftest import client_of
from tests.partners import a_partner, acts, an_action, linked
from tests.race import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(staff):
    return an_action(staff)


@pytest.fixture
def poster(action):
    return SourceLink.objects.create(campaign=action.campaign, code="library-poster", label="Poster in libraries")


def results(campaign) -> dict[str, tuple[int, int]]:
    rows = SourceLink.objects.filter(campaign=campaign).with_results()
    return {row.code: (row.acts_count, row.first_count) for row in rows}


def test_acts_count_for_their_link_when_confirmed_and_first_time_people_apart(action, poster, staff):
    acts(an_action(staff), name="Known Already", email="known@example.org")
    acts(action, name="Known Already", email="known@example.org", from_code="library-poster")
    acts(action, from_code="library-poster")
    acts(action, name="Not Yet", email="not.yet@example.org", from_code="library-poster", confirmed=False)
    acts(action, name="By Chance", email="chance@example.org")
    assert results(action.campaign) == {"library-poster": (2, 1)}


@pytest.mark.parametrize(
    "code", ["", "nobody-gave-this", "group-", "group-nowhere", "partner-7", "LIBRARY-POSTER", "x" * 41, "a\0b", "é"]
)
def test_unknown_codes_are_ignored(action, poster, code):
    acts(action, from_code=code)
    assert ActionTaken.objects.get().source is None
    assert results(action.campaign) == {"library-poster": (0, 0)}


def test_a_code_of_one_campaign_means_nothing_on_another(action, poster, staff):
    acts(an_action(staff), from_code="library-poster")
    assert ActionTaken.objects.get().source is None


def test_a_groups_link_is_shown_without_writing_and_made_by_its_first_use(action, group):
    url = actions.source_url(action.campaign, group=group)
    assert url.endswith(f"/actions/{action.campaign.slug}/?from=group-{group.slug}")
    assert not SourceLink.objects.exists()
    code = url.partition("from=")[2]
    acts(action, from_code=code)
    acts(action, name="Ben Example", email="ben@example.org", from_code=code)
    (made,) = SourceLink.objects.all()
    assert (made.group, made.code, results(action.campaign)) == (group, code, {code: (2, 2)})


def test_a_group_that_is_renamed_keeps_its_link_and_leaves_it_to_nobody(action, group, other_group):
    code = f"group-{group.slug}"
    acts(action, from_code=code)
    old = group.slug
    group.slug = "new-name"
    group.save()
    other_group.slug = old
    other_group.save()
    assert actions.source_url(action.campaign, group=group).endswith(code)
    other = actions.source_url(action.campaign, group=other_group).partition("from=")[2]
    assert other == f"group-{other_group.pk}"
    acts(action, name="Ben Example", email="ben@example.org", from_code=other)
    assert {row.group: row.acts.count() for row in SourceLink.objects.all()} == {group: 1, other_group: 1}


def test_a_long_name_becomes_a_short_code(action, group):
    group.slug = "a-very-long-name-of-a-town-" * 3
    group.save()
    assert actions.source_url(action.campaign, group=group).endswith(f"?from=group-{group.pk}")


def test_partners_and_streams_have_links_too_but_only_partners_of_the_campaign(action):
    partner, stranger = a_partner(), a_partner("Sample Allies")
    linked(action.campaign, partner)
    stream = make.StreamFactory(slug="schools")
    for number, code in enumerate(["partner-example-voices", "partner-sample-allies", "stream-schools"]):
        acts(action, name=f"Person {number}", email=f"person{number}@example.org", from_code=code)
    rows = SourceLink.objects.order_by("code").values_list("code", "partner", "stream")
    assert list(rows) == [("partner-example-voices", partner.pk, None), ("stream-schools", None, stream.pk)]
    assert stranger.slug == "sample-allies"


def test_whoever_acts_from_a_groups_own_email_came_by_that_group(action, group, coordinator):
    mailing = make.GroupMailingFactory(group=group, author=coordinator, campaign=action.campaign, purpose="campaigns")
    national = make.MailingFactory(campaign=action.campaign, author=coordinator)
    actions.act_from_mail(action, make.SupporterFactory(), mailing)
    actions.act_from_mail(action, make.SupporterFactory(), national)
    assert results(action.campaign) == {f"group-{group.slug}": (1, 1)}


@pytest.mark.django_db(transaction=True)
def test_two_who_come_at_once_by_a_new_link_make_one(action, group):
    acts(action, name="Was Here Before", email="before@example.org")  # the words they see are there already

    def one(number):
        return lambda: acts(action, name=f"P {number}", email=f"p{number}@example.org", from_code=f"group-{group.slug}")

    race(one(1), one(2), after='FROM "campaigns_sourcelink"')
    assert results(action.campaign) == {f"group-{group.slug}": (2, 2)}


def test_who_acted_twice_counts_once_for_the_link_and_twice_when_taken_apart(action, poster, staff):
    kept = acts(action, from_code="library-poster")
    gone = acts(action, name="Ada M Example", from_code="library-poster")
    national = Controller.objects.national()
    done = merge_supporters(kept, gone, name=kept.name, controller=national, by=staff)
    assert results(action.campaign)["library-poster"][0] == 1
    undo_merge(done, by=staff)
    assert results(action.campaign)["library-poster"][0] == 2


def test_an_act_stays_counted_for_the_campaign_when_its_link_is_deleted(action, poster):
    acts(action, from_code="library-poster")
    poster.delete()
    assert ActionTaken.objects.confirmed().get().source is None


def test_the_relay_page_gives_the_groups_own_link_and_its_acts_come_back_to_it(action, group, coordinator, client):
    page = client_of(coordinator).get(reverse("campaigns:relay", args=[group.slug, action.campaign.slug])).text
    address = f"/actions/{action.campaign.slug}/?from=group-{group.slug}"
    assert address in page
    form = client.get(address).context["form"]
    assert form["from_code"].value() == f"group-{group.slug}"
    assert not SourceLink.objects.exists()


@pytest.mark.parametrize(
    ("code", "why"), [("group-leeds", "theirs"), ("Big", "odd"), ("x" * 41, "odd"), ("a_b", "odd")]
)
def test_staff_cannot_give_out_a_code_that_is_odd_or_anothers(action, code, why):
    form = SourceLinkForm({"campaign": action.campaign.pk, "label": "Newsletter", "code": code})
    assert [error.code for error in form.errors.as_data()["code"]] == [why]


def test_results_take_the_same_queries_for_one_and_three(action, poster, staff, django_assert_num_queries):
    def ask():
        with django_assert_num_queries(1):
            return results(action.campaign)

    acts(action, from_code="library-poster")
    assert ask() == {"library-poster": (1, 1)}
    for number in range(2):
        code = f"poster-{number}"
        SourceLink.objects.create(campaign=action.campaign, code=code, label=code)
        taken = acts(action, name=code, email=f"{code}@example.org", from_code=code)
        ActionTaken.objects.filter(supporter=taken).update(confirmed_at=timezone.now() - timedelta(days=number))
    assert ask() == {"library-poster": (1, 1), "poster-0": (1, 1), "poster-1": (1, 1)}
