"""What the link in the email and the page after the form open."""

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse

from pledges import actions
from pledges.models import Pledge
from pledges.views.endorsing import endorse_url
from pledges.views.pledge import THANKS, THANKS_FOR_DAYS, thanks_url
from sanctuary.people import links, tokens
from sanctuary.people.address import masked
from sanctuary.people.forms import AddressForm
from sanctuary.views import FormPage, Page, SecretLink


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
        pledge_id, *self.proven_at = tokens.read(THANKS, token, max_days=THANKS_FOR_DAYS)
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

    def get_context_data(self, **kwargs):
        return super().get_context_data(endorse_url=endorse_url(self.pledge, *self.proven_at), **kwargs)


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
        return redirect(thanks_url(self.pledge, from_mailbox=True))
