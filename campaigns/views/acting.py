"""The page of a campaign, and one page for each thing it asks people to do: sign, join, come, pass it on."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from campaigns import actions
from campaigns.forms import Carried, OrganisationForm, SignForm, SpeakerForm
from campaigns.forms.acting import code_in
from campaigns.models import Action, Campaign, CampaignPartner
from groups.models import Activity
from sanctuary.people import tokens
from sanctuary.views import FormPage, Page

SENT = "act-sent"
MOST_EVENTS = 20


class OfCampaign:
    """Stands before a base view: the public campaign of the address, what is asked here, and the other ways to help.

    Of a campaign that asks nothing of this kind there is no such page.
    """

    kind = ""

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(Campaign.objects.public(), slug=self.kwargs["slug"])

    @cached_property
    def asks(self) -> list[Action]:
        return self.campaign.counted

    @cached_property
    def partners(self) -> list[CampaignPartner]:
        return list(self.campaign.partners.shown())

    @cached_property
    def action(self) -> Action | None:
        for action in self.asks:
            if action.kind == self.kind:
                return action
        raise Http404

    def get_context_data(self, **kwargs):
        codes = {name: code_in(self.request.GET.get(name)) for name in ("from", "with")}
        about = {
            "campaign": self.campaign,
            "action": self.action,
            "is_first": not self.asks or self.action == self.asks[0],
            "partners": self.partners,
            "others": [each for each in self.asks if each != self.action],
            "codes": urlencode({name: code for name, code in codes.items() if code}),
        }
        return super().get_context_data(**kwargs | about)


class ActPage(OfCampaign, Page):
    """A page of a campaign that asks without a form of its own."""

    public = True
    template_name = "campaigns/campaign_detail.html"


class Sign(OfCampaign, FormPage):
    """Put your name to it."""

    public = True
    kind = Action.Kind.SIGN
    template_name = "campaigns/campaign_detail.html"
    form_class = SignForm

    def get_initial(self):
        return Carried.codes_in(self.request.GET)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"partners": self.partners}

    def act(self, form):
        return actions.start_act(self.action, **form.told(), **form.carried(), ticked=form.ticked())

    def get_success_url(self):
        return sent_url(self.action, self.outcome)


class Join(OfCampaign, Page):
    """Our organisation joins: two pages behind one address.

    Each carries the other's answers, so that nothing is kept before the end.
    """

    public = True
    kind = Action.Kind.JOIN

    def get(self, request, *args, **kwargs):
        return self.show(1, OrganisationForm(initial=Carried.codes_in(request.GET)), self.speaker())

    def post(self, request, *args, **kwargs):
        organisation, typed = OrganisationForm(request.POST), request.POST.dict()
        if request.POST.get("step") != "2" or not organisation.is_valid():
            is_good = organisation.is_valid()
            return self.show(
                2 if is_good else 1, organisation, self.speaker(initial=typed), status=200 if is_good else 422
            )
        if "back" in request.POST:
            return self.show(1, OrganisationForm(initial=typed), self.speaker(initial=typed))
        return self.after_last_page(organisation, self.speaker(request.POST))

    def speaker(self, *args, **kwargs) -> SpeakerForm:
        return SpeakerForm(*args, partners=self.partners, **kwargs)

    def after_last_page(self, organisation, speaker):
        if not speaker.is_valid():
            return self.show(2, organisation, speaker, status=422)
        told = organisation.told() | speaker.told() | organisation.carried()
        try:
            taken = actions.start_act(self.action, **told, ticked=speaker.ticked())
        except ValidationError as error:
            speaker.add_error(None, error)
            return self.show(2, organisation, speaker, status=422)
        return redirect(sent_url(self.action, taken))

    def show(self, step, organisation, speaker, *, status=200):
        form = organisation if step == 1 else speaker
        context = self.get_context_data(form=form, organisation=organisation, speaker=speaker, step=step)
        template = "campaigns/campaign_detail.html" if step == 1 else "campaigns/join_speaker.html"
        return self.response_class(request=self.request, template=template, context=context, status=status)


class Attend(ActPage):
    """Come along: what groups near and far have planned for this call."""

    kind = Action.Kind.ATTEND

    def get_context_data(self, **kwargs):
        mine = Activity.objects.public().filter(pk__in=self.action.activities.values("pk"))
        events = mine.upcoming(timezone.now()).with_group()[:MOST_EVENTS]
        return super().get_context_data(events=[_event(each) for each in events], **kwargs)


class Share(ActPage):
    """Pass it on: plain links, nobody else's code."""

    kind = Action.Kind.SHARE


class StartWriting(ActPage):
    """The campaign's page when a letter is what it asks first; the letter itself is written elsewhere."""

    kind = Action.Kind.WRITE


def _event(activity: Activity) -> dict:
    """As a line of a calendar."""
    about = {"title": activity.title, "starts_at": activity.starts_at, "href": activity.get_absolute_url()}
    return about | {"place": f"{activity.public_place} · {activity.group.name}"}


PAGES = {page.kind: page for page in (Sign, Join, Attend, Share, StartWriting)}


class CampaignPage(ActPage):
    """One campaign, with what it asks first on it."""

    action = None

    def dispatch(self, request, *args, **kwargs):
        if not self.asks:
            return super().dispatch(request, *args, **kwargs)
        page = PAGES[self.asks[0].kind]
        return page.as_view(campaign=self.campaign, asks=self.asks)(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        raise Http404


def sent_url(action: Action, taken) -> str:
    """Where to open the email. About what was done here alone: after three wishes a day `taken` may be of elsewhere."""
    return reverse("campaigns:sent", args=[action.campaign.slug, tokens.make(SENT, taken.pk, action.pk)])
