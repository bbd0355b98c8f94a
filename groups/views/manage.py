"""A coordinator's rooms. Another group's address and a wrong one are answered alike: no such page."""

from django.shortcuts import redirect

from groups.models import LocalGroup
from sanctuary import access
from sanctuary.views import ListPage


class ManageHome(ListPage):
    rule = "signed_in"
    context_object_name = "groups"
    template_name = "groups/manage_home.html"

    def get_queryset(self):
        return LocalGroup.objects.visible_to(self.request.user).with_member_count().order_by("name")

    def get_context_data(self, **kwargs):
        oversees = access.allows("groups.oversee_region", self.request.user)
        return super().get_context_data(oversees=oversees, **kwargs)

    def render_to_response(self, context, **kwargs):
        # Most people run one group: they need no page to choose from.
        if len(context["groups"]) == 1:
            return redirect("groups:today", context["groups"][0].slug)
        if not context["groups"] and context["oversees"]:
            return redirect("groups:regions")
        return super().render_to_response(context, **kwargs)
