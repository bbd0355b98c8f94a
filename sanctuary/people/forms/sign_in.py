"""The ways in."""

from allauth.account.forms import LoginForm, RequestLoginCodeForm
from django import forms


class SignInForm(LoginForm):
    """The way in with a password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _say_plainly(self.fields["login"])
        self.fields["password"].help_text = ""  # the page has its own link for a forgotten password
        self.fields["password"].error_messages["required"] = "Enter your password"


class CodeForm(RequestLoginCodeForm):
    """The way in with a code by email."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _say_plainly(self.fields["email"])


def _say_plainly(field: forms.Field) -> None:
    field.label = "Email address"
    words = "Enter your email address, like name@example.org"
    field.error_messages |= {"required": words, "invalid": words}
