"""Asking somebody to help to run a group: only what one may give, only to the mailbox that was asked."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from groups import actions
from groups.models import GroupRole, Invitation, LocalGroup
from groups.tasks import forget_old_letters, mind_invitations
from sanctuary.audit.models import Entry
from sanctuary.people.actions import erase_supporter, held_about
from sanctuary.people.models import User
from sanctuary.post.models import Email
from tests import factories as make
from tests.race import race

pytestmark = pytest.mark.django_db

Role = GroupRole.Role
ASKED = "amina@example.org"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def url(name, *args):
    return reverse(f"groups:{name}", args=args)


def link(invitation):
    return url("invitation", invitation.token)


@pytest.fixture
def desk(client_of, coordinator):
    return client_of(coordinator)


@pytest.fixture
def asked(group, coordinator):
    return actions.invite(group, email=ASKED, role=Role.HELPER, by=coordinator)


@pytest.fixture
def amina(essentials):
    user = make.UserFactory(email=ASKED, name="Amina Asked")
    make.EmailAddressFactory(user=user)
    return user


def holder(group, role):
    user = make.UserFactory(name=f"Some {role}")
    make.GroupRoleFactory(group=group, user=user, role=role)
    return user


# --- asking ---------------------------------------------------------------------------------------


def test_letter_holds_our_words_and_nothing_typed(desk, group, coordinator):
    coordinator.name = "http://evil.example BUY"
    coordinator.save()
    answer = desk.post(url("team", group.slug), {"email": " Amina@Example.ORG ", "role": "helper", "note": "CANARY"})
    assert (answer.status_code, answer.url) == (302, url("team", group.slug))
    letter = Email.objects.get()
    assert (letter.to, letter.subject, letter.reply_to) == (ASKED, f"Would you help to run {group.name}?", "")
    assert Invitation.objects.get().token in letter.text
    for text in (letter.subject, letter.text, letter.html):
        assert not any(word in text for word in ("CANARY", "evil", "BUY", "None"))


def test_letter_names_who_asks_by_first_name(asked):
    letter = Email.objects.get()
    assert (
        "Carys from Amberford City of Sanctuary would like you to help run the group. Your part would be: Helper."
        in letter.text
    )
    assert "Coordinator" not in letter.text


MAY_GIVE = {
    Role.COORDINATOR: set(Role),
    Role.DEPUTY: set(Role) - {Role.COORDINATOR},
    Role.HELPER: set(),
    Role.SAFEGUARDING_LEAD: set(),
    Role.SAFEGUARDING_DEPUTY: set(),
}


@pytest.mark.parametrize("by", Role)
def test_nobody_gives_more_than_they_have(group, by):
    user = holder(group, by)
    for role in Role:
        if role in MAY_GIVE[by]:
            actions.invite(group, email=f"{role}@example.org", role=role, by=user)
            continue
        with pytest.raises(ValidationError) as error:
            actions.invite(group, email=f"{role}@example.org", role=role, by=user)
        assert error.value.code == "not_yours_to_give"
    assert set(Invitation.objects.values_list("role", flat=True)) == MAY_GIVE[by]


def test_deputy_cannot_forge_a_coordinator(client_of, group, coordinator):
    browser = client_of(holder(group, Role.DEPUTY))
    answer = browser.post(url("team", group.slug), {"email": ASKED, "role": "coordinator"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"role"})
    assert ASKED in answer.text
    assert not Invitation.objects.exists()


def test_the_same_again_is_one_invitation_and_one_letter(group, coordinator, asked):
    assert actions.invite(group, email=ASKED, role=Role.HELPER, by=coordinator) == asked
    assert Email.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_send_one_letter(group, coordinator):
    def ask():
        return actions.invite(group, email=ASKED, role=Role.HELPER, by=coordinator).pk

    one, other = race(ask, ask, after='FROM "groups_localgroup"')
    assert one == other
    assert (Invitation.objects.count(), Email.objects.count()) == (1, 1)


def test_who_does_it_already_is_not_asked(desk, group, coordinator):
    answer = desk.post(url("team", group.slug), {"email": coordinator.email, "role": "coordinator"})
    assert answer.status_code == 422
    assert "does this already" in answer.text
    assert not Email.objects.exists()


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "x\x00@example.org", "a@example.org\nBcc: b@example.org"])
def test_wrong_address_is_said_beside_the_field(desk, group, email):
    answer = desk.post(url("team", group.slug), {"email": email, "role": "helper"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"email"})
    assert not Invitation.objects.exists()


def test_a_group_sends_so_many_invitations_and_no_more(group, coordinator):
    for number in range(actions.inviting.MOST_OPEN):
        actions.invite(group, email=f"p{number}@example.org", role=Role.HELPER, by=coordinator)
    with pytest.raises(ValidationError, match="many invitations"):
        actions.invite(group, email="more@example.org", role=Role.HELPER, by=coordinator)


def test_a_mailbox_that_has_had_enough_gets_no_more(group, other_group, coordinator, other_coordinator):
    for role in (Role.HELPER, Role.DEPUTY, Role.COORDINATOR):
        actions.invite(group, email=ASKED, role=role, by=coordinator)
    with pytest.raises(ValidationError, match="enough letters"):
        actions.invite(other_group, email=ASKED, role=Role.HELPER, by=other_coordinator)
    assert not other_group.invitations.exists()
    assert Email.objects.count() == 3


def test_sending_again_makes_it_good_for_a_week_more_three_letters_at_most(desk, group, asked):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    for _ in range(4):
        desk.post(url("invitation_again", group.slug, asked.pk))
    asked.refresh_from_db()
    assert (asked.sent_count, Email.objects.count()) == (3, 3)
    assert asked.is_open(timezone.now() + timedelta(days=6))


# --- the link -------------------------------------------------------------------------------------


def test_stranger_gets_a_code_to_the_invited_mailbox_and_says_yes(client, group, asked):
    page = client.get(link(asked))
    assert (page.status_code, "a***@example.org" in page.text, ASKED in page.text) == (200, True, False)
    assert not User.objects.filter(email=ASKED).exists()
    Email.objects.all().delete()
    answer = client.post(url("invitation_code", asked.token), {"email": "thief@example.org"})
    assert answer.url == f"{reverse('account_confirm_login_code')}?next={link(asked)}"
    letter = Email.objects.get()
    assert letter.to == ASKED
    [code] = re.findall(r"^([A-Z0-9]+(?:-[A-Z0-9]+)*)$", letter.text, re.MULTILINE)
    answer = client.post(answer.url, {"code": code, "next": link(asked)})
    assert answer.url == link(asked)
    assert "Your name" in client.get(link(asked)).text
    assert not GroupRole.objects.filter(role=Role.HELPER).exists()
    assert client.post(link(asked), {"name": ""}).status_code == 422
    client.post(link(asked), {"name": "Amina Asked"})
    held = GroupRole.objects.get(role=Role.HELPER)
    assert (held.group, held.user.email, held.user.name) == (group, ASKED, "Amina Asked")
    assert (held.user.is_staff, held.user.has_usable_password()) == (False, False)
    assert client.get(url("today", group.slug)).status_code == 200
    assert Email.objects.filter(kind="groups/accepted", to="carys@example.org").count() == 1


def test_code_is_needed_even_with_the_link(client, asked):
    client.post(url("invitation_code", asked.token))
    assert "_auth_user_id" not in client.session
    answer = client.post(link(asked), {"name": "Thief"})
    assert answer.status_code == 403
    assert not GroupRole.objects.filter(role=Role.HELPER).exists()


def test_an_address_with_an_account_and_one_without_are_answered_alike(client_of, asked, amina, group, coordinator):
    other = actions.invite(group, email="abena@example.org", role=Role.HELPER, by=coordinator)
    known, unknown = (client_of(None).get(link(each)) for each in (asked, other))
    assert known.status_code == unknown.status_code
    assert CSRF.sub("", known.text.replace(asked.token, "")) == CSRF.sub("", unknown.text.replace(other.token, ""))
    answers = [client_of(None).post(url("invitation_code", each.token)) for each in (asked, other)]
    assert {(answer.status_code, answer.url.partition("?")[0]) for answer in answers} == {
        (302, reverse("account_confirm_login_code"))
    }


def test_pressing_the_button_twice_makes_one_account(client_of, asked):
    for _ in range(2):
        client_of(None).post(url("invitation_code", asked.token))
    assert User.objects.filter(email=ASKED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_account(asked):
    def press():
        return actions.open_account(asked).pk

    one, other = race(press, press, after='FROM "people_user"')
    assert one == other
    assert EmailAddress.objects.filter(email=ASKED).count() == 1


def test_looking_and_following_the_link_changes_nothing(client_of, asked, amina):
    for browser in (client_of(None), client_of(amina)):
        browser.get(link(asked))
    asked.refresh_from_db()
    assert asked.accepted_at is None
    assert not GroupRole.objects.filter(user=amina).exists()


@pytest.mark.parametrize("who", ["supporter", "other_coordinator", "staff"])
def test_forwarded_link_opens_nothing_for_another_account(client_of, request, asked, who):
    thief = request.getfixturevalue(who)
    make.EmailAddressFactory(user=thief)
    browser = client_of(thief)
    page = browser.get(link(asked)).text
    assert ("signed in with another address" in page, "Yes, I will" in page) == (True, False)
    assert browser.post(link(asked), {"name": "Thief"}).status_code == 403
    with pytest.raises(ValidationError) as error:
        actions.accept_invitation(asked, by=thief)
    assert error.value.code == "not_yours"
    assert not GroupRole.objects.filter(user=thief, group=asked.group).exists()


def test_an_address_that_was_typed_but_never_answered_is_not_owned(client_of, asked, supporter):
    EmailAddress.objects.create(user=supporter, email=ASKED, verified=False)
    assert client_of(supporter).post(link(asked)).status_code == 403


def test_account_that_was_closed_stays_closed(client_of, asked, amina):
    amina.is_active = False
    amina.save()
    assert client_of(None).post(url("invitation_code", asked.token)).status_code == 302
    assert not Email.objects.filter(to=ASKED, kind="account/email/login_code").exists()
    with pytest.raises(ValidationError):
        actions.accept_invitation(asked, by=amina)


def test_accepting_twice_is_one_role_and_one_letter(client_of, asked, amina):
    browser = client_of(amina)
    assert browser.post(link(asked)).status_code == 302
    assert browser.post(link(asked)).url == reverse("groups:manage_home")
    assert actions.accept_invitation(asked, by=amina).user == amina
    assert GroupRole.objects.filter(user=amina).count() == 1
    assert Email.objects.filter(kind="groups/accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepted_twice_at_once_is_one_role(asked, amina):
    def accept():
        return actions.accept_invitation(asked, by=amina).pk

    one, other = race(accept, accept, after='FROM "groups_localgroup"')
    assert one == other
    assert Email.objects.filter(kind="groups/accepted").count() == 1


def test_replayed_after_the_role_ended_it_opens_nothing(client_of, group, asked, amina, coordinator):
    role = actions.accept_invitation(asked, by=amina)
    actions.end_role(role, by=coordinator)
    browser = client_of(amina)
    assert browser.post(link(asked)).url == reverse("groups:manage_home")
    assert not GroupRole.objects.current(timezone.localdate()).filter(user=amina).exists()
    assert browser.get(url("today", group.slug)).status_code == 404
    assert client_of(None).get(link(asked)).status_code == 410


def test_revoked_and_expired_say_so_and_open_nothing(desk, client_of, group, asked, amina):
    browser = client_of(amina)
    Invitation.objects.update(expires_at=timezone.now())
    for answer in (browser.get(link(asked)), browser.post(link(asked)), browser.post(link(asked) + "code/")):
        assert answer.status_code == 410
        assert "This invitation is closed" in answer.text
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    desk.post(url("invitation_revoke", group.slug, asked.pk))
    assert browser.post(link(asked)).status_code == 410
    assert not GroupRole.objects.filter(user=amina).exists()
    assert client_of(None).post(link(asked) + "code/").status_code == 410


def test_damaged_links_open_nothing(client, asked):
    swapped = actions.invite(asked.group, email="b@example.org", role=Role.DEPUTY, by=asked.invited_by).token
    Invitation.objects.filter(email="b@example.org").update(email="c@example.org")
    for token in (asked.token[:-1] + "A", asked.token[::-1], "x", "x" * 500, swapped):
        assert client.get(url("invitation", token)).status_code == 404


@pytest.mark.parametrize("lost", ["ended", "inactive"])
def test_invitation_dies_with_the_right_of_who_sent_it(client_of, group, coordinator, asked, amina, lost):
    holder(group, Role.COORDINATOR)
    if lost == "ended":
        actions.end_role(coordinator.group_roles.get(), by="test")
    else:
        coordinator.is_active = False
        coordinator.save()
    answer = client_of(amina).post(link(asked))
    assert (answer.status_code, "does not run this group any more" in answer.text) == (422, True)
    assert not GroupRole.objects.filter(user=amina).exists()


@pytest.mark.parametrize(("status", "verb"), [("active", "close_group"), ("forming", "decline_enquiry")])
def test_group_that_has_ended_takes_nobody(group, amina, coordinator, superuser, status, verb):
    """And asks nobody again."""
    LocalGroup.objects.filter(pk=group.pk).update(status=status)
    asked = actions.invite(group, email=ASKED, role=Role.COORDINATOR, by=coordinator)
    getattr(actions, verb)(group, by=superuser, reason="It has ended")
    with pytest.raises(ValidationError) as error:
        actions.accept_invitation(asked, by=amina)
    assert error.value.code == "closed"
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=5))
    mind_invitations()
    assert not Email.objects.filter(kind="groups/invitation_waits").exists()


# --- the clock, and what is kept ------------------------------------------------------------------


def test_clock_reminds_once_and_forgets_after_a_month(asked, django_capture_on_commit_callbacks):
    mind_invitations()
    assert Email.objects.filter(kind="groups/invitation_waits").count() == 0
    Invitation.objects.update(sent_at=timezone.now() - timedelta(days=5))
    for _ in range(2):
        mind_invitations()
    assert Email.objects.filter(kind="groups/invitation_waits", to=ASKED).count() == 1
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=31))
    forget_old_letters()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "kept_by", ["", "few days", "open invitation", "sign-in", "mailbox", "role", "supporter", "staff", "another way"]
)
def test_clock_forgets_accounts_that_nobody_ever_used(group, coordinator, asked, kept_by):
    user = make.UserFactory(email=ASKED) if kept_by == "another way" else actions.open_account(asked)
    month_ago = timezone.now() - timedelta(days=31)
    if kept_by != "few days":
        User.objects.update(date_joined=month_ago)
    if kept_by != "open invitation":
        Invitation.objects.update(expires_at=timezone.now())
    if kept_by == "mailbox":
        EmailAddress.objects.update(verified=True)
    if kept_by == "role":
        make.GroupRoleFactory(group=group, user=user, ended_on=timezone.localdate())
    more = {
        "sign-in": {"last_login": month_ago},
        "supporter": {"supporter": make.SupporterFactory()},
        "staff": {"is_staff": True},
    }
    User.objects.filter(pk=user.pk).update(**more.get(kept_by, {"name": ""}))
    for _ in range(2):
        forget_old_letters()
    assert User.objects.filter(pk=user.pk).exists() is bool(kept_by)
    assert User.objects.filter(pk=coordinator.pk).exists()
    assert Entry.objects.filter(verb="groups.forget_account").count() == (not kept_by)


def test_accepting_forgets_the_address(asked, amina):
    actions.accept_invitation(asked, by=amina)
    asked.refresh_from_db()
    assert (asked.email, asked.accepted_by) == ("", amina)


def test_what_is_held_tells_of_invitations_and_erasure_forgets_them(asked, coordinator):
    person = make.SupporterFactory(email=ASKED)
    assert held_about(person)["Invitations to help to run a group"][0]["Role"] == "Helper"
    erase_supporter(person, by=coordinator)
    assert not Invitation.objects.exists()
