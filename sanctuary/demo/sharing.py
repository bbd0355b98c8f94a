"""Friends who came through a link of their own, and the made-up people whose link it was."""

from campaigns.actions.sharing import credit_sharer, new_share_code
from campaigns.models import Action, ActionTaken, Campaign

SHARERS, FRIENDS_OF_EACH = 30, 3


def fill(campaign: Campaign) -> None:
    """The first who signed have passed it on; some of those who came later came through them."""
    names = ActionTaken.objects.confirmed().filter(action__campaign=campaign, action__kind=Action.Kind.SIGN)
    names = list(names.select_related("action", "supporter").order_by("confirmed_at", "pk"))
    sharers, others = names[:SHARERS], names[SHARERS:]
    for sharer in sharers:
        sharer.share_code = new_share_code()
    ActionTaken.objects.bulk_update(sharers, ["share_code"])
    friends = others[: len(sharers) * FRIENDS_OF_EACH]
    for number, friend in enumerate(friends):
        friend.via = sharers[number % len(sharers)]
    ActionTaken.objects.bulk_update(friends, ["via"])
    for friend in friends[: len(sharers)]:
        credit_sharer(friend)
