import django_filters

from groups.filters.question import Question, search_field
from groups.models import LocalGroup
from sanctuary.places.models import Region


class GroupFilter(Question):
    q = django_filters.CharFilter(method="search", **search_field("Name or place"))
    region = django_filters.ChoiceFilter(choices=Region, label="Region", empty_label="All of the UK")

    class Meta:
        model = LocalGroup
        fields = ["q", "region"]

    def search(self, queryset, name, value):
        return queryset.matching(value)
