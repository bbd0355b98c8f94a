"""The demonstration's mailbox in the browser. Its addresses exist under DEBUG only."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.utils.decorators import method_decorator
from django.views.generic import View

from sanctuary.demo import mailbox
from sanctuary.demo.words import TOTP_SECRET
from sanctuary.views import Door, Page


class Mailbox(Page):
    """The newest letters, and the digits of the second step."""

    public = True
    template_name = "demo/mailbox.html"

    def get_context_data(self, **kwargs):
        to = self.request.GET.get("to", "")[:100].replace("\0", "")
        return super().get_context_data(letters=mailbox.newest(to), to=to, digits=second_step_digits(), **kwargs)


class OneLetter(Page):
    public = True
    template_name = "demo/letter.html"

    def get_context_data(self, key, **kwargs):
        return super().get_context_data(letter=_letter(key), **kwargs)


@method_decorator(csp_replace({"style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]}), name="dispatch")
class LetterHtml(Door, View):
    """The HTML part alone, for a sandboxed frame: emails carry their styles within."""

    public = True

    def get(self, request, key):
        response = HttpResponse(_letter(key).html)
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response


def _letter(key: str) -> mailbox.Letter:
    letter = mailbox.read(key)
    if letter is None:
        raise Http404
    return letter


def second_step_digits() -> str:
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))
