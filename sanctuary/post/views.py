"""Where a mail provider tells what became of our messages."""

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.exceptions import BadRequest, ImproperlyConfigured
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.generic import View

from sanctuary.post import actions, returns
from sanctuary.views import Door

# What a body that is no report of theirs may do to the code that reads it.
_NONSENSE = (
    AnymailError,
    ArithmeticError,
    AttributeError,
    ImproperlyConfigured,  # what anymail raises at a report of another kind
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


class MailEvents(Door, View):
    """Reports of the one provider that the settings name, who proves itself with a secret and, if it can, a signature.

    What names no message of ours, or an address that message never went to, changes nothing and is answered alike.
    """

    public = True
    http_method_names = ["post"]

    @classmethod
    def as_view(cls, **initkwargs):
        view = super().as_view(**initkwargs)
        view.csrf_exempt = True  # no browser of ours sends it; a secret comes with it
        return view

    def post(self, request):
        for event in self.events(request):
            told = returns.read_event(event)
            if told is not None:
                actions.take_event(told)
        return HttpResponse()

    def events(self, request) -> list:
        """What a genuine, fresh request reports. Compared in constant time by anymail; refused with 400."""
        theirs = returns.PROVIDERS.get(settings.MAIL_PROVIDER)
        if theirs is None or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
            raise Http404
        if request.content_type != "application/json":
            raise BadRequest("A report is JSON.")
        reader = theirs()
        try:
            reader.run_validators(request)
            stale = returns.is_stale(settings.MAIL_PROVIDER, request.body, timezone.now())
            events = [] if stale else reader.parse_events(request)
        except _NONSENSE as error:
            raise BadRequest("This is no report.") from error
        if stale:
            raise BadRequest("This was signed too long ago.")
        return events
