"""A room inside /manage/<group>/."""

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from groups.models import LocalGroup


class Room:
    """Stands before a base view: finds the group of the address, and asks the rule about it.

    Another group's address and a wrong one are answered alike: no such page.
    """

    @cached_property
    def group(self):
        user = self.request.user
        mine = LocalGroup.objects.visible_to(user).with_shield().with_part_of(user)
        return get_object_or_404(mine, slug=self.kwargs["group"])

    def require(self, noun=None):
        super().require(self.group)

    def get_context_data(self, **kwargs):
        # A TemplateView hands on what stood in the address, where `group` is a word.
        return super().get_context_data(**kwargs | {"group": self.group})
