"""Who leads on keeping people safe in a group: names and dates, never a certificate or what a check found."""

from datetime import date

from django.db import models

from groups.models.group import LocalGroup

# For how many years a date is good. Our proposal: the network has not said.
DBS_YEARS = 3
TRAINING_YEARS = 3
POLICY_YEARS = 1


def years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


class Safeguarding(models.Model):
    """The lead, the deputy and the policy of one group. Of checks and training we keep the day alone."""

    group = models.OneToOneField(LocalGroup, on_delete=models.CASCADE, related_name="safeguarding")
    lead_name = models.CharField(max_length=150, blank=True)
    lead_checked_on = models.DateField(null=True, blank=True)
    lead_trained_on = models.DateField(null=True, blank=True)
    deputy_name = models.CharField(max_length=150, blank=True)
    deputy_checked_on = models.DateField(null=True, blank=True)
    deputy_trained_on = models.DateField(null=True, blank=True)
    policy_url = models.URLField(max_length=300, blank=True)
    policy_reviewed_on = models.DateField(null=True, blank=True)
    public_email = models.EmailField(blank=True, help_text="A role mailbox, never a person's own.")
    public_telephone = models.CharField(max_length=30, blank=True)
    is_contact_public = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "safeguarding"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_contact_public=False)
                | ~models.Q(public_email="")
                | ~models.Q(public_telephone=""),
                name="groups_public_safeguarding_has_a_contact",
            )
        ]

    def __str__(self):
        return f"Safeguarding in {self.group}"

    @property
    def missing(self) -> list[str]:
        """What a group needs before it registers and does not have yet, in words."""
        needs = {
            "the name of the safeguarding lead": self.lead_name,
            "the date of the lead’s DBS check": self.lead_checked_on,
            "the date of the lead’s training": self.lead_trained_on,
            "the name of the safeguarding deputy": self.deputy_name,
            "the date of the deputy’s DBS check": self.deputy_checked_on,
            "the date of the deputy’s training": self.deputy_trained_on,
            "a link to your safeguarding policy": self.policy_url,
            "the date when you last looked at the policy": self.policy_reviewed_on,
        }
        return [words for words, answer in needs.items() if not answer]

    @property
    def good_until(self) -> list[tuple[str, str, date]]:
        """Each date that runs out: its field, what it is, and the day it runs out."""
        dates = [
            ("lead_checked_on", "The lead’s DBS check", DBS_YEARS),
            ("lead_trained_on", "The lead’s training", TRAINING_YEARS),
            ("deputy_checked_on", "The deputy’s DBS check", DBS_YEARS),
            ("deputy_trained_on", "The deputy’s training", TRAINING_YEARS),
            ("policy_reviewed_on", "The safeguarding policy", POLICY_YEARS),
        ]
        found = [(field, words, getattr(self, field), years) for field, words, years in dates]
        return [(field, words, years_after(day, years)) for field, words, day, years in found if day]
