"""Endorsements of the Declaration: counted once for each, shown only as they chose, and named only after a look."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import MD5, Cast, Coalesce, Concat, Lower
from django.utils import timezone

from groups.models import Shield
from pledges.models.declaration import Declaration
from pledges.models.naming import Named, NamedQuerySet, refused_by_looking
from sanctuary.people.models import Supporter, Wording
from sanctuary.places.models import OutwardCode

CONFIRM_WITHIN = timedelta(days=14)

_FIRST_WORD = models.Func(
    F("supporter__name"), Value(" "), Value(1), function="split_part", output_field=models.CharField()
)


class EndorsementQuerySet(NamedQuerySet):
    def unconfirmed(self):
        return self.filter(confirmed_at__isnull=True)

    def overdue(self, now):
        """Never confirmed in time: to be forgotten."""
        return self.unconfirmed().filter(created_at__lt=now - CONFIRM_WITHIN)

    def to_check(self):
        """Those that chose to be shown, and whose names nobody has looked at."""
        return self.name_waits().exclude(shown="")

    def on_wall(self):
        """Who may be named in public today. Where the shield is up, no people are."""
        shown = self.confirmed().name_may_stand().exclude(shown="").filter(supporter__isnull=False)
        return shown.filter(Q(kind=Supporter.Kind.ORGANISATION) | ~Shield.objects.over_home())

    def with_label(self):
        """`label` and `town`: all of a name that may leave this table for a public page."""
        shows_all = Q(shown=Endorsement.Shown.FULL)
        town = OutwardCode.objects.filter(code=OuterRef("supporter__outward_code")).values("name")[:1]
        return self.annotate(
            label=Case(When(shows_all, then=F("supporter__name")), default=_FIRST_WORD),
            town=Coalesce(Subquery(town), Value("")),
        )

    def for_wall(self):
        """Organisations first, each part by name: the order tells nobody who came when."""
        rows = self.on_wall().with_label()
        return rows.order_by("kind", Lower("label"), Lower("town"), MD5(Cast("pk", models.CharField())))

    def shuffled(self, salt: str):
        """In an order that means nothing, the same for the same salt."""
        return self.order_by(MD5(Concat(Cast("pk", models.CharField()), Value(salt))))

    def counts(self) -> dict[str, int]:
        """How many people and organisations stand behind it today."""
        kind = Supporter.Kind
        rows = dict(self.confirmed().order_by().values_list("kind").annotate(models.Count("pk")))
        return {"people": rows.get(kind.PERSON, 0), "organisations": rows.get(kind.ORGANISATION, 0)}


class Endorsement(Named):
    """One endorsement by a person or an organisation. Unconfirmed, it counts nowhere; its details live only here."""

    class Shown(models.TextChoices):
        NOT = "", "Do not show me, only count me"
        FIRST = "first", "First name and town"
        FULL = "full", "Full name"

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="endorsements")
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    permission_wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Supporter.Kind, default=Supporter.Kind.PERSON)
    supporter = models.ForeignKey(
        Supporter, null=True, blank=True, on_delete=models.SET_NULL, related_name="endorsements"
    )
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    organisation_type = models.CharField(max_length=12, choices=Supporter.OrganisationType, blank=True)
    contact_name = models.CharField(max_length=150, blank=True)
    job_role = models.CharField(max_length=100, blank=True)
    wants_email = models.BooleanField()
    shown = models.CharField(max_length=5, choices=Shown, default=Shown.NOT, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["kind"],
                condition=Q(confirmed_at__isnull=False, withdrawn_at__isnull=True) & ~Q(shown=""),
                name="pledges_shown_endorsements",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["supporter", "declaration"],
                condition=Q(confirmed_at__isnull=False, withdrawn_at__isnull=True),
                name="pledges_one_live_endorsement_each",
            ),
            models.CheckConstraint(
                condition=~Q(kind="organisation") | ~Q(shown="first"), name="pledges_no_first_name_of_an_organisation"
            ),
            refused_by_looking("pledges_endorsement_refused_by_looking"),
        ]

    def __str__(self):
        return f"Endorsement {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.is_confirmed and self.withdrawn_at is None

    @property
    def is_of_organisation(self) -> bool:
        return self.kind == Supporter.Kind.ORGANISATION
