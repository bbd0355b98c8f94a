"""The public pages around an act: the list, the letter that waits, confirming, and what to do next."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from campaigns import actions
from campaigns.actions.taking import CONFIRM
from campaigns.models import ActionTaken, Campaign, Mailing
from campaigns.models.action import CONFIRM_WITHIN
from campaigns.views.acting import SENT
from sanctuary.people import tokens
from sanctuary.people.models import Merge, Supporter
from sanctuary.views import ListPage, Page, SecretLink

DONE, FROM_MAIL = "act-done", "act"
LINK_LASTS_DAYS = 90
PAGE_LASTS_DAYS = 1


class Key(SecretLink):
    """A page that a signed address opens."""

    def read(self, purpose: str, max_days: int) -> tuple[int, ...] | None:
        """The numbers in the address, or None when it is forged or too old."""
        try:
            return tokens.read(purpose, self.kwargs["token"], max_days=max_days)
        except tokens.BadToken:
            return None


class CampaignList(ListPage):
    """What can be done now; below it, what rests and what is over."""

    public = True
    template_name = "campaigns/campaign_list.html"
    queryset = Campaign.objects.over().with_names_count().order_by("-created_at")

    def get_context_data(self, **kwargs):
        live = Campaign.objects.live().with_names_count() if self.on_first_page else []
        return super().get_context_data(live=live, **kwargs)

    @property
    def on_first_page(self) -> bool:
        return self.request.GET.get("page", "1") == "1"


class Sent(Key, Page):
    """Open the email we sent you."""

    template_name = "campaigns/sent.html"

    def get_context_data(self, **kwargs):
        campaign = get_object_or_404(Campaign.objects.public(), slug=self.kwargs["slug"])
        numbers = self.read(SENT, PAGE_LASTS_DAYS)
        taken = ActionTaken.objects.filter(pk=numbers[0]).first() if numbers else None
        return super().get_context_data(campaign=campaign, address=taken.email if taken else "", **kwargs)


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
            return redirect(_done(self.taken))
        return super().get(request, *args, campaign=self.taken.action.campaign, address=self.taken.email, **kwargs)

    def post(self, request, *args, **kwargs):
        if self.taken is None:
            return self.ended("This link no longer works")
        try:
            return redirect(_done(actions.confirm_action(self.taken)))
        except ActionTaken.DoesNotExist:
            return self.ended("This link no longer works")
        except ValidationError as error:
            return self.ended(error.messages[0])

    def ended(self, words: str):
        return self.response_class(
            request=self.request, template="campaigns/link_ended.html", context={"words": words}, status=410
        )


class FromMail(Key, Page):
    """The action page for somebody who came from an email: one button. A bad link leads to the open page."""

    template_name = "campaigns/from_mail.html"

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(Campaign.objects.public().with_names_count(), slug=self.kwargs["slug"])

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
        return super().get(
            request, *args, campaign=self.campaign, action=self.action, address=self.guest[0].email, **kwargs
        )

    def post(self, request, *args, **kwargs):
        if self.guest is None:
            return redirect(self.campaign)
        try:
            return redirect(_done(actions.act_from_mail(self.action, *self.guest)))
        except (ValidationError, Supporter.DoesNotExist):
            return redirect(self.campaign)


class Done(Key, Page):
    """Thank you, and one next step. Without a key it thanks anybody."""

    template_name = "campaigns/done.html"

    def get_context_data(self, **kwargs):
        campaign = get_object_or_404(Campaign.objects.public().with_names_count(), slug=self.kwargs["slug"])
        numbers = self.read(DONE, PAGE_LASTS_DAYS) if "token" in self.kwargs else None
        taken = ActionTaken.objects.confirmed().filter(pk=numbers[0]).select_related("supporter") if numbers else None
        taken = taken.first() if taken else None
        return super().get_context_data(campaign=campaign, supporter=taken.supporter if taken else None, **kwargs)


def _done(taken: ActionTaken) -> str:
    return reverse("campaigns:done", args=[taken.action.campaign.slug, tokens.make(DONE, taken.pk)])
