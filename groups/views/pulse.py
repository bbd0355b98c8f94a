"""Two questions to guests, answered on their own phones: no name, no cookie, no account."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property

from groups import actions
from groups.forms import PulseForm
from groups.models import Activity
from sanctuary.people import links, tokens
from sanctuary.views import FormPage, SecretLink

PULSE = "pulse"
GOOD_FOR_DAYS = 14


def pulse_url(activity: Activity) -> str:
    return links.absolute("groups:pulse", tokens.make(PULSE, activity.pk))


class Pulse(SecretLink, FormPage):
    form_class = PulseForm
    template_name = "groups/pulse.html"

    @cached_property
    def activity(self) -> Activity | None:
        """None for a link that is forged, too old, or about what is long past."""
        try:
            (number,) = tokens.read(PULSE, self.kwargs["token"], max_days=GOOD_FOR_DAYS)
        except (tokens.BadToken, ValueError):
            return None
        since = timezone.now() - timedelta(days=2 * GOOD_FOR_DAYS)
        return Activity.objects.going_ahead().with_group().filter(pk=number, ends_at__gt=since).first()

    def needs_no_form(self) -> bool:
        # The link is the key and the answer says nothing about anybody, so no cookie is needed to guard it.
        return True

    def refusal(self, request):
        if self.activity is None or "done" in request.GET:
            state = "done" if self.activity else "closed"
            return self.render_to_response(self.get_context_data(state=state), status=200 if self.activity else 404)

    def get_context_data(self, **kwargs):
        return super().get_context_data(activity=self.activity, **kwargs)

    def act(self, form):
        return actions.answer_pulse(self.activity, **form.cleaned_data)

    def form_valid(self, form):
        try:
            self.act(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return redirect(f"{self.request.path}?done")
