"""Endorsing the Declaration: the form, the letter's link, and the link that removes it years later."""

import time
from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from pledges import actions
from pledges.forms.endorsement import FORMS, NOT, ShownForm
from pledges.models import Endorsement, Pledge
from pledges.models.endorsement import CONFIRM_WITHIN
from pledges.views.declaration import declaration
from sanctuary.people import links, tokens
from sanctuary.people.address import masked
from sanctuary.people.models import Supporter, Wording
from sanctuary.views import ActionView, FormPage, Page, SecretLink

SENT, THANKS, AFTER_PLEDGE = "endorse-sent", "endorse-thanks", "endorse-after-pledge"
PAGE_LASTS_DAYS = 1
PREFILLED_FOR_SECONDS = 3600


def endorse_url(pledge: Pledge, proven_at: int = 0) -> str:
    """The form with what the pledger has just told us, if this browser came from their mailbox; else the empty one."""
    if not pledge.is_confirmed or time.time() - proven_at > PREFILLED_FOR_SECONDS:
        return reverse("pledges:endorse")
    return reverse("pledges:endorse_after", args=[tokens.make(AFTER_PLEDGE, pledge.pk, proven_at)])


class Endorse(FormPage):
    """As a person or, by another address, for an organisation."""

    public = True
    kind = Supporter.Kind.PERSON

    @cached_property
    def declaration(self):
        return declaration()

    def get_form_class(self):
        return FORMS[self.kind]

    def get_form_kwargs(self):
        try:
            words = self.declaration.wording(), Wording.objects.current(actions.EMAIL_QUESTION_SLUG)
        except Wording.DoesNotExist as error:
            raise Http404("The words of the Declaration are not set up.") from error
        return super().get_form_kwargs() | {"wordings": words}

    def get_template_names(self):
        return ["pledges/endorse.html" if self.kind == Supporter.Kind.PERSON else "pledges/endorse_organisation.html"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(declaration=self.declaration, slim=True, **kwargs)

    def act(self, form):
        return actions.start_endorsement(self.declaration, kind=self.kind, **form.endorsement())

    def get_success_url(self):
        return reverse("pledges:endorse_sent", args=[tokens.make(SENT, self.outcome.pk)])


class EndorseAfterPledge(SecretLink, Endorse):
    """The same, with what was just told in a pledge. An old link is the empty form."""

    def refusal(self, request):
        try:
            pledge_id, made_at = tokens.read(AFTER_PLEDGE, self.kwargs["token"])
        except (tokens.BadToken, ValueError):
            return redirect("pledges:endorse")
        pledge = Pledge.objects.confirmed().filter(pk=pledge_id, supporter__isnull=False).select_related("supporter")
        self.pledge = pledge.first()
        # Whoever took longer over the form loses nothing of it.
        is_old = time.time() - made_at > PREFILLED_FOR_SECONDS and request.method != "POST"
        if self.pledge is None or is_old:
            return redirect("pledges:endorse")
        self.kind = self.pledge.kind
        return None

    def get_initial(self):
        known = self.pledge.supporter
        names = ["name", "email", "postcode", "organisation_type", "contact_name", "job_role"]
        return {name: getattr(known, name) for name in names}


class EndorsementLink(SecretLink):
    """Finds the endorsement a link was made for, or shows a page that helps."""

    purpose = ""
    max_days = PAGE_LASTS_DAYS
    # Whether it leads on to the endorsement that counts, if its owner made another since.
    leads_on = False

    def refusal(self, request):
        try:
            self.endorsement = self.read(self.kwargs["token"])
        except tokens.ExpiredToken:
            return self.gone()
        except tokens.BadToken:
            return render(request, "people/link_broken.html", {"slim": True}, status=404)
        return None

    def gone(self):
        return render(self.request, "pledges/endorsement_gone.html", {"slim": True}, status=410)

    def read(self, token) -> Endorsement:
        number, *_ = tokens.read(self.purpose, token, max_days=self.max_days)
        if self.leads_on:
            found = actions.endorsement_behind(number)
        else:
            found = Endorsement.objects.select_related("declaration", "wording").filter(pk=number).first()
        if found is None:
            raise tokens.ExpiredToken
        return found

    def get_context_data(self, **kwargs):
        mine = {"endorsement": self.endorsement, "token": self.kwargs["token"], "slim": True}
        return super().get_context_data(**kwargs | mine)


class EndorseSent(EndorsementLink, Page):
    """Open the email we sent you. The same, whether we know the address or not."""

    purpose = SENT
    template_name = "pledges/endorse_sent.html"

    def get_context_data(self, **kwargs):
        # Once confirmed the address is kept elsewhere: whoever typed it need not learn more.
        address = self.endorsement.email
        return super().get_context_data(address=masked(address) if address else "", **kwargs)

    def post(self, request, *args, **kwargs):
        actions.ask_endorser(self.endorsement)
        return redirect("pledges:endorse_sent", self.kwargs["token"])


class EndorseConfirm(EndorsementLink, Page):
    """The link in the email. It shows a button: scanners that follow links confirm nothing."""

    purpose = actions.CONFIRM_ENDORSEMENT
    max_days = CONFIRM_WITHIN.days
    template_name = "pledges/endorse_confirm.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(mine_url=actions.endorsement_url(self.endorsement), **kwargs)

    def post(self, request, *args, **kwargs):
        try:
            done = actions.confirm_endorsement(self.endorsement)
        except (ValidationError, Endorsement.DoesNotExist):
            return self.gone()
        return redirect("pledges:endorsed", tokens.make(THANKS, done.pk))


class Endorsed(EndorsementLink, Page):
    """Thank you, and one next step."""

    purpose = THANKS
    leads_on = True
    template_name = "pledges/endorsed.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            mine_url=actions.endorsement_url(self.endorsement),
            declaration_url=links.absolute("pledges:declaration"),
            **kwargs,
        )


class MyEndorsement(EndorsementLink, FormPage):
    """By the link in the email: how they are shown, and taking it back. It works years later."""

    purpose = actions.MINE
    max_days = None
    leads_on = True
    form_class = ShownForm

    def get_template_names(self):
        return ["pledges/endorsement.html" if self.endorsement.is_live else "pledges/endorsement_waits.html"]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"kind": self.endorsement.kind}

    def get_initial(self):
        return {"shown": self.endorsement.shown or NOT}

    def act(self, form):
        actions.show_endorsement(self.endorsement, shown=form.cleaned_data["shown"])
        messages.success(self.request, "Saved. This is how we show you from now on.")

    def get_success_url(self):
        return reverse("pledges:endorsement", args=[self.kwargs["token"]])


class RemoveEndorsement(EndorsementLink, ActionView):
    """At once, and no question asked."""

    purpose = actions.MINE
    max_days = None
    leads_on = True

    def get_object(self, queryset=None):
        return self.endorsement

    def act(self, noun):
        actions.remove_endorsement(noun)

    def get_success_url(self, noun):
        return reverse("pledges:endorsement", args=[self.kwargs["token"]])
