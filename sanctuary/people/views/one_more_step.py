"""The one more step of somebody without JavaScript: a letter, and a button that sends on what they wrote."""

from django.shortcuts import render

from sanctuary.people import guard
from sanctuary.people.address import masked
from sanctuary.views import Page, SecretLink


class StepSent(Page):
    """Open the email we sent you. The same for everybody."""

    public = True
    template_name = "people/step_sent.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(slim=True, **kwargs)


class OneMoreStep(SecretLink, Page):
    """Looking sends nothing on: the button goes to the form that was filled in, with what was typed there."""

    http_method_names = ["get"]
    template_name = "people/one_more_step.html"

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        # The form it leads to checks where it is sent from. The address goes to no other site.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    def refusal(self, request):
        self.held = guard.open_held(self.kwargs["token"])
        return None if self.held else render(request, "people/step_over.html", {"slim": True}, status=410)

    def get_context_data(self, **kwargs):
        given = [(name, value) for name, values in self.held["given"].items() for value in values]
        address = self.held["address"]
        mine = {
            "path": self.held["path"],
            "given": given,
            "address": masked(address),
            "vouched": guard.make_pass(address),
        }
        return super().get_context_data(slim=True, **kwargs | mine)
