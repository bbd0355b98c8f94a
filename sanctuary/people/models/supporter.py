"""Everyone the network knows: a person or an organisation."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower

from sanctuary.people.address import mac
from sanctuary.people.models.search import Words, found_by
from sanctuary.places.models import Located


class SupporterQuerySet(models.QuerySet):
    def people(self):
        return self.filter(kind=Supporter.Kind.PERSON)

    def organisations(self):
        return self.filter(kind=Supporter.Kind.ORGANISATION)

    def with_address(self, address: str):
        """Supporters at this address: it may be shared, so there may be several."""
        return self.filter(email_mac=mac(address))

    def matching(self, text: str):
        """Each word that was typed begins a word of the name or contact person, or the whole begins the address."""
        return self.filter(found_by(text))


class Supporter(Located):
    """A person or an organisation. Never holds immigration status, nationality or date of birth."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        ORGANISATION = "organisation", "Organisation"

    class OrganisationType(models.TextChoices):
        SCHOOL = "school", "School or nursery"
        COLLEGE = "college", "College"
        UNIVERSITY = "university", "University"
        COUNCIL = "council", "Council"
        LIBRARY = "library", "Library service"
        HEALTH = "health", "Health or maternity service"
        ARTS = "arts", "Theatre, museum or arts organisation"
        FAITH = "faith", "Faith organisation"
        CHARITY = "charity", "Charity or community group"
        BUSINESS = "business", "Business"
        OTHER = "other", "Something else"

    class MostAMonth(models.IntegerChoices):
        ONE = 1, "At most 1 email a month"
        TWO = 2, "At most 2 emails a month"
        FOUR = 4, "At most 4 emails a month"
        EIGHT = 8, "At most 8 emails a month"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    email_mac = models.BinaryField(max_length=32, default=b"", editable=False, db_index=True)
    organisation_type = models.CharField(max_length=12, choices=OrganisationType, blank=True)
    contact_name = models.CharField("contact person", max_length=150, blank=True)
    job_role = models.CharField("role", max_length=100, blank=True)
    works_for = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="staff")
    only_big_moments = models.BooleanField(default=False)
    emails_paused_until = models.DateField(null=True, blank=True)
    # In any 30 days, from all senders together. Empty: no limit.
    most_a_month = models.PositiveSmallIntegerField(null=True, blank=True, choices=MostAMonth)
    created_at = models.DateTimeField(auto_now_add=True)
    # Kept by the database, whoever writes the name.
    words = models.GeneratedField(
        expression=models.Func("name", "contact_name", function="people_words"), output_field=Words(), db_persist=True
    )

    objects = SupporterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="organisation") | models.Q(organisation_type=""),
                name="people_only_organisations_have_a_type",
            ),
            models.CheckConstraint(
                condition=models.Q(most_a_month__isnull=True) | models.Q(most_a_month__in=[1, 2, 4, 8]),
                name="people_limit_is_one_we_offer",
            ),
        ]
        indexes = [
            models.Index(Lower("name"), name="people_supporter_name"),
            GinIndex(fields=["words"], name="people_supporter_words"),
            # Addresses are kept in one spelling, so their beginnings are compared as they are.
            models.Index(fields=["email"], opclasses=["varchar_pattern_ops"], name="people_supporter_address"),
        ]

    def __str__(self):
        return self.name

    @property
    def first_name(self) -> str:
        """What to call someone in a letter: the first word of the one name field; nothing for an organisation."""
        return self.name.split(" ")[0] if self.kind == self.Kind.PERSON else ""
