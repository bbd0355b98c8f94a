"""Square codes (QR) inside a page."""

from django import template
from django.utils.safestring import mark_safe

from sanctuary.printing import square_code

register = template.Library()

QUIET = 4


@register.inclusion_tag("components/qr_code.html")
def qr_code(url):
    """A square that opens this address; who cannot see it hears the address."""
    # Made of nothing but lines by `segno`, so it needs no escaping.
    return {"url": url, "code": mark_safe(square_code(url, quiet_zone=QUIET))}  # noqa: S308
