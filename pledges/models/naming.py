"""Names that may stand in public once national staff have looked at them."""

import re

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Lower, StrIndex

from sanctuary.people.models import Supporter


class Refusal(models.TextChoices):
    UNFIT = "unfit", "The name cannot stand in public"
    DOUBLE = "double", "We count them already"
    NOT_THEIRS = "not_theirs", "It does not come from whom it names"


# It was never theirs to give, or is counted elsewhere: such a row counts no more. An unfit name alone still counts.
ENDING = {Refusal.DOUBLE, Refusal.NOT_THEIRS}


# What counts when two names are compared: their letters and figures.
_MARKS = r"[^[:alnum:]]+"
SHOWN_AT_MOST = 10
SHORTEST_WORD = 4
# Where anybody can have a mailbox, so that it says nothing about whom it speaks for.
FOR_ANYBODY = {
    *("aol.com", "btinternet.com", "gmail.com", "gmx.com", "googlemail.com", "hotmail.co.uk", "hotmail.com"),
    *("icloud.com", "live.co.uk", "live.com", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com"),
    *("sky.com", "talktalk.net", "virginmedia.com", "yahoo.co.uk", "yahoo.com"),
}


def plain(path: str) -> models.Func:
    """The name behind this path, without capitals, spaces and marks."""
    parts = [Lower(path), Value(_MARKS), Value(""), Value("g")]
    return models.Func(*parts, function="regexp_replace", output_field=models.CharField())


def address_hint(name: str, address: str) -> str:
    """What a mailbox says about the organisation it speaks for: a hint for staff, and no proof."""
    domain = address.rpartition("@")[2].lower()
    if not domain or domain in FOR_ANYBODY:
        return f"{domain}: anybody can have one" if domain else ""
    words = re.findall(r"\w+", name.lower())
    letters = re.sub(r"\W", "", domain)
    initials = "".join(word[0] for word in words)
    is_like = any(word in letters for word in words if len(word) >= SHORTEST_WORD)
    is_like = is_like or (len(initials) > 1 and letters.startswith(initials))
    return f"{domain}: like the name" if is_like else f"{domain}: unlike the name"


class NamedQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False, withdrawn_at__isnull=True)

    def of_people(self):
        return self.filter(kind=Supporter.Kind.PERSON)

    def of_organisations(self):
        return self.filter(kind=Supporter.Kind.ORGANISATION)

    def name_may_stand(self):
        """Staff have looked, and found nothing against it."""
        return self.filter(name_checked_at__isnull=False, name_refusal="")

    def name_waits(self):
        return self.confirmed().filter(name_checked_at__isnull=True)

    def with_double(self):
        """`is_double`: another organisation that has done the same is called the same, but for capitals and marks."""
        same = self.model.objects.confirmed().of_organisations().exclude(pk=OuterRef("pk"))
        same = same.annotate(plain=plain("supporter__name")).filter(plain=OuterRef("plain"))
        is_organisation = Q(kind=Supporter.Kind.ORGANISATION)
        return self.annotate(plain=plain("supporter__name")).annotate(is_double=Exists(same) & is_organisation)

    def like(self, noun):
        """Other organisations whose names hold this one's, or are held in it."""
        name = noun.supporter.name if noun.supporter_id else ""
        letters = "".join(re.findall(r"[^\W_]+", name.lower()))
        if not letters or noun.kind != Supporter.Kind.ORGANISATION:
            return self.none()
        rows = self.confirmed().of_organisations().exclude(pk=noun.pk).select_related("supporter")
        rows = rows.annotate(plain=plain("supporter__name")).exclude(plain="")
        held = rows.annotate(holds=StrIndex("plain", Value(letters)), held=StrIndex(Value(letters), F("plain")))
        return held.filter(Q(holds__gt=0) | Q(held__gt=0)).order_by("supporter__name")[:SHOWN_AT_MOST]


class Named(models.Model):
    """What pledges and endorsements share: a name that waits for a look. A refusal is a look that found a reason."""

    name_checked_at = models.DateTimeField(null=True, blank=True)
    name_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Also the database's own default: whatever writes pledges without the model knows nothing of refusals.
    name_refusal = models.CharField(max_length=10, choices=Refusal, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def may_be_looked_at(self) -> bool:
        """Whether staff may still decide about its name."""
        return self.is_confirmed and self.withdrawn_at is None


def refused_by_looking(name: str) -> models.CheckConstraint:
    """Nobody's name is refused unseen."""
    condition = models.Q(name_refusal="") | models.Q(name_checked_at__isnull=False)
    return models.CheckConstraint(condition=condition, name=name)
