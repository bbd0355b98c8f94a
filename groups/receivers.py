from django.dispatch import receiver

from groups import actions
from sanctuary.people.signals import supporter_erased


@receiver(supporter_erased)
def forget_memberships(supporter, **kwargs):
    actions.leave_all_groups(supporter)
