"""Starting a group: how it goes, the enquiry, and the link that confirms it."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone

from groups import actions
from groups.actions.enquiring import CONFIRM
from groups.forms.enquiry import EnquiryForm
from groups.models import Enquiry, LocalGroup
from groups.models.enquiry import CONFIRM_WITHIN
from sanctuary.people import tokens
from sanctuary.places.actions import place_fields
from sanctuary.views import FormPage, Page, SecretLink


class StartGroup(FormPage):
    """Where a group lives already, it is shown first: there is one for each place."""

    public = True
    form_class = EnquiryForm
    template_name = "groups/start.html"
    serving: LocalGroup | None = None

    def form_valid(self, form):
        told = form.enquiry()
        district = place_fields(told["postcode"])["district_code"]
        self.serving = LocalGroup.objects.live().serving(told["area"], district).first()
        if self.serving and not form.cleaned_data["has_looked"]:
            form.add_error("has_looked", f"{self.serving} is in that place already. Please look at it first")
            return self.form_invalid(form)
        actions.start_enquiry(**told)
        response = redirect("groups:start_sent")
        response.status_code = HTTPStatus.SEE_OTHER
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(serving=self.serving, **kwargs)


class EnquirySent(Page):
    public = True
    template_name = "groups/start_sent.html"


class ConfirmEnquiry(SecretLink, Page):
    """The link in the email. It shows a button: scanners that follow links confirm nothing."""

    template_name = "groups/start_confirm.html"

    def refusal(self, request):
        try:
            (number,) = tokens.read(CONFIRM, self.kwargs["token"])
        except (tokens.BadToken, ValueError):
            return render(request, "people/link_broken.html", {"slim": True}, status=404)
        self.enquiry = Enquiry.objects.filter(pk=number).first()
        if self.enquiry is None or self._is_too_old():
            return self._too_old(request)
        return None

    def _is_too_old(self):
        return not self.enquiry.confirmed_at and self.enquiry.created_at < timezone.now() - CONFIRM_WITHIN

    def _too_old(self, request):
        return render(request, "groups/start_old.html", {"slim": True}, status=410)

    def post(self, request, *args, **kwargs):
        try:
            actions.confirm_enquiry(self.enquiry)
        except (ValidationError, Enquiry.DoesNotExist):
            return self._too_old(request)
        return redirect(request.path)

    def get_context_data(self, **kwargs):
        return super().get_context_data(enquiry=self.enquiry, slim=True, **kwargs)
