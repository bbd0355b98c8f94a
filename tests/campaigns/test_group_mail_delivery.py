"""A group's email for real: a worker of its own, the real broker, a real SMTP conversation. The sink is the truth."""

import re
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from campaigns import actions
from campaigns.models import Mailing
from sanctuary.people import actions as people
from sanctuary.people.models import CurrentPermission, Permission, Suppression
from sanctuary.post.sink.lint import lint
from tests import factories
from tests.worker import environment_for, is_done, ring, wait_for, worker

pytestmark = pytest.mark.django_db(transaction=True)

NEWS, ACTIVITIES = Permission.Purpose.NEWS, Permission.Purpose.ACTIVITIES


def member(group, name, *, of=None, purpose=NEWS, **fields):
    """A member of the group who said yes to this purpose of it, or `of` somebody else."""
    person = factories.SupporterFactory(name=f"{name.title()} Person", email=f"{name}@example.org", **fields)
    factories.MembershipFactory(group=group, supporter=person)
    factories.permit(person, (of or group).controller, purpose)
    return person


@pytest.fixture
def permitted(group, other_group):
    """Those who must get it: also one who left the other group's list alone."""
    both = member(group, "both")
    factories.MembershipFactory(group=other_group, supporter=both)
    factories.permit(both, other_group.controller, NEWS)
    people.stop_sender(both, other_group.controller, source="test")
    hushed_elsewhere = member(group, "elsewhere")
    people.suppress(hushed_elsewhere.email, reason=Suppression.Reason.UNSUBSCRIBED, controller=other_group.controller)
    return [member(group, "ada"), both, hushed_elsewhere]


@pytest.fixture
def canaries(group, other_group):
    """Those who must not, each with one thing missing."""
    stopped = member(group, "canary-stopped")
    people.stop_all_emails(stopped, source="test")
    people.suppress(member(group, "canary-dead").email, reason=Suppression.Reason.HARD_BOUNCED)
    member(group, "canary-no-permission", of=other_group)
    member(group, "canary-other-purpose", purpose=ACTIVITIES)
    member(other_group, "canary-foreign")
    factories.permit(member(other_group, "canary-foreign-permitted"), group.controller, NEWS)
    factories.permit(factories.SupporterFactory(email="canary-national@example.org"))
    people.stop_sender(member(group, "canary-left"), group.controller, source="test")


def test_group_mailing_reaches_its_permitted_members_and_nobody_else(
    group, other_group, coordinator, permitted, canaries, sink, tmp_path, client
):
    group.mailbox = "office@amberford.example.org"
    group.save()
    mailing = Mailing(
        group=group, purpose=NEWS, subject="News of ((group))", body="Dear ((first_name|friend)),\n\nsee you."
    )
    mailing = actions.write_group_mailing(mailing, group=group, by=coordinator)
    actions.send_test(mailing, by=coordinator)
    mailing = Mailing.objects.get(pk=mailing.pk)
    mailing = actions.schedule_mailing(mailing, by=coordinator, seen=mailing.content_hash)
    Mailing.objects.filter(pk=mailing.pk).update(starts_at=timezone.now())
    mailing = actions.freeze_and_start(mailing)
    with worker(environment_for(sink.port, tmp_path)):
        ring(mailing)
        wait_for(lambda: is_done(mailing))

    assert sorted(message.recipients for message in sink.accepted) == sorted((each.email,) for each in permitted)
    for message in sink.accepted:
        check_letter(message, group, mailing)
        assert not re.search(rb"canary|Brackenmouth", message.data)
    stop_by_one_click(client, sink, permitted[1], group)


def check_letter(message, group, mailing):
    read = message_from_bytes(message.data, policy=policy.default)
    (sender,) = read["From"].addresses
    assert sender.display_name == group.name
    assert read["Reply-To"] == group.mailbox
    assert read["Subject"] == f"News of {group.name}"
    assert f"group-{group.controller_id}." in read["List-Id"]
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    says = [group.controller.name, group.controller.postal_address]
    given = {"recipients": message.recipients, "mail_from": message.sender, "says": says, "hosts": [], "local": True}
    assert lint(message.wire, **given) == []


def stop_by_one_click(client, sink, person, group):
    """Through the header of the very message that they got."""
    factories.permit(person)
    mine = next(message for message in sink.accepted if message.recipients == (person.email,))
    url = message_from_bytes(mine.data, policy=policy.default)["List-Unsubscribe"].strip("<>")
    path = "/" + url.split("/", 3)[3]
    assert client.get(path).status_code == 302
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    live = CurrentPermission.objects.live().filter(supporter=person).values_list("controller__kind", flat=True)
    assert set(live) == {"national"}
