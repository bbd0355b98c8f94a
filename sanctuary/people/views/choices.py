"""Email choices by signed link. A GET never changes anything: mail scanners follow every link."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views.generic import View

from sanctuary.people import actions, links, tokens
from sanctuary.people.address import masked
from sanctuary.people.forms import AddressForm, ChoiceForm, NewAddressForm
from sanctuary.people.models import AddressChange, Controller, CurrentPermission, Merge, Supporter, Suppression
from sanctuary.views import FormPage, Page, SecretLink

SOURCE = "email choices"


class ChoicesHelp(FormPage):
    """Type your address, get your link. The answer is the same whether we know the address or not."""

    public = True
    form_class = AddressForm
    template_name = "people/choices_help.html"
    success_url = reverse_lazy("people:choices_sent")

    def act(self, form):
        return actions.send_choices_link(form.cleaned_data["email"])


class ChoicesSent(Page):
    public = True
    template_name = "people/choices_sent.html"


class SupporterLink(SecretLink):
    """Finds the supporter a link was made for. What is no link of ours gets a page that helps, never an error."""

    def refusal(self, request):
        try:
            self.supporter = self.read(self.kwargs["token"])
        except tokens.ExpiredToken:
            return render(request, "people/link_old.html", status=410)
        except tokens.BadToken:
            return render(request, "people/link_broken.html", status=404)
        return None

    def read(self, token) -> Supporter | None:
        supporter_id, self.mailing_id, sender, *_ = (*tokens.read(links.CHOICES, token), 0, 0)
        # A letter from a group says which: to stop means first of all to stop that group's letters.
        self.sender = Controller.objects.filter(pk=sender, kind=Controller.Kind.GROUP).first() if sender else None
        person = Merge.objects.person_behind(supporter_id)
        self.is_of_old_entry = person is not None and person.pk != supporter_id
        return person

    @property
    def is_known(self) -> bool:
        return self.supporter is not None and bool(self.supporter.email)

    def get_context_data(self, **kwargs):
        address = masked(self.supporter.email) if self.is_known else ""
        return super().get_context_data(**kwargs | {"token": self.kwargs["token"], "address": address, "slim": True})

    def choices(self):
        return redirect("people:choices", self.kwargs["token"])


class Choices(SupporterLink, FormPage):
    """The page itself. It names nobody and shows no data: the email may have been passed on."""

    form_class = ChoiceForm
    template_name = "people/choices.html"

    def get_template_names(self):
        return [self.template_name if self.is_known else "people/choices_nobody.html"]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | self.state() if self.is_known else context

    def state(self) -> dict:
        supporter = self.supporter
        live = CurrentPermission.objects.live().filter(supporter=supporter).select_related("controller")
        kinds = {row.controller.kind for row in live}
        paused_until = supporter.emails_paused_until
        silence = Suppression.objects.covering(supporter.email).filter(controller__isnull=True).first()
        return {
            "is_stopped": silence is not None,
            "is_bounced": silence is not None and silence.reason == Suppression.Reason.HARD_BOUNCED,
            "is_reported": silence is not None and silence.reason == Suppression.Reason.COMPLAINED,
            "can_undo": actions.just_stopped(supporter) is not None,
            "sender": self.sender if any(row.controller == self.sender for row in live) else None,
            "has_group": Controller.Kind.GROUP in kinds,
            "has_national": Controller.Kind.NATIONAL in kinds,
            "is_paused": bool(paused_until and paused_until > timezone.localdate()),
            "supporter": supporter,
            "limits": [most for most in Supporter.MostAMonth.values if most != supporter.most_a_month],
        }

    def act(self, form):
        if self.is_known:
            do, whom = form.cleaned_data["do"], form.cleaned_data["whom"]
            named = {"stop_sender": self.stop_sender, "stop_partner": partial(self.stop_partner, whom)}
            words = named[do]() if do in named else CHANGES[do](self.supporter)
            messages.success(self.request, words)

    def stop_sender(self) -> str:
        if self.sender is None:
            return "This link does not say whose emails to stop. Nothing has changed."
        actions.stop_sender(self.supporter, self.sender, source=f"mailing:{self.mailing_id}")
        return f"Done. {self.sender} will not email you any more."

    def stop_partner(self, whom: int | None) -> str:
        """Ends what the person allowed us to tell a partner. It says the same whether there was anything to end."""
        theirs = CurrentPermission.objects.live().of_partners().filter(supporter=self.supporter, controller=whom)
        for row in theirs.select_related("controller"):
            actions.stop_sender(self.supporter, row.controller, source=SOURCE)
        return "Done. We will not tell them about you any more."

    def get_success_url(self):
        return reverse("people:choices", args=[self.kwargs["token"]])


def _group_only(supporter) -> str:
    actions.stop_sender(supporter, Controller.objects.national(), source=SOURCE)
    return "Done. Only your local group will email you now."


def _big_moments(supporter) -> str:
    actions.set_big_moments(supporter, only=True)
    return "Done. We will only email you for big moments: about 4 a year."


def _all_moments(supporter) -> str:
    actions.set_big_moments(supporter, only=False)
    return "Done. You will get the emails you said yes to."


def _pause(supporter) -> str:
    until = actions.pause_emails(supporter)
    return f"Done. No emails until {until:%-d %B %Y}."


def _resume(supporter) -> str:
    actions.resume_emails(supporter)
    return "Done. Your emails go on as before."


def _limit(most: int | None, supporter) -> str:
    actions.limit_emails(supporter, most)
    if most is None:
        return "Done. There is no limit on your emails any more."
    return f"Done. {supporter.get_most_a_month_display()}, from all of us together."


CHANGES = {
    "group_only": _group_only,
    "big_moments": _big_moments,
    "all_moments": _all_moments,
    "pause": _pause,
    "resume": _resume,
    **{do: partial(_limit, most) for do, most in ChoiceForm.LIMITS.items()},
}


class Stop(SupporterLink, View):
    """Stop everything, by the button of our page; or the list, by the one click of a mail program (RFC 8058).

    The list of a national letter is everything we send; that of a group's letter is what the group sends.
    """

    def get(self, request, *args, **kwargs):
        return self.choices()

    def post(self, request, *args, **kwargs):
        if self.is_known and self.sender and self.needs_no_form():
            actions.stop_sender(self.supporter, self.sender, source=self.source())
            return HttpResponse(f"{self.sender} will not email you any more.", content_type="text/plain; charset=utf-8")
        if self.is_known:
            actions.stop_all_emails(self.supporter, source=self.source())
        if self.needs_no_form():
            return HttpResponse("You will get no more emails.", content_type="text/plain")
        return self.choices()

    def source(self) -> str:
        """The mailing whose link was pressed, so that its results can count it; else how it was pressed."""
        if self.mailing_id:
            return f"mailing:{self.mailing_id}"
        return "one click" if self.needs_no_form() else SOURCE

    def needs_no_form(self) -> bool:
        return self.request.method == "POST" and self.request.POST.get("List-Unsubscribe") == "One-Click"


class Undo(SupporterLink, View):
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if self.is_known and actions.undo_stop(self.supporter, source=SOURCE):
            messages.success(request, "Done. Your emails go on as before.")
        else:
            messages.error(request, "It is too late to undo this here. Make your pledge again to get emails.")
        return self.choices()


class ChangeAddress(SupporterLink, FormPage):
    form_class = NewAddressForm
    template_name = "people/change_address.html"

    def refusal(self, request):
        """A link to an entry that became part of another may stop emails, but not take the other's address away."""
        refused = super().refusal(request)
        if refused is None and self.is_of_old_entry:
            messages.info(request, "To change your address, ask for a fresh link here.")
            return redirect("people:choices_help")
        return refused

    def get_template_names(self):
        return [self.template_name if self.is_known else "people/choices_nobody.html"]

    def act(self, form):
        if self.is_known:
            actions.start_address_change(self.supporter, form.cleaned_data["email"])
            messages.success(self.request, "Open the email we sent to your new address, and press the button there.")

    def get_success_url(self):
        return reverse("people:choices", args=[self.kwargs["token"]])


class NewAddress(SupporterLink, Page):
    """The new mailbox answers."""

    template_name = "people/new_address.html"

    def read(self, token):
        (change_id,) = tokens.read(links.NEW_ADDRESS, token, max_days=1)
        self.change = AddressChange.objects.filter(pk=change_id).select_related("supporter").first()
        if self.change is None or not self.change.supporter.email:
            raise tokens.ExpiredToken
        return self.change.supporter

    def get_context_data(self, **kwargs):
        new = masked(self.change.email or self.supporter.email)
        return super().get_context_data(new=new, is_done=self.change.done_at is not None, **kwargs)

    def post(self, request, *args, **kwargs):
        actions.finish_address_change(self.change)
        return redirect("people:new_address", kwargs["token"])
