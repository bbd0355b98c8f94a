"""The people of a group: found, sorted, and shown to those who look after them."""

from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property

from groups.filters import MemberFilter
from groups.filters.member import BY_NAME
from groups.forms import BulkForm
from groups.models import Membership, Removal
from groups.views.room import Room
from sanctuary.views import ListPage


class Members(Room):
    """A room about the members of the group, and the question that its address asks about them."""

    rule = "groups.see_members"

    @cached_property
    def filter(self):
        members = Membership.objects.visible_to(self.request.user).filter(group=self.group).current()
        return MemberFilter(self.request.GET, group=self.group, queryset=members.order_by(*BY_NAME))

    @property
    def list_href(self):
        return reverse("groups:members", args=[self.group.slug])


class MemberList(Members, ListPage):
    """With `HX-Request`, the list alone: it is put in its place while somebody types."""

    context_object_name = "members"
    paginate_by = 25

    def get_queryset(self):
        return self.filter.qs

    def paginate_queryset(self, queryset, page_size):
        """First who stands on this page, then all about them: nothing is worked out for thousands of others."""
        everyone = queryset.values_list("pk", flat=True)
        # A question is answered once, and its answers counted here: a group is never so large that numbers are many.
        found = list(everyone) if self.filter.chips() else everyone
        paginator, page, shown, is_paginated = super().paginate_queryset(found, page_size)
        ids = list(shown)
        members = Membership.objects.with_supporter().with_email_state().with_attendance().in_bulk(ids)
        return paginator, page, [members[pk] for pk in ids], is_paginated

    def get_template_names(self):
        return ["groups/members_answer.html" if self.request.htmx else "groups/membership_list.html"]

    def get_context_data(self, **kwargs):
        now = timezone.now()
        context = super().get_context_data(
            filter=self.filter,
            removals=Removal.objects.filter(group=self.group).undoable(now).exists(),
            bulk_choices=BulkForm.CHOICES,
            asked=self.filter.asked(),
            chips=self.filter.chips(),
            headings=self.filter.headings(),
            list_href=self.list_href,
            today=timezone.localdate(now),
            **kwargs,
        )
        return context | {"count_text": _told(context["paginator"].count, bool(context["chips"]))}

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        if self.request.htmx:
            question = self.filter.asked()
            response["HX-Replace-Url"] = f"{self.list_href}?{question}" if question else self.list_href
        return response


def _told(count: int, is_narrowed: bool) -> str:
    return f"{count:,} found" if is_narrowed else f"{count:,} member{'' if count == 1 else 's'}"
