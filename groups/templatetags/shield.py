"""Says to those who run a group that the national shield is up over it."""

from django import template

register = template.Library()


@register.inclusion_tag("groups/panels/shield.html")
def shield_banner(group):
    return {"is_up": group.is_shielded}
