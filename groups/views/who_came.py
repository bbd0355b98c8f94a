"""Writing up an activity, second page: who came, how many in all, and did strangers meet?"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlencode

import segno
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import mark_safe

from groups import actions
from groups.forms import WhoCameForm
from groups.models import Activity, Attendance, Membership, PulseAnswer
from groups.views.pulse import pulse_url
from groups.views.room import Room
from sanctuary import access
from sanctuary.views import FormPage, Page

TICKS_SHOWN = 20
MOST_FOUND = 10
LATELY = timedelta(weeks=26)


@dataclass
class Tick:
    """One line of the list."""

    membership: Membership
    name: str
    is_ticked: bool
    note: str = ""
    is_found: bool = False


class OfActivity(Room):
    """About one activity of the group; another group's is not there."""

    @cached_property
    def activity(self):
        found = Activity.objects.filter(group=self.group).select_related("log", "stream")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @cached_property
    def log(self):
        return getattr(self.activity, "log", None)

    def get_context_data(self, **kwargs):
        return super().get_context_data(activity=self.activity, log=self.log, **kwargs)

    @property
    def is_to_come(self) -> bool:
        return timezone.localdate(self.activity.starts_at) > timezone.localdate()


class WhoCame(OfActivity, FormPage):
    rule = "groups.manage"
    form_class = WhoCameForm
    template_name = "groups/who_came.html"

    def get_initial(self):
        log, stream = self.log, self.activity.stream_id
        if log is None:
            return {"stream": stream}
        co_run = {True: "yes", False: "no"}.get(log.is_co_run)
        told = {name: getattr(log, name) for name in ("total_count", "seeking", "contact", "note", "reached_count")}
        return told | {"is_co_run": co_run, "stream": stream}

    def act(self, form):
        """Keep what is on the page. A single name that fits is ticked; of several, the next page asks who is meant."""
        given = form.cleaned_data
        came, newcomer = list(given["who"]), None
        self.found = self._matching(given["q"]) if form.step == "add" else []
        if len(self.found) == 1:
            came.append(self.found[0].pk)
        if form.step == "new":
            newcomer = self._newcomer(form)
        return actions.record_activity(
            self.activity,
            by=self.request.user,
            answers=form.answers(),
            stream=given["stream"],
            seen=given["seen"] or 0,
            came=came,
            not_came=set(given["was"]) - set(came),
            newcomer=newcomer,
            finish=form.step == "save",
        )

    def _newcomer(self, form):
        newcomer = form.newcomer()
        if not form.is_sure() and self._matching(newcomer["name"]):
            self.sure = newcomer["name"]
            words = "Somebody of that name is in your group. Tick them below, or press again to add another person"
            raise ValidationError({"new_name": ValidationError(words, code="known")})
        return newcomer

    def _matching(self, text):
        mine = Membership.objects.current().filter(group=self.group).named(text)
        if not access.allows("groups.see_members", self.request.user, self.group):
            # Last names are not for helpers, so they cannot be fished for.
            mine = mine.filter(supporter__name__istartswith=text.strip())
        return list(mine.with_supporter().order_by("supporter__name", "pk")[: MOST_FOUND + 1])

    def form_valid(self, form):
        try:
            self.outcome = self.act(form)
        except ValidationError as error:
            if getattr(error, "code", "") == "changed_meanwhile":
                for known in ("activity", "log"):
                    self.__dict__.pop(known, None)
                self.has_seen = True
            form.add_error(None, error)
            return self.form_invalid(form)
        return HttpResponseRedirect(self._next(form))

    def _next(self, form) -> str:
        here = reverse("groups:who_came", args=[self.group.slug, self.activity.pk])
        if form.step == "save":
            return reverse("groups:who_came_done", args=[self.group.slug, self.activity.pk])
        if form.step == "add" and len(self.found) != 1:
            return f"{here}?{urlencode({'find': form.cleaned_data['q']})}#add"
        added = self.found[0] if self.found else self.outcome.newcomer
        return f"{here}?added={added.pk}#add"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        form = context["form"]
        asked = getattr(self, "sure", "") or self.request.GET.get("find", "")[:100]
        found = self._matching(asked) if asked else []
        ticked = self._ticked(form)
        ticks = self._ticks(ticked, found[:MOST_FOUND])
        return context | {
            "ticks": ticks,
            "was": self._was(form, ticks),
            "seen": self._seen(form),
            "asked": asked,
            "found_count": len(found),
            "found_too_many": len(found) > MOST_FOUND,
            "sure": getattr(self, "sure", ""),
            "added": self._added(ticks),
            "has_left_count": self._left_count(),
            "is_to_come": self.is_to_come,
            "booked_count": self.activity.bookings.coming().seats(),
        }

    def _added(self, ticks) -> str:
        """Whose name was just added, if their number is in the address."""
        added = self.request.GET.get("added")
        return next((tick.name for tick in ticks if str(tick.membership.pk) == added), "")

    def _ticked(self, form) -> set[int] | None:
        """The boxes as they were sent; None when the page is opened, and what is kept counts."""
        return set(WhoCameForm.base_fields["who"].to_python(form.data.getlist("who"))) if form.is_bound else None

    def _was(self, form, ticks) -> list[int]:
        """What was ticked when the page was opened, so that only a box that was emptied here takes a name off."""
        if form.is_bound:
            return WhoCameForm.base_fields["was"].to_python(form.data.getlist("was"))
        return [tick.membership.pk for tick in ticks if tick.is_ticked]

    def _seen(self, form) -> int:
        """The answers' edition that this page shows; after a clash, the one they were told about."""
        if form.is_bound and not getattr(self, "has_seen", False):
            return form.data.get("seen", "0")[:9]
        return self.log.edition if self.log else 0

    def _ticks(self, ticked, found) -> list[Tick]:
        mine = Membership.objects.current().people().filter(group=self.group).with_supporter().order_by("pk")
        there = mine.who_came_to(self.activity)
        first = list(there | mine.filter(pk__in=ticked or []))
        came = {each.pk for each in there} if ticked is None else ticked
        booked = list(mine.filter(supporter__in=self.activity.bookings.coming().values("supporter")))
        regulars = self._regulars(mine)
        rows = {each.pk: each for each in [*found, *first, *booked, *regulars]}
        names, notes = short_names(rows.values()), {each.pk: "booked" for each in booked}
        asked = {each.pk for each in found}
        return [Tick(each, names[pk], pk in came, notes.get(pk, ""), pk in asked) for pk, each in rows.items()]

    def _regulars(self, mine) -> list[Membership]:
        """Those who come often, then the newest members, so that a young group has a list too."""
        now = timezone.now()
        order = Attendance.objects.for_group(self.group).between(now - LATELY, now).regulars(TICKS_SHOWN)
        regulars = sorted(mine.filter(supporter__in=order), key=lambda each: order.index(each.supporter_id))
        newest = mine.exclude(supporter__in=order).order_by("-joined_on", "-pk")[: TICKS_SHOWN - len(regulars)]
        return [*regulars, *newest]

    def _left_count(self) -> int:
        """Names we no longer show: those who came and have left the group. They stay counted."""
        mine = Membership.objects.current().people().filter(group=self.group)
        return self.activity.attendances.exclude(supporter__in=mine.values("supporter")).count()


