"""What is held about somebody, shown and deleted by a link that went to their own mailbox within the hour."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect
from django.views.generic import View

from sanctuary.people import actions, links, tokens
from sanctuary.people.models import Supporter
from sanctuary.people.views.choices import SupporterLink
from sanctuary.views import Page


class AskPrivateLink(SupporterLink, View):
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            if self.is_known:
                actions.send_private_link(self.supporter)
            messages.success(request, "Open the email we have just sent you. Its link is good for one hour.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return self.choices()


class PrivateLink(SupporterLink):
    """A fresh link, sent to the address itself within the hour: so this is its owner."""

    def read(self, token):
        supporter_id, address = links.read_private(token)
        supporter = Supporter.objects.filter(pk=supporter_id).exclude(email="").first()
        if supporter is None or links.fingerprint(supporter.email) != address:
            raise tokens.ExpiredToken
        return supporter


class Held(PrivateLink, Page):
    template_name = "people/held.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(held=actions.held_about(self.supporter), **kwargs)


class HeldData(PrivateLink, View):
    def get(self, request, *args, **kwargs):
        response = JsonResponse(actions.held_about(self.supporter), json_dumps_params={"indent": 2})
        response.headers["Content-Disposition"] = 'attachment; filename="what-is-held-about-me.json"'
        return response


class Forget(PrivateLink, Page):
    template_name = "people/forget.html"

    def post(self, request, *args, **kwargs):
        actions.erase_supporter(self.supporter, by=self.supporter)
        return redirect("people:forgotten")


class Forgotten(Page):
    public = True
    template_name = "people/forgotten.html"
