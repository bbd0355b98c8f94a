"""A picture for a story: read in a small way, drawn anew from its pixels, and nothing else kept."""

import hashlib
import io
import warnings

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageOps

from groups.models import Story, StoryPicture
from groups.models.story import LARGEST_PICTURE, MOST_PIXELS
from sanctuary.audit.actions import record

LARGEST_UPLOAD = 10_000_000
LONGEST_SIDE = 1200
FORMATS = ["JPEG", "PNG", "WEBP"]
# From the best that fits into the page's weight down to what still looks like something.
ATTEMPTS = [(LONGEST_SIDE, 80), (LONGEST_SIDE, 65), (900, 70), (900, 50), (640, 60), (480, 50), (320, 40)]


@transaction.atomic
def set_picture(story: Story, upload, *, words: str, shows_face: bool, by) -> StoryPicture:
    """Put a picture to a story; it voids approval and checks, like any other change.

    `upload` is an open file. Raises ValidationError: "withdrawn", "too_big", "no_picture" or "too_many_pixels".
    """
    data, (width, height) = redraw(upload)
    story = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
    if story.is_withdrawn:
        raise ValidationError("This story was taken back.", code="withdrawn")
    picture, _ = StoryPicture.objects.update_or_create(
        story=story,
        defaults={
            "data": data,
            "digest": hashlib.sha256(data).hexdigest(),
            "width": width,
            "height": height,
            "words": words,
            "shows_face": shows_face,
        },
    )
    _restamp(story)
    record("groups.set_story_picture", story, by=by)
    return picture


@transaction.atomic
def remove_picture(story: Story, *, by) -> None:
    """Harmless to repeat."""
    story = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
    if StoryPicture.objects.filter(story=story).delete()[0]:
        _restamp(story)
        record("groups.remove_story_picture", story, by=by)


def _restamp(story: Story) -> None:
    story.content_hash, story.changed_at = story.fingerprint(), timezone.now()
    story.save(update_fields=["content_hash", "changed_at"])


def redraw(upload) -> tuple[bytes, tuple[int, int]]:
    """The pixels of an upload as a new JPEG within the page's weight, and its size. All else is left behind."""
    raw = upload.read(LARGEST_UPLOAD + 1)
    if len(raw) > LARGEST_UPLOAD:
        raise ValidationError("This file is larger than 10 MB. Choose a smaller picture.", code="too_big")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            pixels = _pixels(raw)
    except ValidationError:
        raise
    # A broken file can fail in any part of a decoder, and each has its own kind of error.
    except Exception as error:
        raise ValidationError(
            "We cannot read this as a picture. Use a JPEG, PNG or WebP file.", code="no_picture"
        ) from error
    return _small_enough(pixels)


def _pixels(raw: bytes) -> Image.Image:
    with Image.open(io.BytesIO(raw), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValidationError(
                "This picture is larger than 24 megapixels. Make it smaller first.", code="too_many_pixels"
            )
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        flat = upright.convert("RGBA") if upright.mode in ("RGBA", "LA", "P", "PA") else upright.convert("RGB")
        flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    page = Image.new("RGB", flat.size, "white")
    page.paste(flat, mask=flat.getchannel("A") if flat.mode == "RGBA" else None)
    return page


def _small_enough(pixels: Image.Image) -> tuple[bytes, tuple[int, int]]:
    for side, quality in ATTEMPTS:
        smaller = pixels.copy()
        smaller.thumbnail((side, side))
        written = io.BytesIO()
        smaller.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
        if written.tell() <= LARGEST_PICTURE:
            break
    return written.getvalue(), smaller.size
