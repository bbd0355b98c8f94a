"""The mailing desk: look, check, test, approve, schedule, watch, decide, and what came of it."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns import actions
from campaigns.models import ActionTaken, Chunk, Delivery, Mailing
from sanctuary.audit.models import Entry
from sanctuary.people.models import Permission
from sanctuary.post.models import Email
from tests import factories
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _https(settings):
    settings.PUBLIC_URL = "https://sanctuary.example.org"


@pytest.fixture
def sending(mailing):
    """Half sent: 3 of 6, and one in doubt."""
    now = timezone.now()
    mailing.state, mailing.starts_at, mailing.frozen_at, mailing.counts = "sending", now, now, {"recipients": 6}
    mailing.save()
    for seq in range(1, 7):
        outcome = {1: 1, 2: 1, 3: 5}.get(seq, 0)
        Delivery.objects.create(
            mailing=mailing,
            seq=seq,
            supporter_id=seq,
            address=f"person{seq}@example.org",
            outcome=outcome,
            settled_at=now if outcome else None,
        )
    Chunk.objects.create(mailing=mailing, no=1, lo=1, hi=3, state=2, sent=2, in_doubt=1)
    Chunk.objects.create(mailing=mailing, no=2, lo=4, hi=6)
    return mailing


def url(noun, page):
    return reverse(f"admin:campaigns_{noun._meta.model_name}_{page}", args=[noun.pk])


def words(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().partition('id="content"')[2]).split())


def said(response) -> list[str]:
    return [str(message) for message in response.wsgi_request._messages]


def test_preview_shows_the_words_and_the_frame_can_do_nothing(desk, mailing):
    shown = desk.get(url(mailing, "preview") + "?as=1")
    assert "Dear Ada," in words(shown)
    frame = desk.get(url(mailing, "preview/html") + "?as=1")
    assert "Dear Ada," in frame.content.decode()
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox" in policy
    assert "script" not in policy


@pytest.mark.parametrize("who", ["0", "2", "-1", "x", "99999999999999999999", "\x00"])
def test_preview_for_nobody_known_is_the_made_up_person(desk, mailing, who):
    assert "Dear Amira," in words(desk.get(url(mailing, "preview"), {"as": who}))


def test_preview_links_open_nothing_for_the_person_shown(desk, client, mailing):
    text = desk.get(url(mailing, "preview") + "?as=1").context["shown"].text
    address = re.search(r"https://sanctuary.example.org(/actions/\S+/m/\S+/)", text)[1]
    assert client.post(address).url == mailing.campaign.get_absolute_url()
    assert not ActionTaken.objects.exists()


def test_preview_of_broken_words_says_what_is_wrong(desk, mailing):
    Mailing.objects.update(body="Dear ((nobody))")
    assert desk.get(url(mailing, "preview")).status_code == 200
    assert desk.get(url(mailing, "preview/html")).status_code in {200, 422}


def test_check_adds_up_and_the_button_says_how_many(desk, mailing, staff):
    factories.SupporterFactory.create_batch(2)
    factories.permit(factories.SupporterFactory(email="ada@example.org", name="Housemate"))
    shown = words(desk.get(url(mailing, "check")))
    assert "match who you chose 4 have not agreed to these emails −&nbsp;2" in shown
    assert "share an address with somebody else who gets it −&nbsp;1 will get it =&nbsp;1" in shown
    assert "Schedule email" not in shown
    factories.permit(factories.SupporterFactory())
    desk.post(url(mailing, "test"))
    assert "Schedule email to 2 people" in words(desk.get(url(mailing, "check")))


@pytest.mark.parametrize("kind", ["group", "stream"])
def test_check_of_a_group_that_is_gone_says_so(desk, mailing, kind):
    Mailing.objects.update(audience={"kind": kind, "value": "987654321"})
    shown = words(desk.get(url(mailing, "check")))
    assert "0 people will get it A group or stream that is no longer here." in shown


def test_check_lists_problems_and_offers_no_button(desk, mailing, staff):
    Mailing.objects.update(body="Dear ((nobody))")
    shown = words(desk.get(url(mailing, "check")))
    assert "There is no field called ((nobody))." in shown
    assert "Send me a test" not in shown
    desk.post(url(mailing, "test"))
    assert not Email.objects.exists()


def test_whole_way_with_two_people(desk, client_of, mailing, colleague, settings):
    settings.FOUR_EYES_ABOVE, settings.MAILING_UNDO_MINUTES = 0, 10
    seen = {"seen": mailing.content_hash}
    desk.post(url(mailing, "test"))
    assert Email.objects.get().to == "nadia@example.org"
    assert "Approve this email" not in words(desk.get(url(mailing, "check")))
    assert desk.post(url(mailing, "approve"), seen).status_code == 403
    refused = desk.post(url(mailing, "check"), seen)
    assert (refused.status_code, "somebody else must approve it first" in words(refused)) == (422, True)
    other = client_of(colleague)
    assert "Approve this email" in words(other.get(url(mailing, "check")))
    other.post(url(mailing, "approve"), seen)
    answer = desk.post(url(mailing, "check"), seen)
    assert (answer.status_code, answer.url) == (302, url(mailing, "live"))
    shown = words(desk.get(answer.url))
    assert "Nobody has had it yet" in shown
    assert "Undo: take it back" in shown
    desk.post(url(mailing, "unschedule"))
    assert Mailing.objects.get().state == "draft"


@pytest.mark.parametrize("when", ["2020-01-01T10:00", "yesterday", "2026-13-45T99:99", "\x00"])
def test_a_bad_time_is_named_and_nothing_is_scheduled(desk, mailing, staff, when):
    actions.send_test(mailing, by=staff)
    answer = desk.post(url(mailing, "check"), {"seen": mailing.content_hash, "starts_at": when})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"starts_at"})
    assert Mailing.objects.get().state == "draft"


def test_live_tells_how_far_it_is_without_counting_deliveries(desk, sending, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as asked:
        shown = words(desk.get(url(sending, "live")))
    assert not any("campaigns_delivery" in query["sql"] for query in asked.captured_queries)
    assert "3 of 6 dealt with" in shown
    assert "Handed over to their mail provider 2" in shown
    assert "Waiting 3" in shown
    assert "Look at the 1 in doubt" in shown
    part = desk.get(url(sending, "live/part")).content.decode()
    assert 'data-state="sending"' in part
    assert "<html" not in part


@pytest.mark.parametrize(("name", "said"), [("", "A colleague"), ("Canary Name", "Canary Name")])
def test_pause_leaves_no_name_and_no_address_in_the_log(sending, name, said):
    somebody = factories.UserFactory(name=name, email="nameless@example.org", is_staff=True)
    client_of(somebody).post(url(sending, "pause"))
    sending.refresh_from_db()
    assert sending.pause_reason == f"{said} paused it."
    entry = Entry.objects.about(sending).get(verb="campaigns.pause_mailing")
    assert (entry.actor, entry.detail) == (f"user:{somebody.pk}", {})


def test_pause_go_on_and_stop(desk, sending):
    desk.post(url(sending, "pause"))
    assert "Nadia National paused it." in words(desk.get(url(sending, "live")))
    desk.post(url(sending, "resume"))
    assert Mailing.objects.get().state == "sending"
    assert "about 3 people will not get this email" in words(desk.get(url(sending, "stop")))
    assert Mailing.objects.get().state == "sending"
    desk.post(url(sending, "stop"))
    assert Mailing.objects.get().state == "stopped"
    assert "There is nothing to stop" in words(desk.get(url(sending, "stop")))


def test_doubt_shows_masked_addresses_of_this_mailing_only(desk, sending, staff):
    other = factories.MailingFactory(campaign=sending.campaign, author=staff)
    Delivery.objects.create(
        mailing=other, seq=1, supporter_id=1, address="zelda@example.org", outcome=5, settled_at=timezone.now()
    )
    body = desk.get(url(sending, "doubt")).content.decode()
    assert "p***@example.org" in body
    assert "person3@" not in body
    assert "z***@" not in body


@pytest.mark.parametrize(("choice", "outcome"), [("leave", 5), ("again", 0)])
def test_doubt_is_settled_by_a_human(desk, sending, choice, outcome):
    assert desk.post(url(sending, "doubt"), {"seqs": ["3"], "choice": choice}).status_code == 302
    assert dict(Delivery.objects.values_list("seq", "outcome")) == {1: 1, 2: 1, 3: outcome, 4: 0, 5: 0, 6: 0}


@pytest.mark.parametrize("form", [{}, {"choice": "again"}, {"seqs": ["1"], "choice": "again"}, {"seqs": ["3"]},
                                  {"seqs": ["x"], "choice": "leave"}, {"seqs": ["3"], "choice": "burn"}])  # fmt: skip
def test_doubt_with_nothing_to_do_does_nothing(desk, sending, form):
    before = list(Delivery.objects.order_by("seq").values())
    assert desk.post(url(sending, "doubt"), form).status_code == 422
    assert list(Delivery.objects.order_by("seq").values()) == before


def test_results_put_acts_first_and_count_only_this_mailing(desk, sending, staff, essentials):
    action = sending.campaign.actions.get()
    here = factories.SupporterFactory(region="Wales")
    actions.act_from_mail(action, here, sending)
    actions.act_from_mail(action, factories.SupporterFactory(region="Scotland"), None)
    factories.ActionTakenFactory(action=action, mailing=sending)
    for source in (f"mailing:{sending.pk}", "mailing:0", f"mailing:{sending.pk}0"):
        Permission.objects.create(
            supporter=factories.SupporterFactory(),
            controller=essentials,
            purpose="campaigns",
            change="withdrawn",
            basis="none",
            source=source,
            occurred_at=timezone.now(),
        )
    answer = desk.get(url(sending, "results"))
    shown = {name: answer.context[name] for name in ("acted", "acted_in_all", "regions", "left")}
    assert shown == {"acted": 1, "acted_in_all": 2, "regions": [("Wales", 1)], "left": 1}


def test_a_verb_that_comes_too_late_says_so(desk, sending):
    answer = desk.post(url(sending, "unschedule"))
    assert said(answer) == ["Sending has begun. You can pause or stop it."]
    with pytest.raises(ValidationError):
        actions.unschedule_mailing(sending, by=sending.author)
