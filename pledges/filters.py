"""What was asked of the names behind the Declaration."""

import django_filters

from groups.filters.question import Question
from pledges.models import Endorsement
from sanctuary.people.models import Supporter
from sanctuary.places.models import Region

KINDS = [(Supporter.Kind.PERSON.value, "People"), (Supporter.Kind.ORGANISATION.value, "All organisations")]


class EndorserFilter(Question):
    kind = django_filters.ChoiceFilter(
        method="by_kind",
        label="Who",
        choices=[*KINDS, *Supporter.OrganisationType.choices],
        empty_label="Everybody",
    )
    region = django_filters.ChoiceFilter(
        field_name="supporter__region", label="Region", choices=Region, empty_label="All of the UK"
    )

    class Meta:
        model = Endorsement
        fields = ["kind", "region"]

    def by_kind(self, queryset, name, value):
        is_kind = value in dict(KINDS)
        return queryset.filter(kind=value) if is_kind else queryset.filter(supporter__organisation_type=value)
