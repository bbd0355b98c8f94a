"""The letter leaves: three ways to send it, a reminder for tomorrow, counting it, and letting it go."""

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property

from campaigns.actions import posting, reminding, writing
from campaigns.forms.writing import LetterCountForm, LetterPlaceForm, LetterReminderForm
from campaigns.models.letter import TRIES_TO_OPEN
from campaigns.views.acting import sent_url
from campaigns.views.done import DONE
from campaigns.views.writing import LetterPage, Written, campaign_url
from sanctuary.people import tokens
from sanctuary.views import FormPage, Page


class SendLetter(Written, Page):
    """Three ways to send it, best first."""

    template_name = "campaigns/write_send.html"

    def get_context_data(self, **kwargs):
        text = posting.whole_text(self.letter)
        subject = posting.subject_of(self.draft.action.campaign, self.place.name if self.place else "")
        address = self.person.email if self.person else ""
        by_email = posting.mailto(address, subject=subject, text=text) if address else ""
        ways = {
            "text": text,
            "subject": subject,
            "by_email": by_email,
            "carries_text": posting.carries_text(by_email),
            "elsewhere": posting.write_to_them(self.letter, self.house, campaign_url(self.draft)),
        }
        return super().get_context_data(**ways, **kwargs)


class PrintLetter(Written, Page):
    """One sheet of paper."""

    template_name = "campaigns/write_print.html"

    def get_context_data(self, **kwargs):
        sheet = {"office": posting.office_of(self.house), "today": timezone.localdate()}
        return super().get_context_data(**sheet, **kwargs)


class HaveSent(Written, FormPage):
    """I have sent it: who are you, so that it counts once?"""

    template_name = "campaigns/write_sent.html"
    form_class = LetterCountForm

    def get_initial(self):
        told = {} if self.letter.supporter else {"email": self.letter.email}
        return {"name": self.letter.name} | told

    @cached_property
    def is_known(self) -> bool:
        """They came from an email of ours, and we still know them."""
        return writing.guest_of(self.letter) is not None

    def get_form_kwargs(self):
        partners = self.draft.action.campaign.partners.shown()
        return super().get_form_kwargs() | {"partners": partners}

    def get_context_data(self, **kwargs):
        return super().get_context_data(is_known=self.is_known, **kwargs)

    def post(self, request, *args, **kwargs):
        if "uncounted" in request.POST:
            writing.send_uncounted(self.draft)
            return redirect("campaigns:letter_thanks")
        if self.is_known:
            return self.count_at_once()
        if "email" not in request.POST:
            return redirect(self.request.path)  # from the page with the ways to send it
        return super().post(request, *args, **kwargs)

    def count_at_once(self):
        try:
            taken = writing.count_letter_from_mail(self.draft)
        except ValidationError as error:
            return self.render_to_response(self.get_context_data(problem=error.messages[0]), status=422)
        return redirect("campaigns:done", taken.action.campaign.slug, tokens.make(DONE, taken.pk))

    def act(self, form):
        told = {name: form.cleaned_data[name] for name in ("name", "email", "wants_email")}
        return writing.count_letter(self.draft, **told, ticked=form.ticked())

    def get_success_url(self):
        return sent_url(self.draft.action, self.outcome)


class ClearLetter(LetterPage, Page):
    """Is it to go? Then nothing of it stays."""

    template_name = "campaigns/write_clear.html"

    def post(self, request, *args, **kwargs):
        writing.clear_letter(self.draft)
        return redirect("campaigns:letter_cleared")


class RemindMe(LetterPage, FormPage):
    """Not today: one email tomorrow morning."""

    template_name = "campaigns/write_remind.html"
    form_class = LetterReminderForm

    def get_initial(self):
        # Our emails are passed on: who came by one is shown no address but what they typed themselves.
        return {} if self.letter.supporter else {"email": self.letter.email}

    def get_context_data(self, **kwargs):
        return super().get_context_data(morning=reminding.next_morning(timezone.now()), **kwargs)

    def act(self, form):
        return reminding.remind_tomorrow(self.draft, form.cleaned_data["email"])

    def get_success_url(self):
        return self.url("letter_remind")


class LetterBack(LetterPage, FormPage):
    """From the reminder: the mailbox may be somebody else's by a slip of a finger, so the postcode is asked."""

    purpose = reminding.BACK
    template_name = "campaigns/write_back.html"
    form_class = LetterPlaceForm

    def refusal(self, request):
        gone = super().refusal(request)
        return self.gone() if gone is None and self.draft.wrong_tries >= TRIES_TO_OPEN else gone

    def get_context_data(self, **kwargs):
        # Before the postcode, nothing of the letter.
        return super(LetterPage, self).get_context_data(campaign=self.draft.action.campaign, **kwargs)

    def act(self, form):
        if not reminding.open_letter(self.draft, str(form.cleaned_data["postcode"])):
            words = "This is not the postcode you began with. Check it, or begin a new letter"
            raise ValidationError({"postcode": words}, code="other_postcode")

    def get_success_url(self):
        return self.url("letter_check" if self.letter.text and self.letter.name else "letter")


class LetterThanks(Page):
    """Thank you for writing, whoever you are."""

    public = True
    template_name = "campaigns/write_thanks.html"


class LetterCleared(Page):
    public = True
    template_name = "campaigns/write_cleared.html"
