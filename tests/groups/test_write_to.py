"""Writing to a group: nothing typed goes anywhere before its own mailbox has answered, and no address is shown."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.actions import messaging
from groups.forms.message import MessageForm
from groups.models import GroupRole, LocalGroup, VisitorMessage
from groups.tasks import forget_old_letters
from sanctuary.people import tokens
from sanctuary.people.actions import erase_supporter, held_about
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

VISITOR = "vera@example.org"


def url(name, *args):
    return reverse(f"groups:{name}", args=args)


def stamp(seconds=10):
    return tokens.make(MessageForm.purpose, int(timezone.now().timestamp()) - seconds)


def typed(**fields):
    told = {"name": "Vera Visitor", "email": VISITOR, "message": "When is the supper?", "website": ""}
    return told | {"stamp": stamp()} | fields


@pytest.fixture
def boxed(group, coordinator):
    """The group, with a mailbox of its own."""
    group.mailbox = "hello@example.org"
    group.save()
    return group


def letters(kind):
    return list(Email.objects.filter(kind=f"groups/{kind}").order_by("to"))


def confirm_link():
    return url("send_message", messaging.confirm_token(VisitorMessage.objects.latest("pk")))


# --- the way of a message -------------------------------------------------------------------------


def test_message_reaches_the_mailbox_after_the_visitor_s_own_has_answered(client, boxed):
    answer = client.post(url("write_to", boxed.slug), typed(message="When?\r\nhttps://x.example <b>now</b>"))
    assert (answer.status_code, answer.url) == (303, url("message_asked", boxed.slug))
    [asking] = letters("message_confirm")
    assert asking.to == VISITOR
    assert confirm_link() in asking.text
    for text in (asking.subject, asking.text, asking.html):
        assert not any(word in text for word in ("Vera", "When?", "x.example"))
    assert letters("message") == []
    assert "When?" in client.get(confirm_link()).text
    assert letters("message") == []
    assert client.post(confirm_link()).url == confirm_link()
    [letter] = letters("message")
    assert (letter.to, letter.reply_to, letter.html) == ("hello@example.org", VISITOR, "")
    assert letter.subject == f"A message to {boxed.name}"
    assert "Vera Visitor wrote to" in letter.text
    assert "When?\nhttps://x.example <b>now</b>" in letter.text
    assert "Your message is on its way" in client.get(confirm_link()).text


def test_without_a_mailbox_those_who_coordinate_get_it_and_their_addresses_stay_unknown(client, group, coordinator):
    for name, role, is_active, ended in [
        ("deputy", "deputy", True, None),
        ("helper", "helper", True, None),
        ("closed", "deputy", False, None),
        ("former", "coordinator", True, timezone.localdate()),
    ]:
        user = make.UserFactory(email=f"{name}@example.org", is_active=is_active)
        make.GroupRoleFactory(group=group, user=user, role=role, ended_on=ended)
    pages = [client.get(url("detail", group.slug)), client.get(url("write_to", group.slug))]
    pages.append(client.post(url("write_to", group.slug), typed(), follow=True))
    pages.append(client.post(confirm_link(), follow=True))
    assert [letter.to for letter in letters("message")] == [coordinator.email, "deputy@example.org"]
    for page in [*pages, *letters("message_confirm")]:
        assert not any(name in page.text for name in ("carys", "deputy@", "helper@", "closed@", "former@"))


def test_group_page_leads_to_the_form_and_shows_no_address(client, boxed):
    page = client.get(url("detail", boxed.slug)).text
    assert url("write_to", boxed.slug) in page
    assert "hello@example.org" not in page
    assert "mailto:" not in page


@pytest.mark.parametrize("status", ["enquiry", "researching", "forming", "dormant", "closed"])
def test_only_live_groups_can_be_written_to(client, boxed, status):
    LocalGroup.objects.filter(pk=boxed.pk).update(status=status)
    for answer in (client.get(url("write_to", boxed.slug)), client.post(url("write_to", boxed.slug), typed())):
        assert answer.status_code == 404


def test_group_that_nobody_reads_for_says_so(client, group):
    for name in ("detail", "write_to"):
        assert "Nobody reads messages for this group just now" in client.get(url(name, group.slug)).text
    assert client.post(url("write_to", group.slug), typed()).status_code == 422
    assert not VisitorMessage.objects.exists()


# --- robots and wrong input -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"website": "x"}, {"stamp": ""}, {"stamp": "forged"}, {"stamp": "now"}, {"stamp": "old"}, {"stamp": "pledge"}],
)
def test_robots_are_asked_to_press_again_and_nothing_is_lost(client, boxed, wrong):
    made = {
        "now": stamp(0),
        "old": stamp(86_401),
        "pledge": tokens.make("pledge-form", int(timezone.now().timestamp()) - 10),
    }
    wrong = {name: made.get(value, value) for name, value in wrong.items()}
    answer = client.post(url("write_to", boxed.slug), typed(**wrong))
    assert (answer.status_code, "press the button once more" in answer.text) == (422, True)
    assert "When is the supper?" in answer.text
    assert not VisitorMessage.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Vera\r\nBcc: all@example.org"),
        ("name", "x" * 151),
        ("email", ""),
        ("email", "vera@example.org\nBcc: all@example.org"),
        ("email", "vera"),
        ("message", ""),
        ("message", "   "),
        ("message", "x" * 2001),
        ("message", "NUL \x00"),
        ("message", "turned \u202e round"),
        ("message", "x" * 500_000),
    ],
)
def test_wrong_input_is_said_beside_the_field(client, boxed, field, value):
    answer = client.post(url("write_to", boxed.slug), typed(**{field: value}))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert not VisitorMessage.objects.exists()


def test_stop_links_and_damaged_ones_send_nothing(client, boxed):
    client.post(url("write_to", boxed.slug), typed())
    token = messaging.confirm_token(VisitorMessage.objects.get())
    for wrong in (token[:-2] + "AA", "x", "x" * 500, tokens.make("group-message", 987_654, 1)):
        assert client.post(url("send_message", wrong)).status_code in {404, 410}
    VisitorMessage.objects.update(email="other@example.org")
    assert client.post(url("send_message", token)).status_code == 410
    assert letters("message") == []


# --- once, and not too often ----------------------------------------------------------------------


def test_button_pressed_twice_is_one_message_and_one_letter(client, boxed):
    for _ in range(2):
        client.post(url("write_to", boxed.slug), typed())
    assert (VisitorMessage.objects.count(), len(letters("message_confirm"))) == (1, 1)
    for _ in range(2):
        client.post(confirm_link())
    assert len(letters("message")) == 1


@pytest.mark.django_db(transaction=True)
def test_confirmed_twice_at_once_is_one_letter(boxed):
    kept = actions.write_to_group(boxed, name="Vera", email=VISITOR, message="Hello")
    race(*[lambda: actions.deliver_message(kept)] * 2, after='FROM "groups_visitormessage"')
    assert len(letters("message")) == 1


def test_one_address_writes_so_often_and_no_more(client, boxed):
    for number in range(messaging.MOST_FROM_ONE):
        client.post(url("write_to", boxed.slug), typed(message=f"Message {number}"))
    answer = client.post(url("write_to", boxed.slug), typed(message="One more"))
    assert (answer.status_code, "several times today" in answer.text, "One more" in answer.text) == (422, True, True)
    # Three asking letters a day, through all doors together.
    assert len(letters("message_confirm")) == 3


def test_group_gets_so_many_a_day_and_no_more(boxed, monkeypatch):
    monkeypatch.setattr(messaging, "MOST_DELIVERED", 2)
    kept = [
        actions.write_to_group(boxed, name="Vera", email=f"v{number}@example.org", message="Hi") for number in range(3)
    ]
    for each in kept[:2]:
        actions.deliver_message(each)
    with pytest.raises(ValidationError, match="many messages today"):
        actions.deliver_message(kept[2])
    with pytest.raises(ValidationError, match="many messages today"):
        actions.write_to_group(boxed, name="Vera", email="new@example.org", message="Hi")
    VisitorMessage.objects.filter(delivered_at__isnull=False).update(
        asked_at=timezone.now() - timedelta(days=2), delivered_at=timezone.now() - timedelta(days=2)
    )
    assert actions.deliver_message(kept[2]).delivered_at


def test_link_of_two_days_ago_is_too_old(client, boxed):
    client.post(url("write_to", boxed.slug), typed())
    link = confirm_link()
    VisitorMessage.objects.update(asked_at=timezone.now() - timedelta(days=2, minutes=1))
    answer = client.post(link)
    assert (answer.status_code, "too old" in answer.text) == (422, True)
    assert letters("message") == []


def test_group_that_closed_meanwhile_gets_nothing(boxed):
    kept = actions.write_to_group(boxed, name="Vera", email=VISITOR, message="Hello")
    LocalGroup.objects.update(status="dormant")
    with pytest.raises(ValidationError, match="Nobody reads"):
        actions.deliver_message(kept)


# --- what is kept ---------------------------------------------------------------------------------


def test_clock_forgets_what_was_not_confirmed_and_what_is_a_month_old(boxed):
    now = timezone.now()
    ages = [("new", 0, None), ("stale", 3, None), ("read", 20, 19), ("old", 40, 31)]
    for name, asked, delivered in ages:
        VisitorMessage.objects.create(
            group=boxed,
            name=name,
            email=VISITOR,
            message="Hi",
            asked_at=now - timedelta(days=asked),
            delivered_at=None if delivered is None else now - timedelta(days=delivered),
        )
    forget_old_letters()
    assert set(VisitorMessage.objects.values_list("name", flat=True)) == {"new", "read"}


def test_erased_person_s_messages_go_also_from_the_outbox(boxed, superuser):
    person = make.SupporterFactory(email=VISITOR)
    mine = actions.write_to_group(boxed, name="Vera", email=VISITOR, message="CANARY")
    other = actions.write_to_group(boxed, name="Odd", email="odd@example.org", message="Other")
    for each in (mine, other):
        actions.deliver_message(each)
    assert held_about(person)["Messages you wrote to groups"][0]["Message"] == "CANARY"
    erase_supporter(person, by=superuser)
    assert list(VisitorMessage.objects.values_list("email", flat=True)) == ["odd@example.org"]
    assert [letter.reply_to for letter in letters("message")] == ["odd@example.org"]


def test_coordinator_role_that_ended_gets_no_more_messages(group, coordinator):
    make.GroupRoleFactory(group=group, user=make.UserFactory(email="next@example.org"))
    actions.end_role(coordinator.group_roles.get(), by=coordinator)
    assert actions.readers(group) == ["next@example.org"]
    assert GroupRole.objects.filter(ended_on__isnull=False).count() == 1
