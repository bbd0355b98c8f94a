"""What nobody needs any more of campaigns that are over, of letters that were sent, and of people who left."""

from django.db.models import Q
from django.utils import timezone

from campaigns.actions.writing import MOST_COMPARED
from campaigns.models import Action, ActionTaken, Campaign, LetterPrint, PartnerYes

AT_A_TIME = 1000


def forget_what_is_over() -> None:
    """Harmless to repeat; no number changes."""
    forget_threads()
    forget_prints()
    PartnerYes.objects.outlived(timezone.now()).delete()


def forget_threads() -> int:
    """A campaign that is closed stays so: nobody comes through people's own links, and nobody is counted once more.

    Returns how many acts lost what led to their people.
    """
    over = ActionTaken.objects.filter(action__campaign__state=Campaign.State.CLOSED)
    tied, count = over.filter(~Q(person_mac=b"") | Q(share_code__isnull=False)), 0
    # A few at a time: nobody who looks at their own act waits for all.
    while some := list(tied.values_list("pk", flat=True)[:AT_A_TIME]):
        count += ActionTaken.objects.filter(pk__in=some).update(person_mac=b"", share_code=None)
    return count


def forget_prints() -> None:
    """Hashes of letters that no letter will be compared with."""
    LetterPrint.objects.filter(action__campaign__state=Campaign.State.CLOSED).delete()
    for action in Action.objects.filter(kind=Action.Kind.WRITE):
        newest = LetterPrint.objects.filter(action=action).order_by("-pk").values_list("pk", flat=True)
        too_old = newest[MOST_COMPARED : MOST_COMPARED + 1].first()
        if too_old is not None:
            LetterPrint.objects.filter(action=action, pk__lte=too_old).delete()
