"""Where a group plans its activities and sees who has booked."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from groups import actions
from groups.forms.activity import CancelForm, EditActivityForm, NewActivityForm, told
from groups.models import Activity
from groups.views.room import Room
from sanctuary import access
from sanctuary.views import FormPage, ListPage


class ActivityList(Room, ListPage):
    """What is to come, soonest first; or, with `?past=1`, what is over, newest first."""

    rule = "groups.manage"
    paginate_by = 25
    context_object_name = "activities"
    template_name = "groups/activity_list.html"

    def get_queryset(self):
        activities, now = Activity.objects.filter(group=self.group).with_group().with_seats(), timezone.now()
        self.is_past = self.request.GET.get("past") == "1"
        return activities.over(now).select_related("log") if self.is_past else activities.not_over(now)

    def get_context_data(self, **kwargs):
        return super().get_context_data(is_past=self.is_past, **kwargs)


class OfGroupActivity(Room):
    """Stands before a base view: about one activity of this group. Another group's is no activity."""

    @cached_property
    def activity(self) -> Activity:
        return get_object_or_404(Activity.objects.with_group().with_seats(), group=self.group, pk=self.kwargs["pk"])

    def require(self, noun=None):
        super().require(noun)
        self.activity  # noqa: B018 - a missing one is told before any form is looked at

    def get_context_data(self, **kwargs):
        return super().get_context_data(activity=self.activity, **kwargs)


class ToActivities:
    """Back to the list, with a word about what was done."""

    def get_success_url(self):
        messages.success(self.request, self.done())
        return reverse("groups:activities", args=[self.kwargs["group"]])


class NewActivity(ToActivities, Room, FormPage):
    """Plan something new; with `?copy=`, from what an earlier activity says."""

    rule = "groups.manage"
    form_class = NewActivityForm
    template_name = "groups/activity_form.html"

    def get_initial(self):
        copied = self.request.GET.get("copy", "")
        if not (copied.isascii() and copied.isdigit()):
            return {"area": self.group.area, "languages": self.group.languages}
        activity = get_object_or_404(Activity, group=self.group, pk=int(copied[:19]))
        return told(activity) | {"day": None}

    def act(self, form):
        return actions.plan_activity(self.group, by=self.request.user, **form.activity())

    def done(self):
        count = len(self.outcome)
        return "Your activity is planned." if count == 1 else f"Your activity is planned on {count} dates."


class EditActivity(ToActivities, OfGroupActivity, FormPage):
    rule = "groups.manage"
    form_class = EditActivityForm
    template_name = "groups/activity_form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"activity": self.activity, "initial": told(self.activity)}

    def act(self, form):
        following = form.cleaned_data.get("following", False)
        return actions.change_activity(self.activity, by=self.request.user, following=following, **form.activity())

    def done(self):
        return f"Saved: {self.outcome.title}."


class CancelActivity(ToActivities, OfGroupActivity, FormPage):
    """A page of its own: it cannot be taken back, and everybody who booked gets an email."""

    rule = "groups.manage"
    form_class = CancelForm
    template_name = "groups/activity_cancel.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"activity": self.activity}

    def act(self, form):
        return actions.cancel_activity(self.activity, by=self.request.user, **form.cleaned_data)

    def done(self):
        return f"Cancelled: {self.outcome.title}. Everybody who booked gets an email."


class BookingList(OfGroupActivity, ListPage):
    """Who has booked, to print and tick off at the door. Helpers see first names."""

    rule = "groups.manage"
    paginate_by = 200
    context_object_name = "bookings"
    template_name = "groups/booking_list.html"

    def get_queryset(self):
        return self.activity.bookings.live().order_by("state", "name", "pk")

    def get_context_data(self, **kwargs):
        coming = self.activity.bookings
        return super().get_context_data(
            sees_people=access.allows("groups.see_members", self.request.user, self.group),
            waiting_seats=coming.waiting().order_by().seats(),
            **kwargs,
        )
