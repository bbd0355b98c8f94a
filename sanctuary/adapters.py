"""How allauth meets our house: no open sign-up, mail through the outbox, second-step secrets encrypted."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from sanctuary.people.sealed import seal, unseal
from sanctuary.post.actions import queue_text


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That address and password do not belong together. Check both, or ask for a code",
        "incorrect_code": "That is not the code we sent. Check it, or start again for a new one",
        "incorrect_password": "That is not your password",
        "invalid_password_reset": "This link is too old. Ask for a new one",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again",
        "rate_limited": "Too many tries. Wait five minutes, then try again",
    }

    def is_open_for_signup(self, request):
        """Accounts come by invitation: supporters need none."""
        return False

    def format_email_subject(self, subject):
        """Without the name of the site before it: the sender says that."""
        return subject

    def send_mail(self, template_prefix, email, context):
        message = self.render_mail(template_prefix, email, context)
        # This one goes to whatever address somebody typed.
        asks = template_prefix == "account/email/unknown_account"
        queue_text(to=email, subject=message.subject, text=message.body, kind=template_prefix, asks=asks)


class MfaAdapter(DefaultMFAAdapter):
    """A dump of the database alone opens no second step."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That is not the code your app shows now. Wait for the next one and try again",
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
