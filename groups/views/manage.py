"""A coordinator's rooms. Another group's address and a wrong one are answered alike: no such page."""

from django.shortcuts import redirect
from django.utils import timezone

from groups.filters import MemberFilter
from groups.models import LocalGroup, Membership
from groups.views.room import Room
from sanctuary.views import ListPage


class ManageHome(ListPage):
    rule = "signed_in"
    context_object_name = "groups"
    template_name = "groups/manage_home.html"

    def get_queryset(self):
        return LocalGroup.objects.visible_to(self.request.user).with_member_count().order_by("name")

    def render_to_response(self, context, **kwargs):
        # Most people run one group: they need no page to choose from.
        if len(context["groups"]) == 1:
            return redirect("groups:today", context["groups"][0].slug)
        return super().render_to_response(context, **kwargs)


class MemberList(Room, ListPage):
    rule = "groups.see_members"
    context_object_name = "members"
    paginate_by = 25

    def get_queryset(self):
        members = Membership.objects.visible_to(self.request.user).filter(group=self.group)
        members = members.current().with_supporter().with_email_state().order_by("supporter__name", "pk")
        self.filter = MemberFilter(self.request.GET, queryset=members)
        return self.filter.qs

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            filter=self.filter,
            chips=self.filter.chips(),
            list_href=self.request.path,
            today=timezone.localdate(),
            **kwargs,
        )
