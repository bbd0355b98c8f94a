"""The pledge pages, of a person and of an organisation."""

import time
from http import HTTPStatus

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import View

from groups.models import LocalGroup
from pledges import actions
from pledges.forms import OrganisationForm, PledgeForm, SpeakerForm
from pledges.models import Pledge
from sanctuary.people import tokens
from sanctuary.people.models import Supporter, Wording
from sanctuary.views import Door, FormPage

THANKS = "pledge-thanks"
THANKS_FOR_DAYS = 14


def thanks_url(pledge: Pledge, *, from_mailbox: bool = False) -> str:
    """One for whoever typed an address. The browser that came from the mailbox gets one that knows when it did."""
    when = [int(time.time())] if from_mailbox else []
    return reverse("pledges:thanks", args=[tokens.make(THANKS, pledge.pk, *when)])


def words_of(kind: str) -> tuple[Wording, Wording]:
    """The newest words of a pledge and of the question about emails."""
    try:
        return Wording.objects.current(actions.WORDINGS[kind]), Wording.objects.current("email-question")
    except Wording.DoesNotExist as error:
        raise Http404("The words of the pledge are not set up.") from error


def group_asked_for(request) -> LocalGroup | None:
    """The live group in `?group=`, if somebody comes from its page."""
    slug = request.POST.get("group") or request.GET.get("group", "")
    return None if "\0" in slug else LocalGroup.objects.live().filter(slug=slug).first()


class MakePledge(FormPage):
    public = True
    form_class = PledgeForm
    template_name = "pledges/pledge_form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"wordings": words_of(Supporter.Kind.PERSON)}

    def get_initial(self):
        return {"group": self.request.GET.get("group", "")}

    def get_context_data(self, **kwargs):
        return super().get_context_data(group=group_asked_for(self.request), slim=True, **kwargs)

    def act(self, form):
        return actions.start_pledge(kind=Supporter.Kind.PERSON, **form.pledge())

    def form_valid(self, form):
        response = super().form_valid(form)
        if response.status_code == HTTPStatus.FOUND:
            response.status_code = HTTPStatus.SEE_OTHER
        return response

    def get_success_url(self):
        return thanks_url(self.outcome)


class MakeOrganisationPledge(Door, View):
    """Two pages behind one address. Each carries the other's answers, so that nothing is kept before the end."""

    public = True

    def get(self, request):
        return self.show(1, OrganisationForm(initial={"group": request.GET.get("group", "")}), self.speaker())

    def post(self, request):
        organisation = OrganisationForm(request.POST)
        if request.POST.get("step") != "2":
            return self.after_first_page(organisation)
        if "back" in request.POST:
            return self.show(
                1, OrganisationForm(initial=request.POST.dict()), self.speaker(initial=request.POST.dict())
            )
        speaker = self.speaker(request.POST)
        if not organisation.is_valid():
            return self.show(1, organisation, self.speaker(initial=request.POST.dict()), status=422)
        if not speaker.is_valid():
            return self.show(2, organisation, speaker, status=422)
        pledge = actions.start_pledge(kind=Supporter.Kind.ORGANISATION, **organisation.cleaned_data, **speaker.pledge())
        return redirect(thanks_url(pledge))

    def after_first_page(self, organisation):
        speaker = self.speaker(initial=self.request.POST.dict())
        if organisation.is_valid():
            return self.show(2, organisation, speaker)
        return self.show(1, organisation, speaker, status=422)

    def speaker(self, *args, **kwargs) -> SpeakerForm:
        return SpeakerForm(*args, wordings=words_of(Supporter.Kind.ORGANISATION), **kwargs)

    def show(self, step, organisation, speaker, *, status=200):
        context = {
            "organisation": organisation,
            "speaker": speaker,
            "form": organisation if step == 1 else speaker,
            "group": group_asked_for(self.request),
            "slim": True,
        }
        return render(self.request, f"pledges/organisation_{step}.html", context, status=status)
