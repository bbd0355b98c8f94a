"""What happens to every request: the second step for staff, and headers that keep private pages private."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.shortcuts import redirect


def passed_second_step(request) -> bool:
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


class SecondStepMiddleware:
    """National staff reach nothing of the admin with a password or an emailed code alone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if request.path.startswith("/admin/") and user.is_authenticated and user.is_staff:
            if not is_mfa_enabled(user):
                return redirect("mfa_index")
            if not passed_second_step(request):
                return redirect("account_reauthenticate")
        return self.get_response(request)


class PrivacyHeadersMiddleware:
    """Pages made for one person are never stored, and addresses with a token in them are never passed on."""

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
