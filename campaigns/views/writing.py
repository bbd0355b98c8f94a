"""Write to your representative, a page at a time. The letter is sealed; the address of each page is its only key."""

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from campaigns.actions import posting, representing, writing
from campaigns.forms.writing import LetterForm, LetterPlaceForm, LetterStartForm
from campaigns.models import Action, LetterAsk, LetterDraft, Mailing
from campaigns.models.letter import Letter
from campaigns.views.acting import OfCampaign
from campaigns.views.public import FROM_MAIL, LINK_LASTS_DAYS
from sanctuary.people import links, tokens
from sanctuary.people.models import Merge
from sanctuary.places.models import Constituency, Representative
from sanctuary.views import FormPage, Page, SecretLink

LETTER = "letter"
KEPT_AT_MOST_DAYS = 8
STEPS = ["postcode", "write", "check", "send", "print", "sent", "clear", "remind"]


class Write(OfCampaign, FormPage):
    """Begin: the postcode, and nothing else."""

    public = True
    kind = Action.Kind.WRITE
    template_name = "campaigns/write_start.html"
    form_class = LetterStartForm

    def get_initial(self):
        return LetterStartForm.codes_in(self.request.GET)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        ask = LetterAsk.objects.filter(action=self.action).first()
        start = {"form": context["form"], "ask": ask, "role": posting.role_of(ask.house)} if ask else None
        return context | {"start": start}

    def post(self, request, *args, **kwargs):
        get_object_or_404(LetterAsk, action=self.action)
        return super().post(request, *args, **kwargs)

    def act(self, form):
        told = {"postcode": str(form.cleaned_data["postcode"])} | form.carried()
        return writing.start_letter(self.action, guest=self.guest(form.cleaned_data["mail"]), **told)

    def guest(self, token: str):
        """Who came from which email of this campaign; None if nobody did."""
        try:
            supporter, mailing = tokens.read(FROM_MAIL, token, max_days=LINK_LASTS_DAYS)
        except (tokens.BadToken, ValueError):
            return None
        person = Merge.objects.person_behind(supporter)
        mailing = Mailing.objects.filter(pk=mailing, campaign=self.campaign).first()
        return (person, mailing) if person and person.email and mailing else None

    def get_success_url(self):
        return letter_url("letter", self.outcome)


class LetterPage(SecretLink):
    """Stands before a base view: the letter this address opens, while it is kept."""

    purpose = LETTER

    @cached_property
    def draft(self) -> LetterDraft | None:
        try:
            numbers = tokens.read(self.purpose, self.kwargs["token"], max_days=KEPT_AT_MOST_DAYS)
        except tokens.BadToken:
            return None
        kept = LetterDraft.objects.kept(timezone.now()).filter(pk=numbers[0])
        return kept.select_related("action__campaign", "action__letter_ask").first()

    @cached_property
    def letter(self) -> Letter | None:
        return self.draft.read() if self.draft else None

    @cached_property
    def person(self) -> Representative | None:
        return Representative.objects.filter(pk=self.letter.representative).first()

    @cached_property
    def place(self) -> Constituency | None:
        return Constituency.objects.filter(code=self.letter.constituency).first()

    @property
    def house(self) -> str:
        return self.letter.house or self.draft.action.letter_ask.house

    def refusal(self, request):
        if self.letter is None or not hasattr(self.draft.action, "letter_ask"):
            return self.gone()

    def gone(self):
        return self.response_class(request=self.request, template="campaigns/write_gone.html", context={}, status=410)

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except LetterDraft.DoesNotExist:
            return self.gone()  # cleared in another window a moment ago

    def get_context_data(self, **kwargs):
        about = {
            "draft": self.draft,
            "letter": self.letter,
            "campaign": self.draft.action.campaign,
            "ask": self.draft.action.letter_ask,
            "person": self.person,
            "place": self.place,
            "role": posting.role_of(self.house),
            "urls": {name: letter_url(f"letter_{name}", self.draft) for name in STEPS} | {"who": self.url("letter")},
        }
        return super().get_context_data(**about | kwargs)

    def url(self, name: str) -> str:
        return letter_url(name, self.draft)


class Written(LetterPage):
    """A page that needs a letter which is written; without one it leads to where it is written."""

    def refusal(self, request):
        gone = super().refusal(request)
        if gone is None and not (self.letter.house and self.letter.text and self.letter.name):
            return redirect(self.url("letter_write" if self.letter.house else "letter"))
        return gone


class Who(LetterPage, Page):
    """Who is to read it."""

    template_name = "campaigns/write_who.html"

    @cached_property
    def whom(self):
        return representing.whom_to_write(self.draft.action.letter_ask, self.letter.postcode, self.draft.pk)

    def get_context_data(self, **kwargs):
        others = [each for each in self.draft.action.campaign.actions.all() if each != self.draft.action]
        elsewhere = posting.write_to_them(self.letter, self.house, campaign_url(self.draft))
        return super().get_context_data(whom=self.whom, others=others, elsewhere=elsewhere, **kwargs)

    def post(self, request, *args, **kwargs):
        reader = self.whom.find(request.POST.get("whom", ""))
        if reader is None:
            return self.render_to_response(self.get_context_data(is_unchosen=True), status=422)
        writing.address_letter(self.draft, reader)
        return redirect(self.url("letter_write"))


class ChangePlace(LetterPage, FormPage):
    """Not right? Another postcode; every word that was written stays."""

    template_name = "campaigns/write_place.html"
    form_class = LetterPlaceForm

    def get_initial(self):
        return {"postcode": self.letter.postcode}

    def act(self, form):
        return writing.move_letter(self.draft, str(form.cleaned_data["postcode"]))

    def get_success_url(self):
        return self.url("letter")


class WriteLetter(LetterPage, FormPage):
    """The one thing to ask, a few questions that help, and an empty page."""

    template_name = "campaigns/write_letter.html"
    form_class = LetterForm
    ONWARD = {"check": "letter_check", "remind": "letter_remind", "who": "letter"}

    def refusal(self, request):
        return super().refusal(request) or (None if self.letter.house else redirect(self.url("letter")))

    def get_initial(self):
        return LetterForm.of(self.letter)

    def get_form_kwargs(self):
        named = {"greeting": writing.greeting_of(self.letter), "role": posting.role_of(self.house)}
        return super().get_form_kwargs() | named | {"is_finished": self.then == "check"}

    @property
    def then(self) -> str:
        """Where to go on: what is not finished is kept as it is."""
        return self.request.POST.get("then") if self.request.POST.get("then") in self.ONWARD else "check"

    def get_context_data(self, **kwargs):
        fact = self.draft.action.letter_ask.facts.best_for(self.letter.constituency)
        return super().get_context_data(fact=fact, **kwargs)

    def act(self, form):
        return writing.change_letter(self.draft, **form.cleaned_data)

    def get_success_url(self):
        return self.url(self.ONWARD[self.then])


class CheckLetter(Written, Page):
    """The letter as it will look; and a gentle word if it looks like others."""

    template_name = "campaigns/write_check.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(is_alike=writing.is_alike(self.draft), **kwargs)


def letter_url(name: str, draft: LetterDraft) -> str:
    """The address of a page of this letter: a key that names nobody."""
    return reverse(f"campaigns:{name}", args=[tokens.make(LETTER, draft.pk)])


def campaign_url(draft: LetterDraft) -> str:
    return links.absolute("campaigns:detail", draft.action.campaign.slug)
