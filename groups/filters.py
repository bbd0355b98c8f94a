"""What was asked of a list of groups or members. The question stands in the address, so it can be kept and shared."""

import django_filters
from django import forms

from groups.models import LocalGroup, Membership
from sanctuary.places.models import Region


class Question(django_filters.FilterSet):
    def chips(self):
        """The filters in use, each with the address of the list without it."""
        answers = self.form.cleaned_data if self.form.is_bound else {}
        return [
            {"text": self._words(name, value), "href": self._without(name)}
            for name, value in answers.items()
            if value and name != "sort"
        ]

    def _words(self, name, value):
        choices = dict(getattr(self.form.fields[name], "choices", []))
        return str(choices.get(value, f"“{value}”"))

    def _without(self, name):
        rest = self.data.copy()
        for gone in (name, "page"):
            rest.pop(gone, None)
        return f"?{rest.urlencode()}"


def search_field(label):
    return {"label": label, "max_length": 100, "widget": forms.TextInput(attrs={"type": "search"})}


class GroupFilter(Question):
    q = django_filters.CharFilter(method="search", **search_field("Name or place"))
    region = django_filters.ChoiceFilter(choices=Region, label="Region", empty_label="All of the UK")

    class Meta:
        model = LocalGroup
        fields = ["q", "region"]

    def search(self, queryset, name, value):
        return queryset.matching(value)


class MemberFilter(Question):
    q = django_filters.CharFilter(field_name="supporter__name", lookup_expr="icontains", **search_field("Name"))
    source = django_filters.ChoiceFilter(choices=Membership.Source, label="How they came", empty_label="Any way")
    sort = django_filters.OrderingFilter(
        label="Sort by",
        empty_label=None,
        fields={"supporter__name": "name", "joined_on": "joined"},
        choices=[("name", "Name, A to Z"), ("-joined", "Newest first"), ("joined", "Oldest first")],
    )

    class Meta:
        model = Membership
        fields = ["q", "source"]
