"""What the server draws of a group: its poster, and the picture beside its links."""

from django import template

from groups.models import LocalGroup
from sanctuary.people import links
from sanctuary.printing import Drawing, picture, poster

register = template.Library()

WELCOME = "Everybody who wants to make this a place of welcome can take part."


def poster_of(group: LocalGroup) -> Drawing:
    """No person and no venue. Under the national shield it does not even ask for one to be written by hand."""
    return poster(
        title="Come and meet your neighbours",
        over=group.name,
        lead=f"{lead(group)} {WELCOME}",
        sort="Join us",
        address=links.absolute("groups:detail", group.slug),
        hand="" if group.is_shielded else "Where and when to meet us",
        foot="City of Sanctuary UK: a welcome in every town",
    )


def picture_of(group: LocalGroup) -> Drawing:
    return picture(title=group.name, over="A welcome in every town", foot=lead(group))


def lead(group: LocalGroup) -> str:
    return f"We welcome people seeking sanctuary in {group.area}."


@register.inclusion_tag("components/social.html")
def group_social(group):
    """What other sites show beside a link to this group; of one that rests, no picture."""
    about = {"title": group.name, "url": links.absolute("groups:detail", group.slug)}
    if not group.is_live:
        return about | {"description": f"City of Sanctuary in {group.area}."}
    drawn = links.absolute("groups:picture", group.slug)
    return about | {
        "description": lead(group),
        "picture": f"{drawn}?v={picture_of(group).key}",
        "picture_words": group.name,
    }
