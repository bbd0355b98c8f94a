import django_filters

from campaigns.models import ActionTaken
from sanctuary.people.models import Supporter
from sanctuary.places.models import Region


class WallFilter(django_filters.FilterSet):
    """What somebody who reads the names may ask."""

    kind = django_filters.ChoiceFilter(
        choices=[(Supporter.Kind.ORGANISATION, "Organisations"), (Supporter.Kind.PERSON, "People")],
        label="Show",
        empty_label="Everybody",
    )
    region = django_filters.ChoiceFilter(
        field_name="supporter__region", choices=Region, label="Region or nation", empty_label="Everywhere"
    )

    class Meta:
        model = ActionTaken
        fields = []
