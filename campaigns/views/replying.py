"""What representatives answered: told behind a signed link, and shown to everybody once staff have read it."""

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from campaigns import actions
from campaigns.actions.replying import LINK_LASTS_DAYS, REPLY
from campaigns.forms.replying import ReplyForm
from campaigns.models import Action, ActionTaken, Campaign, Stance
from sanctuary.people import tokens
from sanctuary.views import FormPage, ListPage, SecretLink

POSITIONS = [Stance.Position.SUPPORTS, Stance.Position.UNCLEAR, Stance.Position.OPPOSES]


class TellReply(SecretLink, FormPage):
    """Did they answer?"""

    template_name = "campaigns/reply.html"
    form_class = ReplyForm

    @cached_property
    def taken(self) -> ActionTaken | None:
        try:
            (pk,) = tokens.read(REPLY, self.kwargs["token"], max_days=LINK_LASTS_DAYS)
        except (tokens.BadToken, ValueError):
            return None
        letters = ActionTaken.objects.confirmed().filter(
            action__kind=Action.Kind.WRITE, action__campaign__slug=self.kwargs["slug"]
        )
        return letters.select_related("action__campaign", "supporter").filter(pk=pk).first()

    def refusal(self, request):
        if self.taken is None:
            words = {"words": "This link no longer works"}
            return self.response_class(request=request, template="campaigns/link_ended.html", context=words, status=410)
        return None

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"readers": actions.readers_of(self.taken)}

    def get_context_data(self, **kwargs):
        told = self.request.GET.get("told")
        return super().get_context_data(campaign=self.taken.action.campaign, told=told, **kwargs)

    def act(self, form):
        return actions.tell_reply(self.taken, **form.told()) if form.has_answer else None

    def form_valid(self, form):
        response = super().form_valid(form)
        return response if form.errors or form.has_answer else redirect(self.here + "?told=later")

    @property
    def here(self) -> str:
        return reverse("campaigns:reply", args=[self.kwargs["slug"], self.kwargs["token"]])

    def get_success_url(self):
        return self.here + "?told=yes"


class Replies(ListPage):
    """Where representatives stand, each by what they said last."""

    public = True
    template_name = "campaigns/replies.html"
    context_object_name = "stances"

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(Campaign.objects.public(), slug=self.kwargs["slug"])

    @cached_property
    def checked(self):
        return Stance.objects.checked().for_campaign(self.campaign)

    def get_queryset(self):
        return self.checked.latest().order_by("place", "name", "pk")

    def get_context_data(self, **kwargs):
        counts = self.checked.counts()
        stands = [(position.label, counts.get(position, 0)) for position in POSITIONS]
        return super().get_context_data(campaign=self.campaign, stands=stands, **kwargs)
