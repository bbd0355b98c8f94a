import django_filters
from django import forms
from django.core.exceptions import ValidationError

from groups.filters.question import Question
from groups.models import Activity, LocalGroup
from sanctuary.places.models import OutwardCode
from sanctuary.places.postcode import InvalidPostcode, parse

NEAR_MILES = 20


class Tick(django_filters.BooleanFilter):
    """A box to tick: left empty, it asks nothing."""

    def __init__(self, label, **only):
        super().__init__(label=label, widget=forms.CheckboxInput, required=False)
        self.only = only

    def filter(self, qs, value):
        return qs.filter(**self.only) if value else qs


class NearField(forms.CharField):
    """The first half of a postcode, which a form by POST has put into the address. Cleans to its place."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            place = OutwardCode.objects.find(parse(text))
        except InvalidPostcode:
            place = None
        if place is None:
            raise ValidationError("We do not know where that is. Enter a postcode above.", code="unknown")
        return place


class NearFilter(django_filters.Filter):
    field_class = NearField


class ActivityFilter(Question):
    """What somebody who looks for an activity may ask."""

    near = NearFilter(method="around", max_length=10, widget=forms.HiddenInput)
    group = django_filters.ModelChoiceFilter(
        queryset=LocalGroup.objects.live(), to_field_name="slug", widget=forms.HiddenInput
    )
    kind = django_filters.ChoiceFilter(choices=Activity.Kind, label="Kind of activity", empty_label="Any kind")
    language = django_filters.CharFilter(
        field_name="languages", lookup_expr="icontains", label="Language spoken", max_length=40
    )
    free = Tick("Free", cost="")
    children = Tick("Children welcome", is_for_children=True)
    women = Tick("Women only", is_women_only=True)
    online = Tick("Online", is_online=True)
    step_free = Tick("Step-free", is_step_free=True)

    class Meta:
        model = Activity
        fields = ["near", "group", "kind", "language", "free", "children", "women", "online", "step_free"]

    def around(self, queryset, name, place):
        return queryset.near(place.latitude, place.longitude, NEAR_MILES)

    def _words(self, name, value):
        if name == "near":
            return f"Near {value.code}"
        if name == "group":
            return value.name
        return self.form.fields[name].label if value is True else super()._words(name, value)
