"""The pieces of a page that need a little Python: wrappers, pictures of numbers and the way we write dates.

Every piece is listed with its arguments in `templates/styleguide.html`.
"""

import math
from datetime import date, datetime

from django import template
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import dateformat, timezone
from django.utils.safestring import SafeString

register = template.Library()

NATIONAL_COUNT_SHOWN_FROM = 500
LOCAL_COUNT_SHOWN_FROM = 10
GOALS = (100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 50_000, 100_000)

# Map units per degree of latitude, fitted to the outline; longitude shrinks by the cosine of 55° N.
MAP_SCALE = 49.4
MAP_LONGITUDE_SHRINK = math.cos(math.radians(55))
MAP_BOX = (-54.0, 0.0, 354.0, 552.0)
MAP_NEAR_SPAN = 36.0
MAP_NEAR_HEIGHT = 1.2
# Marks keep their size on the page however far the map zooms: fractions of the map's width.
MAP_SIZES = {"dot": 0.0095, "you": 0.062, "pin": 0.036, "line": 0.006, "text": 0.046, "drop": 0.016}


# --- the way we write things ------------------------------------------------------------------------


@register.filter
def masked_email(address: str) -> str:
    """`amira@example.org` → `a***@example.org`: enough for the owner to know it, too little for others."""
    name, at, domain = str(address).rpartition("@")
    return f"{name[:1]}***@{domain}" if at else "***"


def _local(moment: date | datetime) -> date | datetime:
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment


@register.filter
def uk_date(day: date | datetime | None) -> str:
    """Thursday 4 June 2026."""
    return dateformat.format(_local(day), "l j F Y") if day else ""


@register.filter
def short_date(day: date | datetime | None) -> str:
    """4 June 2026."""
    return dateformat.format(_local(day), "j F Y") if day else ""


@register.filter
def uk_time(moment: datetime | None) -> str:
    """6pm, 6.30pm, midday, midnight."""
    if not moment:
        return ""
    moment = _local(moment)
    if (moment.hour, moment.minute) in ((0, 0), (12, 0)):
        return "midday" if moment.hour else "midnight"
    minutes = f".{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'pm' if moment.hour >= 12 else 'am'}"


@register.filter
def number(value) -> str:
    """14208 → 14,208; what is no number stays as it is."""
    try:
        return f"{value:,}"
    except (TypeError, ValueError):
        return str(value)


@register.filter
def plain_form(form):
    """A library's form in our manner: "New password", no `required`, no placeholder for a label, no link in a hint."""
    form.use_required_attribute = False
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        shown = form[name]
        shown.label = str(shown.label).capitalize()
        if "<a" in str(shown.help_text):
            shown.help_text = ""
    return form


# --- wrappers ---------------------------------------------------------------------------------------


@register.simple_block_tag
def card(content: SafeString, title="", href="", level=3, door="", kind="", foot="") -> SafeString:
    """A box that may be one link: the title's link covers the whole card. `door` is teal, sun, plum or clay."""
    parts = {"content": content, "title": title, "href": href, "level": level, "door": door, "kind": kind, "foot": foot}
    return render_to_string("components/card.html", parts)


@register.simple_block_tag
def note(content: SafeString) -> SafeString:
    """Something worth knowing, beside the main line of the page."""
    return render_to_string("components/note.html", {"content": content})


@register.simple_block_tag
def warning(content: SafeString, word="Important") -> SafeString:
    """Something that would hurt if missed; the word comes first, colour never stands alone."""
    return render_to_string("components/warning.html", {"content": content, "word": word})


@register.simple_block_tag
def data_card(content: SafeString, title="Who sees this, and what we do with it") -> SafeString:
    """A closed box under every public form that says what happens to the answers."""
    return render_to_string("components/data_card.html", {"content": content, "title": title})


@register.simple_block_tag
def confirmation_panel(content: SafeString, title="") -> SafeString:
    """The big yes after something was done: the page's `<h1>`, then words without links."""
    return render_to_string("components/confirmation_panel.html", {"content": content, "title": title})


@register.simple_block_tag
def empty(content: SafeString, title="", level=2) -> SafeString:
    """A list with nothing in it yet: say what will be here and how to begin."""
    return render_to_string("components/empty.html", {"content": content, "title": title, "level": level})


