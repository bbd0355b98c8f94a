from django.dispatch import receiver

from sanctuary.people.signals import supporter_erased
from streams import actions


@receiver(supporter_erased)
def forget_places(supporter, **kwargs):
    actions.leave_streams(supporter, by=supporter)
