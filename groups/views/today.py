"""What a coordinator finds first: the few jobs of this week, in order, and how the last four went."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.views.generic import RedirectView

from groups.models import ActivityLog, Membership
from groups.models.due import due_for
from groups.views.room import Room
from sanctuary import access
from sanctuary.views import Door, Page

LOOK_BACK = timedelta(weeks=4)
ACTIVITIES_SHOWN = 4
UNLOGGED_SHOWN = 5


class ManageGroup(Room, Door, RedirectView):
    """The group's own address inside: its desk is today's page."""

    rule = "groups.manage"

    def get(self, request, *args, **kwargs):
        self.require()
        return super().get(request, *args, **kwargs)

    def get_redirect_url(self, *args, **kwargs):
        return reverse("groups:today", args=[self.group.slug])


class Today(Room, Page):
    rule = "groups.manage"
    template_name = "groups/today.html"

    def get_context_data(self, **kwargs):
        now = timezone.now()
        coordinates = access.allows("groups.coordinate", self.request.user, self.group)
        return super().get_context_data(
            coordinates=coordinates,
            unlogged=self.group.activities.unlogged(now)[:UNLOGGED_SHOWN],
            due=self._due(timezone.localdate(now)) if coordinates else [],
            activities=self.group.activities.upcoming(now)[:ACTIVITIES_SHOWN],
            **self._four_weeks(now),
            **kwargs,
        )

    def _due(self, today):
        return [due for due in due_for(self.group, today) if not due.for_region]

    def _four_weeks(self, now):
        since = now - LOOK_BACK
        members = Membership.objects.current().filter(group=self.group)
        return {
            "since": since,
            "met": ActivityLog.objects.for_group(self.group).between(since, now).totals()["met_count"],
            "member_count": members.count(),
            "new_count": members.joined_since(timezone.localdate(since)).count(),
        }
