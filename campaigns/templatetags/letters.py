"""The first step of a letter, wherever a campaign is shown."""

from django import template

from campaigns.actions.posting import role_of
from campaigns.forms.writing import LetterStartForm
from campaigns.models import Action, LetterAsk

register = template.Library()


@register.simple_tag(takes_context=True)
def letter_start(context, action, mail=""):
    """The form that asks for the postcode, and what the letter asks. None while nobody has written the question."""
    ask = LetterAsk.objects.filter(action=action).first()
    if ask is None:
        return None
    codes = LetterStartForm.codes_in(context["request"].GET)
    return {"form": LetterStartForm(initial=codes | {"mail": mail}), "ask": ask, "role": role_of(ask.house)}


@register.simple_tag
def letter_action(campaign):
    """What the campaign asks people to write, with its question if there is one. None if it asks for no letter."""
    return campaign.actions.filter(kind=Action.Kind.WRITE).select_related("letter_ask").first()
