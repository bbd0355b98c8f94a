from django.dispatch import receiver

from sanctuary.people.signals import letter_wanted, supporter_erased
from sanctuary.post import actions


@receiver(letter_wanted)
def queue_letter(template, to, context, always=False, **kwargs):
    send = actions.queue if always else actions.queue_sparingly
    send(template, to=to, context=context)


@receiver(supporter_erased)
def forget_letters(addresses, **kwargs):
    for address in addresses:
        actions.forget_address(address)
