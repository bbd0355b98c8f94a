"""What every page and letter may say about who we are."""

from django import template

from sanctuary.people.models import Controller

register = template.Library()


@register.simple_tag
def charity() -> Controller | None:
    """The national controller: its name, number and postal address stand under every email. None before the set-up."""
    return Controller.objects.filter(kind=Controller.Kind.NATIONAL).first()
