"""The mailing desk: look at it, check it, send it, watch it, see what came of it. Every page is for national staff."""

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from campaigns import actions
from campaigns.admin import figures
from campaigns.admin.waiting import clock, quiet_hours
from campaigns.forms import DoubtForm, ScheduleForm
from campaigns.models import Audience, Mailing
from sanctuary import access
from sanctuary.post.message import CompileError
from sanctuary.views import ActionView, Door, FormPage, Page

State = Mailing.State
STARTED = [State.SENDING, State.PAUSED, State.STOPPED, State.DONE]
MOST_IN_DOUBT = 200
# What a browser may do with the email that we show inside a page: draw it, and nothing else.
MAIL_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


def furniture(mailing: Mailing, page: str) -> dict:
    """What stands on every page of one mailing: the rooms of its desk and how far along it is."""
    rooms = [("change", "Write"), ("preview", "Look"), ("check", "Check and send")]
    if mailing.state in STARTED:
        rooms = [("change", "Read"), ("live", "Sending"), ("results", "Results")]
    elif mailing.state == State.SCHEDULED:
        rooms = [("change", "Read"), ("preview", "Look"), ("live", "Sending")]
    items = [{"text": text, "href": url(mailing, name), "current": name == page} for name, text in rooms]
    return {"rooms": items, "states": figures.states_of(mailing), "mailing": mailing}


def url(mailing: Mailing, page: str) -> str:
    return reverse(f"admin:campaigns_mailing_{page}", args=[mailing.pk])


