"""A person's own link: who came through it, and that they passed the call on."""

from django.utils import timezone
from django.utils.crypto import get_random_string

from campaigns.models import Action, ActionTaken
from sanctuary.audit.actions import record
from sanctuary.people.address import mac

# No letter that could be taken for a number when it is read aloud.
LETTERS, LENGTH = "abcdefghjkmnpqrstuvwxyz23456789", 12


def new_share_code() -> str:
    """The end of a link: drawn by chance, so that nothing can be read out of it and nobody can guess another's."""
    return get_random_string(LENGTH, LETTERS)


def give_share_code(taken: ActionTaken) -> ActionTaken:
    """For an act from before there were such links. Harmless to repeat: a link once given stays."""
    if not taken.share_code:
        taken.share_code = new_share_code()
        taken.save(update_fields=["share_code"])
    return taken


def sharer_of(action: Action, with_code: str, *, address: str) -> ActionTaken | None:
    """Whose link it was: for this campaign, and not one's own. An odd code is nobody's."""
    if not with_code:
        return None
    theirs = ActionTaken.objects.confirmed().for_campaign(action.campaign_id).filter(share_code=with_code)
    found = theirs.exclude(supporter=None).select_related("supporter").first()
    return None if found is None or _is_own(found, address) else found


def credit_sharer(taken: ActionTaken) -> ActionTaken | None:
    """Somebody came through another's link and it counts: so the other has passed the call on. Counts once for each.

    Returns the sharer's act; None where nobody shared, or the campaign does not ask it.
    """
    via = taken.via
    if via is None or not via.share_code or via.supporter_id in {None, taken.supporter_id}:
        return None
    if taken.supporter and _is_own(via, taken.supporter.email):
        return None
    asked = Action.objects.filter(campaign=taken.action.campaign_id, kind=Action.Kind.SHARE).first()
    if asked is None:
        return None
    now = timezone.now()
    share = ActionTaken(
        action=asked,
        supporter=via.supporter,
        kind=via.kind,
        constituency_code=via.constituency_code,
        created_at=now,
        confirmed_at=now,
    )
    # Two friends may act at the same moment: the constraint lets one of the two through, and the other waits for it.
    ActionTaken.objects.bulk_create([share], ignore_conflicts=True)
    first = ActionTaken.objects.confirmed().get(action=asked, supporter=via.supporter)
    if first.confirmed_at == now:
        record("campaigns.act", first, by=via.supporter, mailing=None)
    return first


def _is_own(sharer: ActionTaken, address: str) -> bool:
    """Of oneself, or of somebody who reads the same mailbox."""
    return bool(address) and bytes(sharer.supporter.email_mac) == mac(address)
