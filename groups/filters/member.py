from datetime import timedelta

import django_filters
from django.db.models.functions import Lower, Trim
from django.utils import timezone

from groups.filters.question import Question, search_field
from groups.models import Membership
from sanctuary.people.models import Supporter

LATELY_CAME = timedelta(days=92)
# Written otherwise than in the index of all names: walking through everybody's names for the few of one group that
# match is quick on most days and takes seconds on the others, while sorting one group takes a moment on each.
_NAME = Lower(Trim("supporter__name"))
BY_NAME = [_NAME, "pk"]
ORDERS = {
    "name": BY_NAME,
    "-name": [_NAME.desc(), "-pk"],
    "-joined": ["-joined_on", *BY_NAME],
    "joined": ["joined_on", *BY_NAME],
}


class MemberFilter(Question):
    q = django_filters.CharFilter(method="search", **search_field("Name or email address"))
    source = django_filters.ChoiceFilter(choices=Membership.Source, label="How they came", empty_label="Any way")
    kind = django_filters.ChoiceFilter(
        field_name="supporter__kind",
        label="People or organisations",
        choices=[(Supporter.Kind.PERSON, "People"), (Supporter.Kind.ORGANISATION, "Organisations")],
        empty_label="Both",
    )
    emails = django_filters.ChoiceFilter(
        method="by_emails",
        label="Emails from your group",
        choices=[("yes", "We may email them"), ("no", "We may not email them")],
        empty_label="Yes or no",
    )
    since = django_filters.ChoiceFilter(
        method="by_first_day",
        label="Member since",
        choices=[("28", "In the last 4 weeks"), ("92", "In the last 3 months"), ("366", "In the last year")],
        empty_label="Any time",
    )
    came = django_filters.ChoiceFilter(
        method="by_attendance",
        label="Came to an activity",
        choices=[("lately", "Came in the last 3 months"), ("never", "Has never come")],
        empty_label="Yes or no",
    )
    sort = django_filters.ChoiceFilter(
        method="in_order",
        label="Sort by",
        choices=[("-name", "Name, Z to A"), ("-joined", "Newest first"), ("joined", "Oldest first")],
        empty_label="Name, A to Z",
    )

    class Meta:
        model = Membership
        fields = ["q", "source", "kind", "emails", "since", "came", "sort"]

    def __init__(self, data, *, group, queryset):
        """`queryset` holds members of this group only."""
        super().__init__(data, queryset=queryset)
        self.group = group

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def by_emails(self, queryset, name, value):
        return queryset.may_be_emailed(self.group.controller_id, yes=value == "yes")

    def by_first_day(self, queryset, name, value):
        return queryset.joined_since(timezone.localdate() - timedelta(days=int(value)))

    def by_attendance(self, queryset, name, value):
        return queryset.never_came() if value == "never" else queryset.came_since(timezone.now() - LATELY_CAME)

    def in_order(self, queryset, name, value):
        return queryset.order_by(*ORDERS[value])

    def headings(self):
        """The columns of the list that can be sorted by: the address that does it, and how they stand now."""
        now = self.form.cleaned_data.get("sort") or "name"
        return [self._heading("Name", "name", "-name", now), self._heading("Since", "joined", "-joined", now)]

    def _heading(self, text, rising, falling, now):
        stands = {rising: "ascending", falling: "descending"}.get(now, "")
        order = falling if now == rising else rising
        return {"text": text, "stands": stands, "href": f"?{self.asked(sort='' if order == 'name' else order)}"}
