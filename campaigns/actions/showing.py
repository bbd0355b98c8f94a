"""How people and organisations that acted are shown in public: only as they chose, and until they change their mind."""

import re
import unicodedata
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Action, ActionTaken
from sanctuary.audit.actions import record
from sanctuary.audit.models import Entry
from sanctuary.people import links, tokens
from sanctuary.people.models import Supporter
from sanctuary.places.models import District, OutwardCode
from sanctuary.post.actions import queue, queue_sparingly

MY_NAME = "act-name"
LET_STAND, KEPT_OFF = "campaigns.check_name", "campaigns.refuse_name"
# To people we know, and yet caused by whoever holds a link: three a day.
queue_known = partial(queue_sparingly, asks=False)
Shown = ActionTaken.Shown
SHOWING = ["shown", "shown_name", "shown_place"]

# What a person's name is made of. Anything else waits until staff have looked at it.
_IN_NAMES = set(" '’‘.-‐·ʻ")
_LOOK_BLANK = set("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_LONGEST_UNSEEN = 60
# Beginnings of words that no parent chose.
_RUDE = ("fuck", "shit", "cunt", "wank", "twat", "bollock", "bastard", "arsehole", "nazi", "hitler", "nigg", "paki")


def name_url(taken: ActionTaken) -> str:
    """Where they change how they are shown, or take the name off. It never expires: that must work for good."""
    return links.absolute("campaigns:my_name", tokens.make(MY_NAME, taken.pk))


def name_path(taken: ActionTaken) -> str:
    """The same page, from one of our own."""
    return reverse("campaigns:my_name", args=[tokens.make(MY_NAME, taken.pk)])


@transaction.atomic
def show_as(taken: ActionTaken, shown: str, *, tell: bool = True) -> ActionTaken:
    """They chose how to be shown. A person's plain name stands at once; an organisation's, once staff have looked.

    Whose name was kept off a page stands on none before staff have looked. Harmless to repeat: the same words keep the
    look that staff gave them. `tell`: write to who stands in public now.
    """
    taken = ActionTaken.objects.select_for_update(of=("self",)).select_related("supporter").get(pk=taken.pk)
    if taken.confirmed_at is None or taken.supporter is None:
        return taken
    name, place = _words(taken.supporter, shown)
    if (taken.shown, taken.shown_name) == (shown if name else "", name):
        return taken
    taken.shown, taken.shown_name, taken.shown_place = shown if name else "", name, place
    taken.name_checked_at, taken.name_checked_by, taken.name_refused = None, None, False
    if name and taken.kind == Supporter.Kind.PERSON and is_plain(name) and not _was_refused(taken.supporter):
        taken.name_checked_at = timezone.now()
    taken.save(update_fields=[*SHOWING, "name_checked_at", "name_checked_by", "name_refused"])
    record("campaigns.show_as", taken, by=taken.supporter, shown=taken.shown)
    if taken.name_checked_at and tell:
        # Whoever presses to and fro does not fill a mailbox with it.
        _tell_shown(taken, queue_known)
    return taken


def take_name_off(taken: ActionTaken) -> ActionTaken:
    """At once, and for good: the act goes on counting, without a name."""
    return show_as(taken, Shown.NOT)


@transaction.atomic
def check_name(taken: ActionTaken, *, by, tell: bool = True) -> bool:
    """Staff have looked: the name may stand. Returns whether that was news. Harmless to repeat."""
    taken = _waiting(taken)
    if taken is None:
        return False
    _stamp(taken, by, refused=False)
    record(LET_STAND, taken, by=by)
    if tell:
        _tell_shown(taken)
    return True


@transaction.atomic
def refuse_name(taken: ActionTaken, *, by) -> bool:
    """The name does not stand, or no longer: the act counts as before. Returns whether that was news."""
    taken = ActionTaken.objects.select_for_update(of=("self",)).get(pk=taken.pk)
    if not taken.shown_name or taken.name_refused:
        return False
    _stamp(taken, by, refused=True)
    record(KEPT_OFF, taken, by=by)
    return True


def is_plain(name: str) -> bool:
    """Nothing but a name, as far as a machine can tell: letters of any language, no link, no number, no rude word."""
    if len(name) > _LONGEST_UNSEEN or not all(_in_a_name(character) for character in name):
        return False
    # A dot inside a word begins a link; a dot at its end belongs to an initial.
    return not (any("." in word[:-1] for word in name.split()) or _is_rude(name))


def _is_rude(name: str) -> bool:
    """Whatever stands above the letters or between them."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", name) if unicodedata.category(each)[0] != "M")
    words = [*re.split(r"[^\w]+", bare.casefold()), re.sub(r"[^\w]+", "", bare.casefold())]
    return any(word.startswith(_RUDE) for word in words)


def _in_a_name(character: str) -> bool:
    if character in _IN_NAMES or character.isascii():
        return character in _IN_NAMES or character.isalpha()
    # What only looks like a plain letter, full-width or in bold, is there to look like something else.
    is_disguised = unicodedata.normalize("NFKC", character).isascii()
    return unicodedata.category(character)[0] in "LM" and character not in _LOOK_BLANK and not is_disguised


def _words(supporter: Supporter, shown: str) -> tuple[str, str]:
    """The name and the place in public: never finer than a district, and never a surname unless they chose it."""
    if shown == Shown.NOT or not supporter.email:
        return "", ""  # who is forgotten, or cannot be written to, could not take it off
    name = supporter.first_name if shown == Shown.FIRST else supporter.name
    return name[:150], _place(supporter)


def _place(supporter: Supporter) -> str:
    district = District.objects.filter(code=supporter.district_code).first() if supporter.district_code else None
    if district:
        return district.name
    around = OutwardCode.objects.filter(code=supporter.outward_code).first() if supporter.outward_code else None
    return around.name if around else ""


def _was_refused(supporter: Supporter) -> bool:
    """Whether staff kept a name of theirs off a page when they last looked: whoever puts it back starts no new leaf."""
    mine = [str(pk) for pk in ActionTaken.objects.filter(supporter=supporter).values_list("pk", flat=True)]
    looks = Entry.objects.filter(noun=ActionTaken._meta.label_lower, noun_id__in=mine, verb__in=[LET_STAND, KEPT_OFF])
    return looks.order_by("-pk").values_list("verb", flat=True).first() == KEPT_OFF


def _waiting(taken: ActionTaken) -> ActionTaken | None:
    waiting = ActionTaken.objects.wanting_to_be_shown().exclude(name_checked_at__isnull=False, name_refused=False)
    return waiting.select_for_update(of=("self",)).filter(pk=taken.pk).first()


def _stamp(taken: ActionTaken, by, *, refused: bool) -> None:
    taken.name_checked_at, taken.name_checked_by, taken.name_refused = timezone.now(), by, refused
    taken.save(update_fields=["name_checked_at", "name_checked_by", "name_refused"])


def _tell_shown(taken: ActionTaken, send=queue) -> None:
    if not taken.supporter.email:
        return
    campaign = taken.action.campaign
    about = {
        "campaign": campaign,
        "is_organisation": taken.kind == Supporter.Kind.ORGANISATION,
        "wall": links.absolute("campaigns:wall", campaign.slug),
        "link": name_url(taken),
    }
    send("campaigns/shown", to=taken.supporter.email, context=about)


def send_name_link(taken: ActionTaken) -> None:
    """To their own mailbox: whoever reads an email that was passed on chooses for nobody. At most three a day."""
    if taken.supporter and taken.supporter.email:
        about = {"campaign": taken.action.campaign, "link": name_url(taken)}
        queue_known("campaigns/name_link", to=taken.supporter.email, context=about)


def settle_name(taken: ActionTaken, wish: str, *, is_new: bool) -> ActionTaken:
    """Once the mailbox has answered: shown as they wish. An organisation is told that it has joined, once."""
    if wish or taken.shown:
        taken = show_as(taken, wish)
    if is_new and taken.action.kind == Action.Kind.JOIN:
        about = {"campaign": taken.action.campaign, "is_named": bool(taken.shown_name), "link": name_url(taken)}
        queue("campaigns/joined", to=taken.supporter.email, context=about)
    return taken
