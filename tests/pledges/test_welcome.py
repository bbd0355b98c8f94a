"""The short letter that greets new pledgers: who gets it, and who never does."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from pledges import actions
from pledges.models import Pledge
from sanctuary.people import actions as people
from sanctuary.people.links import choices_token
from sanctuary.people.models import Permission
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

WORDS = "Come to supper on Thursday.\n\nCarys"


def pledge_of(group, *, may_email=True, **fields):
    person = make.SupporterFactory(**fields)
    if may_email:
        make.permit(person, group.controller, Permission.Purpose.ACTIVITIES)
    return make.PledgeFactory(group=group, supporter=person, confirmed=True)


def listing(group):
    return reverse("pledges:to_greet", args=[group.slug])


def press(client, group, *pledges, letter=WORDS):
    who = [getattr(each, "pk", each) for each in pledges]
    return client.post(listing(group), {"who": who, "letter": letter}, follow=True)


def greeted():
    return set(Pledge.objects.filter(greeted_at__isnull=False).values_list("pk", flat=True))


def letters():
    return sorted(Email.objects.filter(kind="pledges/welcome").values_list("to", flat=True))


def test_each_one_ticked_gets_a_letter_of_their_own(client_of, coordinator, group):
    group.mailbox = "hello@example.org"
    group.save()
    amira = pledge_of(group, name="Amira", email="amira@example.org")
    bilal = pledge_of(group, name="Bilal", email="bilal@example.org")
    pledge_of(group, name="Canary", email="canary@example.org")
    page = press(client_of(coordinator), group, amira, bilal)
    assert "Your welcome is on its way to 2 people." in page.text
    assert greeted() == {amira.pk, bilal.pk}
    assert letters() == ["amira@example.org", "bilal@example.org"]
    letter = Email.objects.get(to="amira@example.org")
    assert letter.subject == f"Welcome from {group.name}"
    assert letter.reply_to == "hello@example.org"
    choices = reverse("people:choices", args=[choices_token(amira.supporter_id, 0, group.controller_id)])
    for part in (letter.text, letter.html):
        assert "Come to supper on Thursday." in part
        assert "Amira" in part
        assert choices in part
        assert "bilal" not in part.lower()
        assert "canary" not in part.lower()


def test_letter_is_kept_for_the_next_time_and_for_this_group_alone(client_of, coordinator, other_coordinator, group):
    theirs = other_coordinator.group_roles.get().group
    for each in (group, theirs):
        pledge_of(each)
    assert "We are glad to have you with us." in client_of(coordinator).get(listing(group)).text
    press(client_of(coordinator), group, pledge_of(group), letter="CANARY words")
    assert "CANARY words" in client_of(coordinator).get(listing(group)).text
    assert "CANARY" not in client_of(other_coordinator).get(listing(theirs)).text


@pytest.mark.parametrize("silence", ["said no", "stopped since", "only another sender", "address silenced", "paused"])
def test_who_wants_no_email_gets_none_and_the_page_says_so(client_of, coordinator, group, essentials, silence):
    pledge = pledge_of(group, may_email=silence not in {"said no", "only another sender"}, email="canary@example.org")
    if silence == "stopped since":
        people.stop_all_emails(pledge.supporter, source="test")
    if silence == "only another sender":
        make.permit(pledge.supporter, essentials)
    if silence == "address silenced":
        people.suppress("canary@example.org", reason="complained")
    if silence == "paused":
        pledge.supporter.emails_paused_until = timezone.localdate() + timedelta(days=9)
        pledge.supporter.save()
    page = press(client_of(coordinator), group, pledge)
    assert "Marked as greeted without an email, because they want none: 1 person." in page.text
    assert greeted() == {pledge.pk}
    assert letters() == []


def test_pressed_twice_is_one_letter(client_of, coordinator, group):
    pledge = pledge_of(group, email="amira@example.org")
    client = client_of(coordinator)
    press(client, group, pledge)
    assert "Nothing was sent." in press(client, group, pledge).text
    assert letters() == ["amira@example.org"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_one_letter_each(coordinator, group):
    pledges = [pledge_of(group, email=f"{name}@example.org").pk for name in ("amira", "bilal")]

    def welcome():
        return actions.welcome_pledgers(group, pledges, text=WORDS, by=coordinator).written

    assert sorted(race(welcome, welcome, after='FROM "pledges_pledge"')) == [0, 2]
    assert letters() == ["amira@example.org", "bilal@example.org"]


def test_another_groups_pledger_is_left_alone(client_of, coordinator, group, other_group):
    theirs = pledge_of(other_group, email="canary@example.org")
    unconfirmed = make.PledgeFactory(group=group, email="canary2@example.org")
    answers = [press(client_of(coordinator), group, each) for each in (theirs, unconfirmed, 987654321, 10**17)]
    assert {answer.status_code for answer in answers} == {200}
    assert all("They had all been greeted already. Nothing was sent." in answer.text for answer in answers)
    assert greeted() == set()
    assert letters() == []


def test_only_those_who_coordinate_may_send(client_of, client, other_coordinator, helper, staff, group):
    pledge = pledge_of(group)
    answers = [press(client_of(person), group, pledge).status_code for person in (other_coordinator, staff, helper)]
    assert answers == [404, 404, 403]
    assert client.post(listing(group), {"who": [pledge.pk], "letter": WORDS}).status_code == 302
    assert (greeted(), letters()) == (set(), [])


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"letter": WORDS}, "Tick at least one person"),
        ({"letter": WORDS, "who": ["x", "٣", "9" * 40]}, "Tick at least one person"),
        ({"letter": " ", "who": ["1"]}, "Write the letter"),
        ({"letter": "Hi\u202e", "who": ["1"]}, "Check this: it has a letter we cannot print"),
        ({"letter": "Hi\x00", "who": ["1"]}, "Null characters are not allowed."),
        ({"letter": "x" * 2001, "who": ["1"]}, "Use 2000 characters or fewer"),
    ],
)
def test_mistakes_are_told_and_nothing_typed_is_lost(client_of, coordinator, group, sent, says):
    pledge = pledge_of(group)
    sent = {
        name: [pledge.pk if each == "1" else each for each in value] if name == "who" else value
        for name, value in sent.items()
    }
    page = client_of(coordinator).post(listing(group), sent)
    assert page.status_code == 422
    assert says in page.text
    if pledge.pk in sent.get("who", []):
        assert f'value="{pledge.pk}" checked' in page.text
    if sent["letter"] == WORDS:
        assert "Come to supper on Thursday." in page.text
    assert (greeted(), letters()) == (set(), [])


def test_no_letter_is_offered_where_nobody_may_be_written_to(client_of, coordinator, group):
    pledge_of(group, may_email=False)
    page = client_of(coordinator).get(listing(group)).text
    assert "Send a welcome" not in page
    assert 'name="who"' not in page


def test_action_without_words_sends_nothing(coordinator, group):
    with pytest.raises(ValidationError):
        actions.welcome_pledgers(group, [pledge_of(group).pk], text="  ", by=coordinator)
    assert letters() == []
