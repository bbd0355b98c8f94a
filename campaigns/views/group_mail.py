"""Email my group: write it, choose to whom, look at it and send it."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from campaigns import actions
from campaigns.admin import figures
from campaigns.admin.desk import letter, reader
from campaigns.admin.waiting import clock, quiet_hours
from campaigns.forms import GroupAudienceForm, GroupMailForm, GroupScheduleForm
from campaigns.models import Audience, Campaign, Mailing
from campaigns.models.mailing import GROUP_KINDS, GROUP_MOST, GROUP_WITHIN
from campaigns.views.mail_room import MailRoom, State, Written, url
from groups.models import GroupRole
from groups.views.room import Room
from sanctuary import access
from sanctuary.post.message import CompileError
from sanctuary.views import Door, FormPage, ListPage, Page

Purpose = Mailing.Purpose


class GroupMailList(Room, ListPage):
    """The group's emails with what came of them, newest first."""

    rule = "groups.coordinate"
    template_name = "campaigns/group_mail_list.html"
    paginate_by = 20

    def get_queryset(self):
        return Mailing.objects.of_group(self.group).with_results().select_related("author").order_by("-pk")

    def get_context_data(self, **kwargs):
        limits = {"most": GROUP_MOST, "days": GROUP_WITHIN.days}
        return super().get_context_data(**limits, **kwargs)


class GroupMailNew(MailRoom, FormPage):
    """A starting point, then the words. Nothing is kept before they are saved."""

    step = "write"
    template_name = "campaigns/group_mail_write.html"
    form_class = GroupMailForm

    def get_template_names(self):
        return [self.template_name if self.start else "campaigns/group_mail_start.html"]

    @cached_property
    def campaign(self) -> Campaign | None:
        slug = self.request.GET.get("campaign", "")
        found = Campaign.objects.live().filter(slug=slug).first() if slug.isprintable() else None
        if slug and found is None:
            raise Http404
        return found

    @property
    def start(self) -> str:
        start = self.request.GET.get("start", "")
        return "campaign" if self.campaign else start if start in ("activities", "blank") else ""

    @cached_property
    def mailing(self) -> Mailing:
        about = {"campaign": Purpose.CAMPAIGNS, "activities": Purpose.ACTIVITIES}.get(self.start, Purpose.NEWS)
        return Mailing(group=self.group, campaign=self.campaign, purpose=about)

    def words(self) -> actions.Words:
        if self.campaign:
            return actions.national_call(self.group, self.campaign)
        return {"activities": actions.next_activities, "blank": actions.blank}.get(self.start, actions.blank)(
            self.group
        )

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": self.mailing}

    def get_initial(self):
        return self.words()._asdict()

    def get_context_data(self, **kwargs):
        calls = [] if self.start else list(Campaign.objects.live().order_by("-created_at")[:5])
        fields = actions.fields_of(self.mailing)
        return super().get_context_data(calls=calls, fields=fields, mailing=self.mailing, **kwargs)

    def act(self, form):
        return actions.write_group_mailing(form.instance, group=self.group, by=self.request.user)

    def get_success_url(self):
        return url(self.outcome, "who")


class GroupMailWrite(Written, FormPage):
    """Change the words of a draft."""

    step = "write"
    template_name = "campaigns/group_mail_write.html"
    form_class = GroupMailForm

    def get(self, request, *args, **kwargs):
        if not self.mailing.is_editable:
            return redirect(url(self.mailing, "one"))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": self.mailing}

    def get_context_data(self, **kwargs):
        return super().get_context_data(fields=actions.fields_of(self.mailing), **kwargs)

    def act(self, form):
        seen = form.cleaned_data["seen"]
        return actions.write_group_mailing(form.instance, group=self.group, by=self.request.user, seen=seen)

    def get_success_url(self):
        return url(self.outcome, "who")


