"""Writing up an activity, first page: what was it, and when?"""

from django.shortcuts import redirect
from django.utils import timezone

from groups import actions
from groups.forms import LogForm
from groups.forms.recording import LONGEST_NUMBER
from groups.models import Activity
from groups.views.room import Room
from sanctuary.views import FormPage

WAITING_SHOWN = 6
AGAIN_SHOWN = 5
RECENT = 40


class Log(Room, FormPage):
    rule = "groups.manage"
    form_class = LogForm
    template_name = "groups/log_form.html"

    def get_initial(self):
        return {"when": "today"}

    def get_form_kwargs(self):
        waiting = list(self._activities().to_log(timezone.now())[:WAITING_SHOWN])
        again = self._again(waiting)
        kind, asked = self._asked()
        return super().get_form_kwargs() | {
            "waiting": waiting + [each for each in asked if kind == "a" and each not in waiting],
            "again": again + [each for each in asked if kind == "t" and each not in again],
        }

    def _activities(self):
        return Activity.objects.filter(group=self.group)

    def _asked(self):
        """What was chosen, even if the button, or somebody else, has taken it off the list meanwhile."""
        what = self.request.POST.get("what", "")
        number = what[1:]
        if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
            return "", []
        return what[0], list(self._activities().going_ahead().filter(pk=number, starts_at__lte=timezone.now()))

    def _again(self, waiting):
        """One of each title that took place lately and is not waiting anyway."""
        titles = {each.title.casefold() for each in waiting}
        found = []
        for activity in self._activities().going_ahead().over(timezone.now())[:RECENT]:
            if activity.title.casefold() not in titles and len(found) < AGAIN_SHOWN:
                titles.add(activity.title.casefold())
                found.append(activity)
        return found

    def act(self, form):
        kept = form.kept_activity()
        return kept or actions.note_activity(self.group, by=self.request.user, **form.new_activity())

    def form_valid(self, form):
        activity = self.act(form)
        return redirect("groups:who_came", self.group.slug, activity.pk)
