from django.dispatch import receiver

from campaigns import actions
from sanctuary.people.signals import held_asked, supporter_erased


@receiver(supporter_erased)
def forget_supporter(supporter, **kwargs):
    actions.forget_supporter(supporter)


@receiver(held_asked)
def held_about(supporter, **kwargs):
    return actions.held_about(supporter)