class GroupMailWho(Written, FormPage):
    """To whom, with how many of them will get it."""

    step = "who"
    template_name = "campaigns/group_mail_who.html"
    form_class = GroupAudienceForm

    def get(self, request, *args, **kwargs):
        if not self.mailing.is_editable:
            return redirect(url(self.mailing, "one"))
        return super().get(request, *args, **kwargs)

    @cached_property
    def counts(self) -> dict:
        """Of every choice but the ticked people, who are still to be ticked."""
        kinds = [kind for kind in GROUP_KINDS if kind != Audience.Kind.TICKED]
        return {kind: Audience(kind, str(self.group.pk)).count(self.mailing) for kind in kinds}

    def get_form_kwargs(self):
        numbers = {kind: counts.recipients for kind, counts in self.counts.items()}
        return super().get_form_kwargs() | {"instance": self.mailing, "group": self.group, "numbers": numbers}

    def get_context_data(self, **kwargs):
        everyone = self.counts[Audience.Kind.GROUP]
        return super().get_context_data(counts=everyone, reasons=figures.reasons(everyone), **kwargs)

    def act(self, form):
        seen = form.cleaned_data["seen"]
        return actions.write_group_mailing(form.instance, group=self.group, by=self.request.user, seen=seen)

    def get_success_url(self):
        return url(self.outcome, "check")


class GroupMailCheck(MailRoom, FormPage):
    """The email as it will be, what is wrong with it, who gets it, and the one button that sends it."""

    step = "check"
    template_name = "campaigns/group_mail_check.html"
    form_class = GroupScheduleForm

    def get(self, request, *args, **kwargs):
        if not self.mailing.is_editable:
            return redirect(url(self.mailing, "one"))
        return super().get(request, *args, **kwargs)

    def get_initial(self):
        return {"seen": self.mailing.content_hash}

    def get_context_data(self, **kwargs):
        mailing, now = self.mailing, timezone.now()
        counts = Audience.of(mailing).count(mailing)
        free = actions.next_free(mailing, now)
        return super().get_context_data(
            problems=actions.check_mailing(mailing),
            counts=counts,
            reasons=figures.reasons(counts),
            sentence=figures.sentence(mailing),
            answers_to=actions.reply_address(mailing),
            needs_approval=counts.recipients > mailing.four_eyes_above,
            can_approve=access.allows("campaigns.approve_group_mailing", self.request.user, mailing),
            has_second=self.has_second(),
            free=free if free != now else None,
            undo_minutes=settings.MAILING_UNDO_MINUTES,
            quiet_hours=quiet_hours(mailing, now),
            **self.shown(),
            **kwargs,
        )

    def has_second(self) -> bool:
        """Whether anybody but its writer could approve it."""
        roles = GroupRole.objects.current(timezone.localdate()).coordinating().filter(group=self.group)
        return roles.filter(user__is_active=True).exclude(user=self.mailing.author_id).exists()

    def shown(self) -> dict:
        people = actions.sample_recipients(self.mailing)
        chosen = reader(self.request, people)
        try:
            shown = actions.preview(self.mailing, *filter(None, [chosen]))
        except CompileError:
            shown = None
        return {"people": people, "number": people.index(chosen) + 1 if chosen else 0, "shown": shown}

    def act(self, form):
        said = form.cleaned_data
        return actions.schedule_mailing(
            self.mailing, by=self.request.user, seen=said["seen"], starts_at=said["starts_at"]
        )

    def get_success_url(self):
        leaves = actions.leaves_at(self.outcome)
        if leaves != self.outcome.starts_at:
            words = f"The night is quiet, so it waits until {clock(leaves, timezone.now())}."
            messages.info(self.request, words)
        return url(self.outcome, "one")


class GroupMailLetter(MailRoom, Door, View):
    """The HTML part alone, for the frame on the page before. It can run nothing and reach nothing."""

    def get(self, request, *args, **kwargs):
        self.require()
        return letter(request, self.mailing)


class GroupMailOne(MailRoom, Page):
    """How far it has come, the brakes, and in the end what came of it."""

    template_name = "campaigns/group_mail_one.html"

    def mailings(self):
        return super().mailings().with_results()

    def get(self, request, *args, **kwargs):
        self.require()
        if self.mailing.state == State.DRAFT:
            return redirect(url(self.mailing, "check"))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        now = figures.progress(self.mailing) if self.mailing.frozen_at else None
        return super().get_context_data(now=now, leaves=actions.leaves_at(self.mailing), **kwargs)


class GroupMailPart(GroupMailOne):
    """The numbers alone, for whoever keeps the page open."""

    template_name = "campaigns/_group_mail_progress.html"
