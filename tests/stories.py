"""For the world of the checks over all pages: a story nobody has agreed to yet, and one that everybody may read."""

import io

from PIL import Image

from groups import actions
from groups.actions.storytelling import mine_url
from groups.models import Story
from tests import factories as make


def furnish_stories(group, coordinator, mark: str) -> list[str]:
    """Returns the canaries: what only the people of this group may read."""
    teller = {"name": f"Teller{mark} Canary", "email": f"teller{mark}@example.org", "by": coordinator}
    words = {"title": f"Draftstory{mark}", "shown_as": "Rosa", "text": "I walked.", "content_note": ""}
    draft = actions.begin_story(group, **teller, **words)
    open_one = actions.begin_story(group, **teller, **words | {"title": f"Open story of {group.name}"})
    for story, shown in ((draft, f"Picture{mark}"), (open_one, "A door")):
        actions.set_picture(story, _door(), words=shown, shows_face=False, by=coordinator)
    open_one.refresh_from_db()
    _publish(open_one)
    return [f"{kind}{mark}" for kind in ("Teller", "teller", "Draftstory", "Picture")]


def _door() -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(written, "PNG")
    written.seek(0)
    return written


def _publish(story: Story) -> None:
    seen = story.content_hash
    actions.approve_story(story, seen=seen, uses=["web"], years=1)
    actions.check_story(story, by=make.UserFactory(), seen=seen)
    actions.publish_story(story, by=make.UserFactory(), seen=seen)


def draft_of(tenant) -> int:
    return tenant.group.stories.get(published_at__isnull=True).pk


def open_story_of(tenant) -> Story:
    return tenant.group.stories.get(published_at__isnull=False)


def story_token(group) -> str:
    """The teller's link to the draft."""
    return mine_url(group.stories.get(published_at__isnull=True)).rstrip("/").rpartition("/")[2]
