"""What can be done, and the thanks after it was done."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from campaigns import actions
from campaigns.models import ActionTaken, Campaign, numbers
from sanctuary.people import tokens
from sanctuary.views import ListPage, Page, SecretLink

DONE = "act-done"
OWNER = 1
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
    queryset = Campaign.objects.over().with_numbers().order_by("-created_at")

    def get_context_data(self, **kwargs):
        live = Campaign.objects.live().with_numbers() if self.on_first_page else []
        return super().get_context_data(live=live, **kwargs)

    @property
    def on_first_page(self) -> bool:
        return self.request.GET.get("page", "1") == "1"


class Done(Key, Page):
    """Thank you, the truth about the numbers, and one next step. Without a key it thanks anybody."""

    template_name = "campaigns/done.html"

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(Campaign.objects.public(), slug=self.kwargs["slug"])

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        return ("token" in self.kwargs and self.read(DONE, PAGE_LASTS_DAYS)) or ()

    @cached_property
    def taken(self) -> ActionTaken | None:
        found = self.numbers
        theirs = ActionTaken.objects.confirmed().for_campaign(self.campaign).select_related("action", "supporter")
        return theirs.filter(pk=found[0]).first() if found else None

    @cached_property
    def is_owner(self) -> bool:
        """They pressed the button of a letter to them alone. Other emails are passed on, and so are their buttons."""
        return self.numbers[1:] == (OWNER,)

    def post(self, request, *args, **kwargs):
        if self.taken and self.taken.supporter_id and "name" in request.POST:
            actions.send_name_link(self.taken)
            messages.success(request, "Now check your email. The link in it shows how we name you, and changes it.")
        return redirect(request.path)

    def get_context_data(self, **kwargs):
        taken = self.taken
        about = {
            "campaign": self.campaign,
            "taken": taken,
            "is_owner": self.is_owner,
            "supporter": taken.supporter if taken else None,
            "standing": numbers.standing_of(taken, self.campaign) if taken else None,
        }
        return super().get_context_data(**kwargs | about)


def done_url(taken: ActionTaken, *, is_owner: bool = False) -> str:
    """Where somebody who has acted is thanked. `is_owner`: they pressed a button in a letter to them alone."""
    token = tokens.make(DONE, taken.pk, OWNER) if is_owner else tokens.make(DONE, taken.pk)
    return reverse("campaigns:done", args=[taken.action.campaign.slug, token])
