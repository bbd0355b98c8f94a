"""What goes by itself when it is needed no more: and what stays, because it still is."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from campaigns import actions, tasks
from campaigns.actions import forgetting
from campaigns.models import ActionTaken, Campaign, LetterPrint, PartnerYes, Tally
from campaigns.models.partner_yes import KEEP_REFERENCE
from pledges.models import Pledge
from sanctuary.people.actions import erase_supporter, start_address_change
from tests import factories as make
from tests.partners import a_partner, acts, an_action, linked

pytestmark = pytest.mark.django_db


def close(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(state="closed")


def threads(action) -> list[tuple]:
    rows = ActionTaken.objects.filter(action=action).order_by("pk")
    return [(bytes(each.person_mac), each.share_code) for each in rows]


def test_threads_of_a_closed_campaign_go_and_no_number_changes(staff, monkeypatch):
    monkeypatch.setattr(forgetting, "AT_A_TIME", 1)
    over, resting = an_action(staff), an_action(staff, state="resting")
    for number, action in enumerate([over, resting]):
        counted = {"action": action, "confirmed_at": timezone.now()}
        make.ActionTakenFactory(**counted, supporter=make.SupporterFactory(), share_code=f"code{number}2222222")
        make.ActionTakenFactory(**counted, supporter=None, person_mac=b"m" * 32)
    close(over.campaign)
    tasks.forget_what_is_over()
    assert forgetting.forget_threads() == 0
    assert threads(over) == [(b"", None), (b"", None)]
    assert threads(resting) == [(b"", "code12222222"), (b"m" * 32, None)]
    assert [Tally.objects.filter(action=each).whole().total() for each in (over, resting)] == [2, 2]


def test_prints_go_with_the_campaign_or_when_too_many_came_after(staff, monkeypatch):
    monkeypatch.setattr(forgetting, "MOST_COMPARED", 2)
    over, live, small = (an_action(staff) for _ in range(3))
    type(live).objects.filter(pk__in=[over.pk, live.pk, small.pk]).update(kind="write", statement="")
    prints = [LetterPrint.objects.create(action=each, hashes=b"8bytes..") for each in [over, live, small, live, live]]
    close(over.campaign)
    tasks.forget_what_is_over()
    tasks.forget_what_is_over()
    assert list(LetterPrint.objects.order_by("pk")) == prints[2:]


def test_references_of_who_was_forgotten_go_after_a_year_and_nobody_elses(staff):
    action = an_action(staff)
    link = linked(action.campaign, a_partner())
    gone = acts(action, link)
    stays = acts(action, link, name="Bo Example", email="bo@example.org")
    actions.give_list(link, by=staff, reason="Monthly")
    erase_supporter(gone, by=gone)
    with travel(timezone.now() + KEEP_REFERENCE - timedelta(days=1)):
        tasks.forget_what_is_over()
    assert PartnerYes.objects.count() == 2
    with travel(timezone.now() + KEEP_REFERENCE + timedelta(days=1)):
        tasks.forget_what_is_over()
    assert list(PartnerYes.objects.values_list("supporter", flat=True)) == [stays.pk]


def test_wishes_from_another_mailbox_of_who_is_forgotten_go_too(staff):
    action, ada = an_action(staff), make.SupporterFactory(name="Ada Example", email="ada@example.org")
    start_address_change(ada, "ada.new@example.org")
    for address in ("ada@example.org", "ada.new@example.org", "bo@example.org"):
        actions.start_act(action, name="Ada Example", email=address, wants_email=False)
        make.PledgeFactory(supporter=None, confirmed_at=None, name="Ada Example", email=address)
    erase_supporter(ada, by=ada)
    for model in (ActionTaken, Pledge):
        assert list(model.objects.values_list("email", flat=True)) == ["bo@example.org"]
