from django.dispatch import receiver

from campaigns import actions
from campaigns.actions import reminding
from groups.signals import booking_cancelled, booking_confirmed, timeline_asked
from sanctuary.people.signals import held_asked, merge_undone, supporter_erased, supporters_merged, ties_asked
from sanctuary.post.signals import copy_returned


@receiver(supporter_erased)
def forget_supporter(supporter, addresses=(), **kwargs):
    actions.forget_supporter(supporter, addresses)
    actions.forget_who_came(supporter, addresses)
    actions.forget_replies_of(supporter)
    actions.forget_returned_of(supporter)
    actions.forget_partner_yeses(supporter)


@receiver(supporter_erased)
def forget_letters(supporter, addresses=(), **kwargs):
    reminding.forget_letters_of(supporter, addresses)


@receiver(held_asked)
def letters_held(supporter, **kwargs):
    return reminding.letters_held(supporter)


@receiver(held_asked)
def held_about(supporter, **kwargs):
    told = actions.partners_told_about(supporter)
    return actions.held_about(supporter) | actions.returned_about(supporter) | actions.replies_about(supporter) | told


@receiver(copy_returned)
def take_return(sender, signal, **told):
    actions.take_return(**told)


@receiver(supporters_merged)
def move_acts(kept, gone, **kwargs):
    return {"campaigns": actions.move_acts(kept, gone)}


@receiver(supporters_merged)
def move_partner_yeses(kept, gone, **kwargs):
    return {"partners": actions.move_partner_yeses(kept, gone)}


@receiver(merge_undone)
def move_partner_yeses_back(kept, gone, moved, **kwargs):
    actions.move_partner_yeses_back(kept, gone, moved.get("partners", []))


@receiver(merge_undone)
def move_acts_back(kept, gone, moved, **kwargs):
    actions.move_acts_back(kept, gone, moved["campaigns"])


@receiver(ties_asked)
def has_acted(supporter, **kwargs):
    return actions.has_acted(supporter)


@receiver(booking_confirmed)
def count_booking(booking, **kwargs):
    actions.count_booking(booking)


@receiver(booking_cancelled)
def uncount_booking(booking, **kwargs):
    actions.uncount_booking(booking)


@receiver(timeline_asked)
def acts_and_emails(supporter, group, most, **kwargs):
    return actions.acts_of(supporter, most) + actions.emails_of(supporter, group.controller_id, most)
