from django.dispatch import receiver

from campaigns import actions
from sanctuary.people.signals import supporter_erased


@receiver(supporter_erased)
def forget_supporter(supporter, **_):
    actions.forget_supporter(supporter)