def short_names(memberships) -> dict[int, str]:
    """First names; with the letter of the last name where two on the list share the first."""
    memberships = list(memberships)
    first = Counter(each.supporter.first_name.casefold() for each in memberships)
    names = {}
    for each in memberships:
        person = each.supporter
        words = person.name.split()
        is_shared = first[person.first_name.casefold()] > 1
        names[each.pk] = f"{words[0]} {words[-1][0]}." if is_shared and len(words) > 1 else person.first_name
    shared = Counter(name.casefold() for name in names.values())
    for each in memberships:
        if shared[names[each.pk].casefold()] > 1:
            names[each.pk] += f" (since {each.joined_on:%b %Y})"
    return names


class WhoCameDone(OfActivity, Page):
    rule = "groups.manage"
    template_name = "groups/who_came_done.html"

    def get(self, request, *args, **kwargs):
        self.require()
        if self.log is None or self.log.logged_at is None:
            return redirect("groups:who_came", self.group.slug, self.activity.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        named = self.activity.attendances.count()
        url = pulse_url(self.activity)
        return context | {
            "named_count": named,
            "unnamed_count": self.log.total_count - named,
            "results": PulseAnswer.objects.for_activity(self.activity).results(),
            "next": Activity.objects.filter(group=self.group).unlogged(timezone.now()).first(),
            "pulse_url": url,
            "qr": _qr(url),
        }


def _qr(url: str) -> str:
    drawn = BytesIO()
    segno.make(url, error="m").save(drawn, kind="svg", scale=4, xmldecl=False, svgns=False, omitsize=True, border=2)
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 - drawn from our own address
