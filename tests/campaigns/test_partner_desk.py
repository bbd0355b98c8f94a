"""Partners at the national desk: their words, the approval that includes them, and the button that makes a list."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from campaigns import actions
from campaigns.forms import SpeakerForm
from campaigns.models import Audience, Campaign, CampaignPartner, Coalition, Partner, PartnerYes
from sanctuary import views
from sanctuary.audit.models import Entry
from sanctuary.people.models import Controller, Permission, Wording
from tests import factories as make
from tests.campaigns.answers import joining, signature
from tests.conftest import client_of
from tests.partners import QUESTION, a_partner, acts, an_action, linked

pytestmark = pytest.mark.django_db

State = Campaign.State


@pytest.fixture
def action(staff):
    return an_action(staff)


@pytest.fixture
def link(action):
    return linked(action.campaign, a_partner())


@pytest.fixture
def draft(staff):
    """Written by one of the staff, with a partner that asks people itself; nobody has approved it."""
    campaign = make.CampaignFactory(owner=staff, state=State.DRAFT, approved_by=None, approved_at=None)
    make.ActionFactory(campaign=campaign)
    CampaignPartner.objects.create(campaign=campaign, partner=a_partner(), shows_consent=True)
    return campaign


def partner_form(**changes) -> dict:
    given = {"name": "Example Voices", "slug": "example-voices", "question": QUESTION.format("Example Voices")}
    return given | {"is_active": "on", "website": "https://example-voices.example.org"} | changes


# --- no email of ours under a partner's permission ----------------------------------------------------------


def test_a_yes_to_a_partner_lets_nobody_here_write(action, link, staff, group):
    acts(action, link)
    national = make.MailingFactory(campaign=action.campaign, author=staff)
    assert Audience().count(national).recipients == 0
    assert Audience().count(national).no_permission == 1


def test_no_email_is_sent_under_a_partners_controller(action, link, staff):
    """Not even when a row says so: it cannot be tested, approved or scheduled."""
    acts(action, link)
    mailing = make.MailingFactory(campaign=action.campaign, author=staff, controller=link.partner.controller)
    assert "partners_people" in {problem.code for problem in actions.check_mailing(mailing)}
    seen = mailing.content_hash
    for verb in (
        lambda: actions.send_test(mailing, by=staff),
        lambda: actions.approve_mailing(mailing, by=make.UserFactory(), seen=seen),
        lambda: actions.schedule_mailing(mailing, by=staff, seen=seen),
    ):
        with pytest.raises(ValidationError):
            verb()
    mailing.refresh_from_db()
    assert mailing.state == mailing.State.DRAFT


def test_a_new_email_never_takes_a_partners_controller(action, link, staff, group):
    theirs = link.partner.controller
    national = make.MailingFactory.build(campaign=action.campaign, controller=theirs, author=None)
    assert actions.write_mailing(national, by=staff).controller == Controller.objects.national()
    own = make.MailingFactory.build(campaign=action.campaign, controller=theirs, author=None)
    assert actions.write_group_mailing(own, group=group, by=staff).controller == group.controller


# --- its words ----------------------------------------------------------------------------------------------


def test_new_words_are_a_new_version_and_change_nobodys_yes(action, link, staff):
    acts(action, link)
    old = link.partner.wording
    actions.save_partner(link.partner, question="May Example Voices write to me?", by=staff)
    actions.save_partner(link.partner, question="May Example Voices write to me?", by=staff)
    versions = Wording.objects.filter(slug=link.partner.words_slug).order_by("version")
    assert list(versions.values_list("version", flat=True)) == [1, 2]
    assert Permission.objects.get(controller=link.partner.controller).wording == old
    link.refresh_from_db()
    assert link.wording == old, "a live campaign goes on with the words that were approved"


def test_approval_takes_the_partners_words_of_that_day(draft, superuser):
    actions.approve_campaign(draft, by=superuser, purpose_note="Relief of need")
    link = draft.partners.get()
    assert link.wording == link.partner.wording


@pytest.mark.parametrize(
    ("changes", "code"), [({"wording": None}, "no_partner_words"), ({"is_active": False}, "partner_off")]
)
def test_a_partner_without_words_or_switched_off_cannot_be_approved(draft, superuser, changes, code):
    Partner.objects.update(**changes)
    with pytest.raises(ValidationError) as refused:
        actions.approve_campaign(draft, by=superuser, purpose_note="Relief of need")
    assert refused.value.code == code


def test_a_change_of_the_partner_voids_an_approval_and_its_writer_cannot_approve(draft, superuser, staff):
    actions.approve_campaign(draft, by=superuser, purpose_note="Relief of need")
    client = client_of(superuser)
    url = reverse("admin:campaigns_partner_change", args=[Partner.objects.get().pk])
    answer = client.post(url, partner_form(question="May Example Voices write to me at any time?"), follow=True)
    assert "It is a draft again" in answer.text
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == (State.DRAFT, None)
    with pytest.raises(ValidationError) as refused:
        actions.approve_campaign(draft, by=superuser, purpose_note="Relief of need")
    assert refused.value.code == "own_words"


def test_a_change_of_the_coalition_voids_an_approval(draft, superuser):
    draft.coalition = Coalition.objects.create(name="Together Example")
    draft.save()
    actions.approve_campaign(draft, by=superuser, purpose_note="Relief of need")
    url = reverse("admin:campaigns_coalition_change", args=[draft.coalition.pk])
    same = {"name": "Together Example", "about": "", "website": ""}
    client_of(superuser).post(url, same)
    draft.refresh_from_db()
    assert draft.state == State.APPROVED
    client_of(superuser).post(url, same | {"about": "Something quite different."})
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == (State.DRAFT, None)


def test_writing_down_the_agreement_voids_nothing(draft, superuser):
    actions.approve_campaign(draft, by=superuser, purpose_note="Relief of need")
    url = reverse("admin:campaigns_partner_change", args=[Partner.objects.get().pk])
    contact = {"contact_email": "hello@example-voices.example.org"}
    agreed = {"may_export": "on", "agreement_on": "2026-02-01", "agreement_note": "Folder 8"}
    client_of(superuser).post(url, partner_form(**contact, **agreed))
    draft.refresh_from_db()
    assert (Partner.objects.get().agreement_note, draft.state) == ("Folder 8", State.APPROVED)


def test_staff_make_a_partner_with_a_sender_of_its_own(staff):
    client_of(staff).post(reverse("admin:campaigns_partner_add"), partner_form())
    partner = Partner.objects.get()
    assert (partner.controller.kind, partner.controller.name) == (Controller.Kind.PARTNER, "Example Voices")
    assert (partner.question, partner.wording.version) == (QUESTION.format("Example Voices"), 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question": "May they email me?"}, "question"),
        ({"with_postcode": "on"}, "question"),
        ({"may_export": "on"}, "may_export"),
        ({"may_export": "on", "agreement_on": "2026-02-01", "agreement_note": " "}, "may_export"),
        ({"website": "javascript:alert(1)"}, "website"),
    ],
)
def test_a_partner_that_promises_too_much_is_not_saved(staff, changes, field):
    answer = client_of(staff).post(reverse("admin:campaigns_partner_add"), partner_form(**changes))
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not Partner.objects.exists()
    assert not Controller.objects.filter(kind=Controller.Kind.PARTNER).exists()


def test_partners_of_an_approved_campaign_cannot_be_changed(action, link, staff):
    page = client_of(staff).get(reverse("admin:campaigns_campaign_change", args=[action.campaign.pk])).text
    assert "Example Voices" in page
    assert 'name="partners-0-shows_consent"' not in page
    assert 'name="partners-__prefix__-partner"' not in page


# --- the list -----------------------------------------------------------------------------------------------


def list_url(link) -> str:
    return reverse("admin:campaigns_campaignpartner_list", args=[link.pk])


def test_only_national_staff_open_and_make_a_list(action, link, staff, coordinator, supporter, stranger):
    acts(action, link)
    for person in (coordinator, supporter, stranger):
        client = client_of(person)
        for answer in (client.get(list_url(link)), client.post(list_url(link), {"reason": "Mine"})):
            assert answer.status_code in (302, 403)
            assert b"ada@example.org" not in b"".join(answer)
    assert not PartnerYes.objects.passed_on().exists()
    answer = client_of(staff).post(list_url(link), {"reason": "Monthly"})
    body = b"".join(answer.streaming_content).decode()
    assert ("ada@example.org" in body, answer["Cache-Control"]) == (True, "private, no-store")
    assert answer["Content-Disposition"].startswith(f'attachment; filename="example-voices-{action.campaign.slug}-')


def test_looking_at_the_page_gives_nothing_and_says_how_many(action, link, staff):
    acts(action, link)
    page = client_of(staff).get(list_url(link)).text
    assert "ada@example.org" not in page
    assert "people let us tell this partner" in page
    assert not PartnerYes.objects.passed_on().exists()
    assert not Entry.objects.filter(verb="campaigns.give_list").exists()


def test_a_list_without_a_reason_comes_back_with_the_error(action, link, staff):
    answer = client_of(staff).post(list_url(link), {"reason": " "})
    assert (answer.status_code, "Say why the partner gets the list now" in answer.text) == (422, True)


def test_without_an_agreement_there_is_no_button_and_a_post_is_refused(action, staff):
    link = linked(action.campaign, a_partner(agreed=False))
    acts(action, link)
    client = client_of(staff)
    assert "Make the list" not in client.get(list_url(link)).text
    answer = client.post(list_url(link), {"reason": "Monthly"})
    assert (answer.status_code, b"ada@example.org" in answer.content) == (422, False)


def test_whoever_signed_in_long_ago_says_first_that_it_is_still_them(action, link, staff, monkeypatch):
    acts(action, link)
    monkeypatch.setattr(views, "SIGNED_IN_WITHIN", -1)
    answer = client_of(staff).post(list_url(link), {"reason": "Monthly"})
    assert answer.status_code == 302
    assert list_url(link) in answer.url.replace("%2F", "/")
    assert not PartnerYes.objects.passed_on().exists()


def test_the_lists_of_three_partners_take_the_queries_of_one(action, link, staff, django_assert_num_queries):
    acts(action, link)
    client, url = client_of(staff), reverse("admin:campaigns_campaignpartner_changelist")
    client.get(url)
    with django_assert_num_queries(9):
        client.get(url)
    for name in ("Sample Allies", "Model Friends"):
        linked(action.campaign, a_partner(name))
    with django_assert_num_queries(9):
        assert "Model Friends" in client.get(url).text


# --- the public page ----------------------------------------------------------------------------------------


def test_the_page_names_partners_asks_unticked_and_says_who_gets_what(action, link, client):
    linked(action.campaign, a_partner("Quiet Allies"), shows_consent=False, role="supported")
    off = a_partner("Former Friends", is_active=False)
    linked(action.campaign, off)
    answer = client.get(action.campaign.get_absolute_url())
    page = answer.text
    assert 'Together with <a href="https://example-voices.example.org" rel="noreferrer">Example Voices</a>' in page
    assert "Supported by" in page
    assert "Former Friends" not in page
    boxes = [(box.data["attrs"].get("checked"), one.partner.name) for box, one in _boxes(answer)]
    assert boxes == [(None, "Example Voices")]
    assert link.partner.question in page
    assert "gets your name and email address, only if you tick its box" in page


def _boxes(answer):
    return [(box.subwidgets[0], one) for box, one in answer.context["form"].partner_boxes()]


def test_a_tick_survives_an_error_and_is_kept_with_the_wish(action, link, client):
    url, box = action.campaign.get_absolute_url(), f"partner_{link.pk}"
    again = client.post(url, signature(email="") | {box: "on"})
    assert (again.status_code, again.context["form"][box].value()) == (422, True)
    client.post(url, signature() | {box: "on", "partner_987654321": "on"})
    assert list(action.taken.get().partner_ticks.values_list("link", flat=True)) == [link.pk]


@pytest.mark.parametrize(
    ("carried", "ticked"), [("on", True), ("True", True), ("False", False), ("", False), ("x", False)]
)
def test_only_what_was_ticked_on_an_earlier_page_is_ticked(link, carried, ticked):
    form = SpeakerForm(partners=[link], initial={f"partner_{link.pk}": carried})
    ((box, _),) = form.partner_boxes()
    assert ("checked" in str(box)) is ticked


def test_an_organisation_carries_its_tick_back_and_forth_and_gets_no_other(staff, client):
    action = an_action(staff)
    action.kind = action.Kind.JOIN
    action.save()
    one, other = linked(action.campaign, a_partner()), linked(action.campaign, a_partner("Sample Allies"))
    url = action.campaign.get_absolute_url()
    said = joining() | {f"partner_{one.pk}": "on"}
    back = client.post(url, said | {"back": "1"})
    carried = dict(re.findall(r'name="(partner_\d+)" (?:value="([^"]*)" )?', back.text))
    assert set(carried) == {f"partner_{one.pk}", f"partner_{other.pk}"}
    there = client.post(url, said | carried | {"step": "1"})
    assert {name: bool(there.context["speaker"][name].value()) for name in carried} == {
        f"partner_{one.pk}": True,
        f"partner_{other.pk}": False,
    }
    client.post(url, said | {"step": "2"})
    assert list(action.taken.get().partner_ticks.values_list("link", flat=True)) == [one.pk]
