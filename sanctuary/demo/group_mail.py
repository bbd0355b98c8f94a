"""Emails of the demonstration coordinator's group: one that leaves by itself, one that is being written."""

from django.utils import timezone

from campaigns import actions
from campaigns.models import Mailing
from groups.models import LocalGroup
from sanctuary.demo.words import COORDINATED
from sanctuary.people.models import User

THANKS = """Dear ((first_name|friend)),

thank you for coming to our spring supper. **Sixty of us** shared a table, and eleven had never met before.

We will do it again. Bring a friend.
"""


def fill(coordinator: User) -> None:
    group = LocalGroup.objects.get(slug=COORDINATED)
    begin = actions.next_activities(group)
    _write(group, coordinator, subject=begin.subject, body=begin.body, purpose=Mailing.Purpose.ACTIVITIES)
    thanks = _write(group, coordinator, subject="Thank you for a warm evening", body=THANKS)
    Mailing.objects.filter(pk=thanks.pk).update(
        state=Mailing.State.SCHEDULED, starts_at=timezone.now(), tested_hash=thanks.content_hash
    )


def _write(group: LocalGroup, by: User, **words) -> Mailing:
    mailing = Mailing(**{"group": group, "purpose": Mailing.Purpose.NEWS} | words)
    return actions.write_group_mailing(mailing, group=group, by=by)
