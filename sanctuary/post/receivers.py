from django.dispatch import receiver
from django.utils import timezone

from sanctuary.people.signals import held_asked, letter_wanted, supporter_erased
from sanctuary.post import actions
from sanctuary.post.models import Email


@receiver(letter_wanted)
def queue_letter(template, to, context, always=False, asks=False, **kwargs):
    send = actions.queue if always else actions.queue_sparingly
    send(template, to=to, context=context, asks=asks)


@receiver(supporter_erased)
def forget_letters(addresses, **kwargs):
    for address in addresses:
        actions.forget_address(address)


@receiver(held_asked)
def letters_held(supporter, **kwargs):
    """Their subjects only: whoever shares the mailbox may have had the letter, but its words may hold a live link."""
    letters = Email.objects.filter(to=supporter.email).order_by("created_at") if supporter.email else []
    rows = [{f"{timezone.localtime(letter.created_at):%-d %B %Y, %H:%M}": letter.subject} for letter in letters]
    return {"Letters to your address": rows}
