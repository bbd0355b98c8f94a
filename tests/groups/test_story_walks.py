"""Stories on long random walks: whatever happens in whatever order, the public reads only what was agreed to."""

import contextlib
import io
import random
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from groups import actions
from groups.models import Shield, Story, StoryConsent
from tests import factories as make

pytestmark = pytest.mark.django_db

WALKS, STEPS = 6, 40


class Model:
    """What must be true, kept apart from the code that makes it so."""

    def __init__(self):
        self.content, self.approved, self.checked, self.published = 0, None, None, None
        self.web, self.withdrawn, self.shield = False, False, False

    @property
    def is_public(self):
        same = self.content == self.approved == self.checked == self.published
        return same and self.web and not self.withdrawn and not self.shield


class Walk:
    def __init__(self, dice, group, people):
        self.dice, self.group, self.model = dice, group, Model()
        self.author, self.checker, self.staff = people
        words = {"title": "A", "shown_as": "Rosa", "text": "First words", "content_note": ""}
        self.story = actions.begin_story(group, name="Amaranta", email="a1@example.org", by=self.author, **words)

    @property
    def seen(self):
        return Story.objects.get(pk=self.story.pk).content_hash

    def edit(self):
        words = f"Words {self.model.content + 1}"
        actions.edit_story(self.story, by=self.author, seen=self.seen, text=words)
        self.model.content += 1

    def repicture(self):
        door = io.BytesIO()
        Image.new("RGB", (9, 9), (self.model.content % 255, 9, 9)).save(door, "PNG")
        door.seek(0)
        words = f"Door {self.model.content}"
        actions.set_picture(self.story, door, words=words, shows_face=False, by=self.author)
        self.model.content += 1

    def approve(self):
        uses = self.dice.sample(["web", "email", "talk"], self.dice.randint(1, 3))
        actions.approve_story(self.story, seen=self.seen, uses=uses, years=self.dice.choice([1, 2]))
        self.model.approved, self.model.web = self.model.content, "web" in uses

    def check(self):
        actions.check_story(self.story, by=self.checker, seen=self.seen)
        self.model.checked = self.model.content

    def publish(self):
        actions.publish_story(self.story, by=self.staff, seen=self.seen)
        self.model.published = self.model.content

    def unpublish(self):
        actions.unpublish_story(self.story, by=self.staff)
        self.model.published = None

    def end_web(self):
        actions.withdraw_use(self.story, "web", by=self.story)
        self.model.web = False

    def expire(self):
        yesterday = timezone.localdate() - timedelta(days=1)
        StoryConsent.objects.filter(story=self.story).update(granted_on="2020-01-01", expires_on=yesterday)
        self.model.web = False

    def shield(self):
        if self.model.shield:
            actions.lower_shield(Shield.objects.up().get(), by=self.staff)
        else:
            actions.raise_shield(region="", group=self.group, reason="Threats", by=self.staff)
        self.model.shield = not self.model.shield

    def withdraw(self):
        actions.withdraw_story(self.story, by=self.story)
        self.model.withdrawn = True

    def onwards(self):
        """The step that is missing on the way to the public."""
        if self.model.approved != self.model.content or not self.model.web:
            return self.approve
        return self.publish if self.model.checked == self.model.content else self.check

    def step(self):
        others = [self.edit, self.repicture, self.unpublish, self.end_web, self.expire, self.shield]
        others += [self.check, self.publish]
        act = self.onwards() if self.dice.random() < 0.7 else self.dice.choice(others)
        act = self.withdraw if self.dice.random() < 0.02 else act
        # What is refused leaves the model as it was, and so must it leave the story.
        with contextlib.suppress(ValidationError):
            act()
        return act.__name__


def test_public_is_exactly_what_was_agreed_to_and_checked(client, group, coordinator, staff):
    seen, checker = [], make.UserFactory()
    for seed in range(WALKS):
        walk, way = Walk(random.Random(seed), group, (coordinator, checker, staff)), []
        for _ in range(STEPS):
            way.append(walk.step())
            shown = client.get(walk.story.get_absolute_url()).status_code == 200
            listed = walk.story.get_absolute_url() in client.get(reverse("groups:stories")).text
            assert (shown, listed) == (walk.model.is_public, walk.model.is_public), (seed, way)
            seen.append(shown)
        Shield.objects.up().delete()
    assert seen.count(True) > WALKS * 3, "walks that hardly ever reach the public prove nothing"
