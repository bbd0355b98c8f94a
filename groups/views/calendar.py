"""The public calendar: what is on, by date. It never says who comes, nor where a private venue is."""

from datetime import date, datetime, timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from groups.filters.activities import NEAR_MILES, ActivityFilter
from groups.forms import FindGroupForm
from groups.models import Activity, LocalGroup
from groups.views import ics
from sanctuary.views import DetailPage, Door, FormPage, ListPage

LAST_YEAR = 2100
MONTHS_SHOWN = 6
FEED_LOOKS_BACK = timedelta(days=30)
FEED_AT_MOST = 500


def in_public():
    return Activity.objects.public().with_group()


class Calendar(ListPage):
    """Everything to come, soonest first."""

    public = True
    paginate_by = 30
    context_object_name = "activities"
    template_name = "groups/calendar.html"
    month = None

    def get_queryset(self):
        self.filter = ActivityFilter(self.request.GET, queryset=self.of_these_days(in_public().with_seats()))
        return self.filter.qs if self.filter.is_valid() else self.filter.qs.none()

    def of_these_days(self, activities):
        return activities.not_over(timezone.now())

    def get_context_data(self, **kwargs):
        asked = self.filter.asked()
        return super().get_context_data(
            filter=self.filter,
            chips=self.filter.chips(),
            asked=asked,
            month=self.month,
            months=months_from(timezone.localdate().replace(day=1)),
            list_href=self.request.path,
            form=FindGroupForm(),
            near_miles=NEAR_MILES,
            **kwargs,
        )


def months_from(first: date) -> list[date]:
    """This month and the next ones."""
    return [_months_later(first, later) for later in range(MONTHS_SHOWN)]


def _months_later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


class CalendarMonth(Calendar):
    """One month of it, as far as it is not over."""

    def get(self, request, *args, year, month, **kwargs):
        if not (1 <= month <= 12 and 2000 <= year <= LAST_YEAR):
            raise Http404
        self.month = date(year, month, 1)
        if self.month < timezone.localdate().replace(day=1):
            return redirect("groups:calendar")
        return super().get(request, *args, **kwargs)

    def of_these_days(self, activities):
        start, end = (timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in self.edges())
        return super().of_these_days(activities).between(start, end)

    def edges(self):
        return self.month, _months_later(self.month, 1)

    def get_context_data(self, **kwargs):
        this = timezone.localdate().replace(day=1)
        before = _months_later(self.month, -1)
        around = {"month_before": before if before >= this else None, "month_after": _months_later(self.month, 1)}
        return super().get_context_data(**around, **kwargs)


# As groups:find: a whole postcode comes in by POST, and only its first half goes on. It changes nothing.
@method_decorator(csrf_exempt, name="dispatch")
class CalendarNear(FormPage):
    public = True
    form_class = FindGroupForm
    template_name = "groups/calendar_near.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(asked=ActivityFilter(self.request.GET).asked(), **kwargs)

    def form_valid(self, form):
        question = ActivityFilter(self.request.GET).asked(near=form.cleaned_data["postcode"].outward)
        response = redirect(f"{reverse('groups:calendar')}?{question}")
        response.status_code = 303
        return response


class ActivityDetail(DetailPage):
    public = True
    context_object_name = "activity"
    template_name = "groups/activity_detail.html"

    def get_queryset(self):
        return in_public().with_seats()

    def render_to_response(self, context, **kwargs):
        if self.object.slug != self.kwargs["slug"]:
            return redirect(self.object.get_absolute_url())
        return super().render_to_response(context, **kwargs)

    def get_context_data(self, **kwargs):
        now = timezone.now()
        activity = self.object
        others = in_public().upcoming(now).filter(group=activity.group_id).exclude(pk=activity.pk)
        return super().get_context_data(
            is_over=activity.is_over(now),
            takes_bookings=activity.takes_bookings(now),
            others=others[:3],
            **kwargs,
        )


class CalendarIcs(Door, View):
    """What is on as a file, or as something a calendar asks for again and again; with the same questions."""

    public = True

    def get(self, request):
        since = timezone.now() - FEED_LOOKS_BACK
        activities = ActivityFilter(request.GET, queryset=in_public().not_over(since))
        if not activities.is_valid():
            raise Http404
        group = activities.form.cleaned_data["group"]
        name = group.name if isinstance(group, LocalGroup) else "Welcoming activities"
        return ics.answer(activities.qs[:FEED_AT_MOST], name=name, filename="welcoming-activities")


class ActivityIcs(Door, View):
    public = True

    def get(self, request, pk, slug):
        activity = get_object_or_404(in_public(), pk=pk)
        return ics.answer([activity], name=activity.title, filename=f"activity-{activity.pk}")
