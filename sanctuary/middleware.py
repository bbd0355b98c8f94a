"""What happens to every request: the second step for staff, and headers that keep private pages private."""

import re
from http import HTTPStatus
from urllib.parse import unquote

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import BadRequest
from django.shortcuts import redirect

from sanctuary.people import guard
from sanctuary.people.actions import ask_mailbox

# What no link of ours asks of a list, and what Django's admin hands to PostgreSQL as it is, to fail there.
_NEVER_ASKED = re.compile(r"\0|[0-9]{19}")


def passed_second_step(request) -> bool:
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


class SecondStepMiddleware:
    """National staff reach nothing of the admin with a password or an emailed code alone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        # By what the URLconf sees: a proxy may put this house below a prefix, which is part of `path` alone.
        if request.path_info.startswith("/admin/") and user.is_authenticated and user.is_staff:
            if not is_mfa_enabled(user):
                return redirect("mfa_index")
            if not passed_second_step(request):
                return redirect("account_reauthenticate")
        return self.get_response(request)


class AdminQuestionsMiddleware:
    """A list of Django's admin is asked nothing that the database could only fail at. Our own pages look themselves."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        is_theirs = "admin" in request.resolver_match.namespaces and not hasattr(view, "view_class")
        if is_theirs and _NEVER_ASKED.search(unquote(request.META["QUERY_STRING"])):
            raise BadRequest("The address holds what no list can be asked.")


class GuardMiddleware:
    """Lets public forms ask who fills them in, and turns to the mailbox where a form says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with guard.visiting(request):
            return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, guard.MailboxAsked):
            return None
        ask_mailbox(exception.address, path=request.get_full_path(), given=exception.given)
        response = redirect("people:step_sent")
        response.status_code = HTTPStatus.SEE_OTHER
        return response


class PrivacyHeadersMiddleware:
    """No page may use the camera or the like, and pages made for somebody signed in are never stored."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy",
            "camera=(), geolocation=(), microphone=(), browsing-topics=()",
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response
