"""A group's form on its own website, for the checks over all pages."""

from campaigns.models import Embed
from sanctuary.people import tokens
from tests import factories as make


def furnish_embeds(group, mark: str) -> list[str]:
    """The group shows its pledge on a website. Returns what only its own people may read."""
    make.EmbedFactory(group=group, label=f"Frame{mark} Canary", allowed_hosts=[f"frame{mark}.example.org"])
    return [f"Frame{mark}", f"frame{mark}"]


def frame_of(tenant) -> Embed:
    return Embed.objects.get(group=tenant.group)


def frame_token(tenant) -> str:
    return frame_of(tenant).token


def frame_sent(world) -> tuple[str, str]:
    """What somebody sees who pledged in the frame and has not answered the email."""
    embed = frame_of(world.ours)
    return embed.token, tokens.make("embed-sent", embed.pk, world.unconfirmed.pk)
