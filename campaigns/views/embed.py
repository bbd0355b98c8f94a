"""Forms in a frame on somebody else's website. No other page of ours may be shown in one.

Why no cookie is needed: docs/decisions/29-frames-need-no-cookie.md.
"""

from http import HTTPStatus

from csp.decorators import csp_replace
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.functional import cached_property
from django.views.decorators.clickjacking import xframe_options_exempt

from campaigns.actions import start_act
from campaigns.forms.acting import Carried
from campaigns.forms.embedding import FramedPledgeForm, FramedSignForm
from campaigns.models import Action, ActionTaken, Campaign, Embed
from pledges.actions import WORDINGS, start_pledge
from pledges.models import Pledge
from sanctuary.people import tokens
from sanctuary.people.actions import ask_mailbox
from sanctuary.people.address import masked
from sanctuary.people.guard import MailboxAsked
from sanctuary.people.models import Supporter, Wording
from sanctuary.views import FormPage, Page

SENT = "embed-sent"
SENT_FOR_DAYS = 1
NEVER_SHOWN = {Campaign.State.DRAFT, Campaign.State.APPROVED}


class Frame:
    """Stands before a base view: finds the frame's row, and lets the websites named there show the page.

    A post is taken from our own page alone. The session is never asked: a browser would not send its cookie.
    """

    public = True
    policy: dict[str, list[str]] = {}

    @classmethod
    def as_view(cls, **initkwargs):
        view = super().as_view(**initkwargs)
        view.csrf_exempt = True  # a frame on another site has no cookie to compare with; see `comes_from_elsewhere`
        return view

    @cached_property
    def embed(self) -> Embed:
        found = Embed.objects.select_related("campaign", "group").filter(token=self.kwargs["token"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def ancestors(self) -> list[str]:
        return self.embed.ancestors

    @property
    def is_open(self) -> bool:
        """A campaign that was never shown to anybody is shown in no frame either."""
        campaign = self.embed.campaign
        return self.embed.is_active and (campaign is None or campaign.state not in NEVER_SHOWN)

    def dispatch(self, request, *args, **kwargs):
        def opened(request):
            if not self.is_open:
                return render(request, "campaigns/embed_ended.html", status=404)
            if request.method == "POST" and comes_from_elsewhere(request):
                return self.refusal()
            try:
                return super(Frame, self).dispatch(request, *args, **kwargs)
            except MailboxAsked as asked:
                return self.one_more_step(asked)

        page = opened
        if self.ancestors:
            page = csp_replace({"frame-ancestors": self.ancestors} | self.policy)(xframe_options_exempt(opened))
        response = page(request)
        add_never_cache_headers(response)
        return response

    def one_more_step(self, asked: MailboxAsked):
        """The page that says so elsewhere can be shown in no frame, so the frame says it itself."""
        ask_mailbox(asked.address, path=self.request.path, given=asked.given)
        return render(self.request, "campaigns/embed_asked.html", self.about())

    def refusal(self):
        return render(self.request, "campaigns/embed_refused.html", self.about(), status=403)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs | self.about())

    def about(self) -> dict:
        embed = self.embed
        return {"embed": embed, "campaign": embed.campaign, "group": embed.group}


def comes_from_elsewhere(request) -> bool:
    """Whether another page than ours sent this form: a browser says so in two ways, and other programs in none."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "")
    return site not in {"same-origin", "none"} or (origin != "" and origin != _own_origin(request))


def _own_origin(request) -> str:
    return f"{request.scheme}://{request.get_host()}"


class EmbedPage(Frame, FormPage):
    """The form itself. A campaign that asks for no name, or rests, shows the way to its page instead."""

    template_name = "campaigns/embed.html"

    @cached_property
    def action(self) -> Action | None:
        campaign = self.embed.campaign
        if campaign is None or not campaign.is_live:
            return None
        return campaign.actions.filter(kind=Action.Kind.SIGN).select_related("campaign").first()

    @property
    def has_form(self) -> bool:
        return self.embed.campaign is None or self.action is not None

    def get_form_class(self):
        return FramedPledgeForm if self.embed.campaign is None else FramedSignForm

    def get_form_kwargs(self):
        mine = {"embed": self.embed}
        if self.embed.campaign is None:
            mine["wordings"] = wordings()
        else:
            mine["partners"] = self.embed.campaign.partners.shown()
        return super().get_form_kwargs() | mine

    def get_initial(self):
        return Carried.codes_in(self.request.GET)

    def get_context_data(self, **kwargs):
        if not self.has_form:
            kwargs["form"] = None
        return super().get_context_data(action=self.action, **kwargs)

    def post(self, request, *args, **kwargs):
        return super().post(request, *args, **kwargs) if self.has_form else self.get(request, *args, **kwargs)

    def act(self, form):
        if self.action is not None:
            return start_act(self.action, **form.told(), **form.carried(), ticked=form.ticked())
        group = self.embed.group if self.embed.group and self.embed.group.is_live else None
        return start_pledge(kind=Supporter.Kind.PERSON, **form.pledge() | {"group": group})

    def form_valid(self, form):
        response = super().form_valid(form)
        if response.status_code == HTTPStatus.FOUND:
            response.status_code = HTTPStatus.SEE_OTHER
        return response

    def get_success_url(self):
        sent = tokens.make(SENT, self.embed.pk, self.outcome.pk)
        return reverse("campaigns:embed_sent", args=[self.embed.token, sent])


class EmbedLook(EmbedPage):
    """How it looks, for those who hand it out: shown in a frame on our own site, and sends nothing."""

    public = False
    rule = "signed_in"
    http_method_names = ["get", "head"]
    ancestors = ["'self'"]
    policy = {"form-action": ["'none'"]}

    @cached_property
    def embed(self) -> Embed:
        mine = Embed.objects.visible_to(self.request.user).select_related("campaign", "group")
        return get_object_or_404(mine, token=self.kwargs["token"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(looks_only=True, **kwargs)


class EmbedSent(Frame, Page):
    """Open the email we sent you."""

    template_name = "campaigns/embed_sent.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(address=self.address, **kwargs)

    @cached_property
    def address(self) -> str:
        """The mailbox that was asked, masked; nothing when the link is forged, old, or another frame's."""
        try:
            embed, written = tokens.read(SENT, self.kwargs["sent"], max_days=SENT_FOR_DAYS)
        except (tokens.BadToken, ValueError):
            return ""
        kept = (Pledge if self.embed.campaign is None else ActionTaken).objects.filter(pk=written).first()
        return masked(kept.email) if kept and kept.email and embed == self.embed.pk else ""


def wordings() -> tuple[Wording, Wording]:
    """The newest words of the pledge and of the question about emails."""
    try:
        return Wording.objects.current(WORDINGS[Supporter.Kind.PERSON]), Wording.objects.current("email-question")
    except Wording.DoesNotExist as error:
        raise Http404("The words of the pledge are not set up.") from error
