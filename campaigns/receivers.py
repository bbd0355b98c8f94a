from django.dispatch import receiver

from campaigns import actions
from sanctuary.people.signals import held_asked, supporter_erased
from sanctuary.post.signals import copy_returned


@receiver(supporter_erased)
def forget_supporter(supporter, **kwargs):
    actions.forget_supporter(supporter)
    actions.forget_returned_of(supporter)


@receiver(held_asked)
def held_about(supporter, **kwargs):
    return actions.held_about(supporter) | actions.returned_about(supporter)


@receiver(copy_returned)
def take_return(sender, signal, **told):
    actions.take_return(**told)