@register.simple_block_tag
def table_region(content: SafeString, labelledby="") -> SafeString:
    """A table that may be wider than the page: it scrolls by itself and can be reached by keyboard."""
    return render_to_string("components/table_region.html", {"content": content, "labelledby": labelledby})


# --- where we are -----------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def current(context, url_name: str) -> SafeString:
    """`aria-current` for a navigation link: "page" on its own page, "true" on pages below it."""
    request = context.get("request")
    if request is None:
        return SafeString("")
    try:
        path = reverse(url_name)
    except NoReverseMatch:
        return SafeString("")
    if request.path == path:
        return SafeString(' aria-current="page"')
    return SafeString(' aria-current="true"' if request.path.startswith(path) else "")


# --- pictures of numbers ----------------------------------------------------------------------------


def share_of(value: float, whole: float) -> int:
    """How many hundredths of the whole, kept between 0 and 100."""
    return max(0, min(100, round(100 * value / whole))) if whole else 0


@register.inclusion_tag("components/meter.html")
def meter(value, whole):
    """A bar beside words that already say the numbers; hidden from screen readers."""
    return {"share": share_of(value, whole)}


@register.inclusion_tag("components/progress.html")
def progress(done, total, label="sent"):
    """How far long work has come. Put it in the part of the page that is swapped while it runs."""
    return {"done": done, "total": total, "label": label, "share": share_of(done, total)}


@register.inclusion_tag("components/social_proof.html")
def social_proof(count, did="have pledged", place="", local_count=0):
    """How many took part; small numbers stay hidden, so that nobody is discouraged and no one is singled out."""
    shown = count if count >= NATIONAL_COUNT_SHOWN_FROM else 0
    local = local_count if local_count >= LOCAL_COUNT_SHOWN_FROM else 0
    goal = next((goal for goal in GOALS if goal > shown), shown) if shown else 0
    return {"count": shown, "local": local, "place": place, "did": did, "goal": goal}


@register.inclusion_tag("components/bar_table.html")
def bar_table(caption, rows, head="", value_head="Number", second_head=""):
    """Bars as table rows: `rows` are (label, value) or (label, value, second value)."""
    rows = [(label, list(values)) for label, *values in rows]
    most = max((value for _, values in rows for value in values), default=0)
    drawn = [
        {"label": label, "bars": [{"value": value, "share": share_of(value, most)} for value in values]}
        for label, values in rows
    ]
    return {"caption": caption, "rows": drawn, "head": head, "value_head": value_head, "second_head": second_head}


def on_map(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees → the map's own units."""
    x = (longitude + 8.7) * MAP_LONGITUDE_SHRINK * MAP_SCALE
    return round(x, 1), round((60.95 - latitude) * MAP_SCALE, 1)


def _box_around(spots: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """A window a little taller than wide that holds all spots and never shows less than about 80 km."""
    xs, ys = zip(*spots, strict=True)
    width = max(MAP_NEAR_SPAN, (max(xs) - min(xs)) * 1.8, (max(ys) - min(ys)) * 1.5)
    height = width * MAP_NEAR_HEIGHT
    middle_x, middle_y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return round(middle_x - width / 2, 1), round(middle_y - height / 2, 1), round(width, 1), round(height, 1)


@register.inclusion_tag("components/uk_map.html")
def uk_map(points, you=None, near=()):
    """A picture of places beside the list that it mirrors.

    `points`, `near` and `you` are (latitude, longitude) in degrees. With `near` the map zooms in on those places and
    numbers them in their order; `you` must be the middle of a district, never a full postcode.
    """
    near = [on_map(*point) for point in near]
    you = on_map(*you) if you else None
    focus = near + ([you] if you else [])
    box = _box_around(focus) if near else MAP_BOX
    return {
        "box": " ".join(f"{side:g}" for side in box),
        "width": round(box[2]),
        "height": round(box[3]),
        "sizes": {name: round(size * box[2], 2) for name, size in MAP_SIZES.items()},
        "dots": [on_map(*point) for point in points],
        "pins": near,
        "you": you,
    }
