"""Forgetting pledges: never confirmed, of people who are erased, or in one group."""

from django.db import transaction
from django.utils import timezone

from groups.models import LocalGroup
from pledges.actions.pledging import DETAILS
from pledges.models import Endorsement, Pledge
from sanctuary.people.models import Supporter


def forget_unconfirmed() -> int:
    """What was never confirmed in 14 days was never ours to keep. Returns how many pledges and endorsements went."""
    now = timezone.now()
    _, gone = Pledge.objects.overdue(now).delete()
    _, too = Endorsement.objects.overdue(now).delete()
    return gone.get("pledges.Pledge", 0) + too.get("pledges.Endorsement", 0)


@transaction.atomic
def forget_pledges(supporter: Supporter, addresses: set[str]) -> None:
    """The person is being erased: their pledges end, and drafts from their mailboxes go."""
    Pledge.objects.unconfirmed().filter(email__in=(addresses | {supporter.email}) - {""}).delete()
    now = timezone.now()
    mine = Pledge.objects.filter(supporter=supporter)
    mine.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
    mine.update(is_listed=False, organisation_type="", **dict.fromkeys(DETAILS, ""))


def forget_in_group(supporter: Supporter, group: LocalGroup) -> int:
    """The group knows nothing of their pledge any more. It still counts, as one without a group."""
    return Pledge.objects.filter(supporter=supporter, group=group).update(group=None, greeted_at=None, greeted_by=None)


@transaction.atomic
def forget_endorsements(supporter: Supporter, addresses: set[str]) -> None:
    """The person is being erased: their endorsement ends, and drafts from their mailboxes go."""
    Endorsement.objects.unconfirmed().filter(email__in=(addresses | {supporter.email}) - {""}).delete()
    mine = Endorsement.objects.filter(supporter=supporter)
    mine.filter(withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
    mine.update(shown="", organisation_type="", **dict.fromkeys(DETAILS, ""))
