"""The public pages around an act: the letter that waits, confirming, and the way in from our own emails."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property

from campaigns import actions
from campaigns.actions.sourcing import source_code
from campaigns.actions.taking import CONFIRM
from campaigns.forms import ShownForm
from campaigns.models import Action, ActionTaken, Campaign, Mailing
from campaigns.models.action import CONFIRM_WITHIN, EMAIL_QUESTION
from campaigns.views.acting import SENT
from campaigns.views.done import PAGE_LASTS_DAYS, Key, done_url
from sanctuary.people.models import Merge, Supporter
from sanctuary.views import Page

FROM_MAIL = "act"
LINK_LASTS_DAYS = 90


class Sent(Key, Page):
    """Open the email we sent you."""

    template_name = "campaigns/sent.html"

    def get_context_data(self, **kwargs):
        campaign = get_object_or_404(Campaign.objects.public(), slug=self.kwargs["slug"])
        numbers = self.read(SENT, PAGE_LASTS_DAYS)
        found = ActionTaken.objects.filter(pk=numbers[0]).first() if numbers else None
        # A link from before an update says no more than what waits; it need not be of this campaign.
        asked = campaign.actions.filter(pk=[*numbers, found.action_id][1]).first() if found else None
        about = {"address": found.email, "kind": asked.kind} if asked else {}
        return super().get_context_data(campaign=campaign, **about, **kwargs)


class ConfirmAction(Key, Page):
    """GET shows a button, for programs open links too; POST confirms."""

    template_name = "campaigns/confirm.html"

    @cached_property
    def taken(self) -> ActionTaken | None:
        numbers = self.read(CONFIRM, CONFIRM_WITHIN.days)
        return ActionTaken.objects.filter(pk=numbers[0]).select_related("action__campaign").first() if numbers else None

    def get(self, request, *args, **kwargs):
        if self.taken is None:
            return self.ended("This link no longer works")
        if self.taken.confirmed_at:
            return redirect(done_url(self.taken, is_owner=True))
        about = {"taken": self.taken, "campaign": self.taken.action.campaign, "address": self.taken.email}
        # Anybody can type an address and tick for it: its owner reads what they would say yes to.
        about |= {"ticks": self.taken.partner_ticks.select_related("wording"), "email_question": EMAIL_QUESTION}
        return super().get(request, *args, form=ShownForm(), **about, **kwargs)

    def post(self, request, *args, **kwargs):
        if self.taken is None:
            return self.ended("This link no longer works")
        try:
            taken = actions.confirm_action(self.taken, shown=self.wish())
            return redirect(done_url(taken, is_owner=True))
        except ActionTaken.DoesNotExist:
            return self.ended("This link no longer works")
        except ValidationError as error:
            return self.ended(error.messages[0])

    def wish(self) -> str:
        """How they want to be shown. Asked here, of the owner of the mailbox: nobody can choose it for another."""
        form = ShownForm(self.request.POST)
        return form.cleaned_data["shown"] if form.is_valid() else ""

    def ended(self, words: str):
        return self.response_class(
            request=self.request, template="campaigns/link_ended.html", context={"words": words}, status=410
        )


class FromMail(Key, Page):
    """The action page for somebody who came from an email. A bad link leads to the open page.

    They sign with one button, and begin a letter as somebody we know. What is asked of an organisation, of a guest of a
    group or of their friends is not asked of the person we wrote to: that leads to its own page.
    """

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        if self.action is not None and self.action.kind == Action.Kind.WRITE:
            # Its form is taken by another page of ours, which looks where it came from. No other site is told.
            response.headers["Referrer-Policy"] = "same-origin"
        return response

    def get_template_names(self):
        is_letter = self.action.kind == Action.Kind.WRITE
        return ["campaigns/from_mail_write.html" if is_letter else "campaigns/from_mail.html"]

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(Campaign.objects.public(), slug=self.kwargs["slug"])

    @cached_property
    def action(self):
        return self.campaign.actions.select_related("campaign").first()

    @cached_property
    def guest(self) -> tuple[Supporter, Mailing] | None:
        numbers = self.read(FROM_MAIL, LINK_LASTS_DAYS)
        if numbers is None or len(numbers) != 2 or not self.campaign.is_live or self.action is None:
            return None
        supporter = Merge.objects.person_behind(numbers[0])
        mailing = Mailing.objects.filter(pk=numbers[1], campaign=self.campaign).first()
        return (supporter, mailing) if supporter and supporter.email and mailing else None

    def get(self, request, *args, **kwargs):
        if self.guest is None:
            return redirect(self.campaign)
        if self.action.kind not in (Action.Kind.SIGN, Action.Kind.WRITE):
            return self.elsewhere()
        about = {"campaign": self.campaign, "action": self.action, "address": self.guest[0].email}
        return super().get(request, *args, mail=self.kwargs["token"], **about, **kwargs)

    def elsewhere(self):
        """The open page of what is asked, which still learns through which email they came."""
        group = self.guest[1].group
        came = f"?from={source_code(self.campaign, 'group', group)}" if group else ""
        return redirect(self.action.get_absolute_url() + came)

    def post(self, request, *args, **kwargs):
        if self.guest is None:
            return redirect(self.campaign)
        if self.action.kind != Action.Kind.SIGN:
            return self.elsewhere()
        try:
            return redirect(done_url(actions.act_from_mail(self.action, *self.guest)))
        except (ValidationError, Supporter.DoesNotExist):
            return redirect(self.campaign)
