"""What groups and places are called: looked up once for a whole turn of sending, not for every recipient."""

from collections.abc import Collection

from groups.models import LocalGroup
from sanctuary.places.models import OutwardCode


class Names:
    """`groups` by their number and `places` by their outward code, as far as the merge fields of a letter use them."""

    def __init__(self, fields: Collection[str] = ("group", "place")):
        self.wants_groups = "group" in fields
        self.groups = dict(LocalGroup.objects.values_list("pk", "name")) if self.wants_groups else {}
        self.places = dict(OutwardCode.objects.values_list("code", "name")) if "place" in fields else {}