class Desk(Door):
    """Stands before the base of a page about one mailing."""

    rule = "campaigns.send"
    name = ""
    title = ""
    model_admin: admin.ModelAdmin | None = None

    @cached_property
    def mailing(self) -> Mailing:
        rows = Mailing.objects.national().select_related("campaign", "controller", "author", "approved_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        site = self.model_admin.admin_site.each_context(self.request)
        titles = {"title": self.title, "subtitle": str(self.mailing), "opts": Mailing._meta}
        return super().get_context_data(**site, **titles, **furniture(self.mailing, self.name), **kwargs)


class Preview(Desk, Page):
    """The email as one person would get it."""

    name, title = "preview", "Look at it"
    template_name = "admin/campaigns/mailing/preview.html"

    def get_context_data(self, **kwargs):
        people = actions.sample_recipients(self.mailing)
        chosen = reader(self.request, people)
        try:
            shown = actions.preview(self.mailing, chosen) if chosen else actions.preview(self.mailing)
        except CompileError as error:
            # What is wrong in the words a writer may use, if that is the reason.
            known = [problem.message for problem in actions.problems_in(self.mailing)]
            return super().get_context_data(problem=" ".join(known) or str(error), **kwargs)
        number = people.index(chosen) + 1 if chosen else 0
        return super().get_context_data(people=people, number=number, shown=shown, **kwargs)


class PreviewHtml(Desk, View):
    """The HTML part alone, for the frame on the preview page. It can run nothing and reach nothing."""

    def get(self, request, *args, **kwargs):
        self.require(self.mailing)
        return letter(request, self.mailing)


def letter(request, mailing: Mailing) -> HttpResponse:
    """The HTML part alone, for a frame of our own. It can run nothing and reach nothing."""
    chosen = reader(request, actions.sample_recipients(mailing))
    try:
        shown = actions.preview(mailing, *filter(None, [chosen]))
    except CompileError:
        return HttpResponse("", status=422)
    response = HttpResponse(shown.html)
    response._csp_exempt = True
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def reader(request, people: list):
    """The real person chosen by number, or None for the made-up one."""
    number = request.GET.get("as", "0")
    return people[int(number) - 1] if number in {str(n) for n in range(1, len(people) + 1)} else None


class Check(Desk, FormPage):
    """What is wrong, who gets it and who does not, and the one button that sends it."""

    name, title = "check", "Check and send"
    template_name = "admin/campaigns/mailing/check.html"
    form_class = ScheduleForm

    def get_initial(self):
        return {"seen": self.mailing.content_hash}

    def get_context_data(self, **kwargs):
        counts = Audience.of(self.mailing).count(self.mailing)
        return super().get_context_data(
            problems=actions.check_mailing(self.mailing),
            counts=counts,
            reasons=figures.reasons(counts),
            sentence=figures.sentence(self.mailing),
            needs_approval=counts.recipients > settings.FOUR_EYES_ABOVE,
            four_eyes_above=settings.FOUR_EYES_ABOVE,
            undo_minutes=settings.MAILING_UNDO_MINUTES,
            quiet_hours=quiet_hours(self.mailing, timezone.now()),
            can_approve=access.allows("campaigns.approve_mailing", self.request.user, self.mailing),
            **kwargs,
        )

    def act(self, form):
        said = form.cleaned_data
        return actions.schedule_mailing(
            self.mailing, by=self.request.user, seen=said["seen"], starts_at=said["starts_at"]
        )

    def get_success_url(self):
        starts = timezone.localtime(self.outcome.starts_at)
        messages.success(self.request, f"Scheduled for {self.outcome.counts['recipients']:,} people.")
        leaves = actions.leaves_at(self.outcome)
        if leaves != self.outcome.starts_at:
            messages.info(self.request, f"It will wait until {clock(leaves, timezone.now())}: the night is quiet.")
        elif starts.hour >= 22 or starts.hour < 7:
            messages.warning(self.request, "It will arrive at night. You can undo this and choose another time.")
        return url(self.mailing, "live")


class OneVerb:
    """Stands before an ActionView: a verb of a mailing, by its name, and what is said when it is done."""

    model = Mailing
    verb, back, said = "", "check", ""

    def act(self, mailing):
        getattr(actions, self.verb)(mailing, by=self.request.user, **self.details())
        messages.success(self.request, self.said)

    def details(self) -> dict:
        return {}


class Verb(OneVerb, Desk, ActionView):
    """A button: one verb of a mailing, then back to the page it stands on."""

    def get_object(self, queryset=None):
        return self.mailing

    def get_success_url(self, mailing):
        return url(mailing, self.back)


class Approve(Verb):
    rule = "campaigns.approve_mailing"
    verb, said = "approve_mailing", "You approved this email as it stands now."

    def details(self):
        return {"seen": self.request.POST.get("seen", "")}


class Pause(Verb):
    verb, back, said = "pause_mailing", "live", "Sending is paused."

    def details(self):
        # Their name, never their address: the other people of the desk read it.
        return {"reason": f"{self.request.user.name or 'A colleague'} paused it."}


class Live(Desk, Page):
    """How far it has come, and the brakes."""

    name, title = "live", "Sending"
    template_name = "admin/campaigns/mailing/live.html"

    def get(self, request, *args, **kwargs):
        if self.mailing.state == State.DRAFT:
            return redirect(url(self.mailing, "check"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        leaves = actions.leaves_at(self.mailing)
        return super().get_context_data(now=figures.progress(self.mailing), leaves=leaves, **kwargs)


class LivePart(Live):
    """The part of the live page that changes, for the poller."""

    template_name = "admin/campaigns/mailing/_progress.html"


class Stop(Desk, Page):
    """Stopping cannot be undone, so it asks first."""

    name, title = "stop", "Stop for good?"
    template_name = "admin/campaigns/mailing/stop.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(now=figures.progress(self.mailing), **kwargs)

    def post(self, request, *args, **kwargs):
        self.require(self.mailing)
        actions.stop_mailing(self.mailing, by=request.user)
        messages.success(request, "Sending has stopped. Nobody else will get this email.")
        return redirect(url(self.mailing, "live"))


class Doubt(Desk, FormPage):
    """People who may or may not have got it: a human decides."""

    name, title = "doubt", "In doubt"
    template_name = "admin/campaigns/mailing/doubt.html"
    form_class = DoubtForm

    @cached_property
    def rows(self) -> list:
        return list(self.mailing.deliveries.in_doubt().order_by("seq")[:MOST_IN_DOUBT])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"seqs": [row.seq for row in self.rows]}

    def get_context_data(self, **kwargs):
        return super().get_context_data(rows=self.rows, **kwargs)

    def act(self, form):
        again = form.cleaned_data["choice"] == "again"
        seqs = form.cleaned_data["seqs"]
        return actions.settle_doubt(self.mailing, seqs, send_again=again, by=self.request.user)

    def get_success_url(self):
        messages.success(self.request, f"Done for {self.outcome:,} people.")
        return url(self.mailing, "live")


class Results(Desk, Page):
    """What came of it: acts first."""

    name, title = "results", "Results"
    template_name = "admin/campaigns/mailing/results.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**figures.results(self.mailing), **kwargs)


def pages(model_admin: admin.ModelAdmin) -> dict:
    """Every address of the desk, by the last part of it."""
    views = {
        "preview": (Preview, {}),
        "preview/html": (PreviewHtml, {}),
        "check": (Check, {}),
        "test": (Verb, {"verb": "send_test", "said": "A test is on its way to your own address."}),
        "approve": (Approve, {}),
        "unschedule": (Verb, {"verb": "unschedule_mailing", "said": "Taken back. Nobody has had it."}),
        "live": (Live, {}),
        "live/part": (LivePart, {}),
        "pause": (Pause, {}),
        "resume": (Verb, {"verb": "resume_mailing", "back": "live", "said": "Sending goes on."}),
        "stop": (Stop, {}),
        "doubt": (Doubt, {}),
        "results": (Results, {}),
    }
    return {name: view.as_view(model_admin=model_admin, **options) for name, (view, options) in views.items()}
