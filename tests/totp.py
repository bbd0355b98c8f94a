"""An authenticator app."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

PERIOD_SECONDS = 30


def code_now(secret: str) -> str:
    """The six digits that the app shows at this moment."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD_SECONDS))
