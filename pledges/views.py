"""The pledge pages, the link in the email, and the list a coordinator greets from."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import View

from groups.models import LocalGroup
from groups.views.room import Room
from pledges import actions
from pledges.forms import OrganisationForm, PledgeForm, SpeakerForm, WelcomeForm
from pledges.models import Pledge
from sanctuary.people import links, tokens
from sanctuary.people.address import masked
from sanctuary.people.forms import AddressForm
from sanctuary.people.models import Supporter, Wording
from sanctuary.views import ActionView, Door, FormPage, ListPage, Page, SecretLink

THANKS = "pledge-thanks"
THANKS_FOR_DAYS = 14


def thanks_url(pledge: Pledge) -> str:
    return reverse("pledges:thanks", args=[tokens.make(THANKS, pledge.pk)])


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


class PledgeLink(SecretLink):
    """Finds the pledge a link was made for, or shows a page that helps."""

    def refusal(self, request):
        try:
            self.pledge = self.read(self.kwargs["token"])
        except tokens.ExpiredToken:
            return render(request, "pledges/link_old.html", {"slim": True}, status=410)
        except tokens.BadToken:
            return render(request, "people/link_broken.html", {"slim": True}, status=404)
        return None

    def read(self, token) -> Pledge:
        (pledge_id,) = tokens.read(THANKS, token, max_days=THANKS_FOR_DAYS)
        return found(pledge_id)

    def get_context_data(self, **kwargs):
        mine = {
            "pledge": self.pledge,
            "address": masked(self.pledge.email),
            "token": self.kwargs["token"],
            "slim": True,
        }
        return super().get_context_data(**kwargs | mine)


def found(pledge_id: int) -> Pledge:
    """Raises ExpiredToken when it was forgotten meanwhile."""
    pledge = Pledge.objects.select_related("supporter", "group", "wording").filter(pk=pledge_id).first()
    if pledge is None:
        raise tokens.ExpiredToken
    return pledge


class Thanks(PledgeLink, Page):
    """Thank you: what to do now, before and after the mailbox has answered."""

    def get_template_names(self):
        return ["pledges/confirmed.html" if self.pledge.is_confirmed else "pledges/thanks.html"]


class Readdress(PledgeLink, FormPage):
    """A wrong address, or no letter."""

    form_class = AddressForm
    template_name = "pledges/readdress.html"

    def get(self, request, *args, **kwargs):
        return redirect(self.get_success_url()) if self.pledge.is_confirmed else super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if "again" in request.POST or self.pledge.is_confirmed:
            actions.ask_again(self.pledge)
            return redirect(self.get_success_url())
        return super().post(request, *args, **kwargs)

    def act(self, form):
        return actions.readdress_pledge(self.pledge, form.cleaned_data["email"])

    def get_success_url(self):
        return reverse("pledges:thanks", args=[self.kwargs["token"]])


class Confirm(PledgeLink, Page):
    """The link in the email. It shows a button: scanners that follow links confirm nothing."""

    template_name = "pledges/confirm.html"

    def read(self, token):
        pledge_id, address = tokens.read(actions.CONFIRM, token, max_days=THANKS_FOR_DAYS)
        pledge = found(pledge_id)
        if not pledge.is_confirmed and links.fingerprint(pledge.email) != address:
            raise tokens.ExpiredToken
        return pledge

    def post(self, request, *args, **kwargs):
        try:
            actions.confirm_pledge(self.pledge)
        except (ValidationError, Pledge.DoesNotExist):
            return render(request, "pledges/link_old.html", {"slim": True}, status=410)
        return redirect(thanks_url(self.pledge))


class ToGreet(Room, ListPage):
    """New pledgers of one group, oldest first."""

    rule = "groups.coordinate"
    template_name = "pledges/pledge_to_greet.html"
    context_object_name = "pledges"

    def get_queryset(self):
        mine = Pledge.objects.visible_to(self.request.user).for_group(self.group).to_greet()
        return mine.with_supporter().with_may_email(self.group.controller_id).order_by("confirmed_at", "pk")

    def get_context_data(self, **kwargs):
        if "form" not in kwargs:
            kwargs["form"] = WelcomeForm(initial={"letter": actions.welcome_words(self.group)})
        context = super().get_context_data(**kwargs)
        return context | {"can_write": any(pledge.may_email for pledge in context["pledges"])}

    def post(self, request, *args, **kwargs):
        self.require()
        form = WelcomeForm(request.POST)
        if not form.is_valid():
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(form=form), status=422)
        told = form.cleaned_data
        done = actions.welcome_pledgers(self.group, told["who"], text=told["letter"], by=request.user)
        messages.success(request, self.said(done))
        return redirect("pledges:to_greet", self.group.slug)

    @staticmethod
    def said(done: actions.Welcomed) -> str:
        people = {1: "1 person"}
        parts = []
        if done.written:
            parts.append(f"Your welcome is on its way to {people.get(done.written, f'{done.written} people')}.")
        if done.marked:
            who = people.get(done.marked, f"{done.marked} people")
            parts.append(f"Marked as greeted without an email, because they want none: {who}.")
        return " ".join(parts) or "They had all been greeted already. Nothing was sent."


class Greet(Room, ActionView):
    rule = "groups.coordinate"
    success_message = "Done: {noun.supporter.name} has been greeted."

    def get_object(self):
        self.require()
        mine = Pledge.objects.visible_to(self.request.user).for_group(self.group).with_supporter()
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def act(self, noun):
        actions.greet_pledger(noun, by=self.request.user)

    def get_success_url(self, noun):
        return reverse("pledges:to_greet", args=[self.kwargs["group"]])
