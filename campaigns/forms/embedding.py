"""Our forms in a frame on somebody else's website, and what is asked of whoever puts one there."""

from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from campaigns.forms.acting import SignForm
from campaigns.models import Embed
from campaigns.models.embed import HOST, MOST_HOSTS
from pledges.forms import PledgeForm
from sanctuary.people.forms import NameField, make_stamp

LONGEST_HOSTS = 4000
HOSTS_HELP = "One on each line, like www.example.org"


class Framed(forms.Form):
    """Stands before a stamped form: its answer is tied to the very frame in which it was shown.

    A frame has no cookie that a browser would keep, so this signature is what says that the page came from us.
    """

    def __init__(self, *args, embed: Embed, **kwargs):
        super().__init__(*args, **kwargs)
        self.numbers = (*self.numbers, embed.pk)
        self.stamp = make_stamp(self.purpose, *self.numbers)


class FramedSignForm(Framed, SignForm):
    purpose = "embed-sign"


class FramedPledgeForm(Framed, PledgeForm):
    purpose = "embed-pledge"


class HostsField(forms.CharField):
    """Names of websites, one on each line. Whole addresses are cut down to the name."""

    widget = forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false", "autocapitalize": "none"})

    def __init__(self, **kwargs):
        kwargs.setdefault("error_messages", {"required": "Write the name of at least one website"})
        super().__init__(label="On which websites may it be shown?", help_text=HOSTS_HELP, **kwargs)

    def prepare_value(self, value):
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:
        text = super().to_python(value)
        if len(text) > LONGEST_HOSTS:
            raise ValidationError("That is too long", code="max_length")
        hosts = list(dict.fromkeys(host_in(word) for word in text.replace(",", " ").split()))
        if len(hosts) > MOST_HOSTS:
            raise ValidationError(f"Name {MOST_HOSTS} websites at most", code="too_many")
        return hosts


def host_in(text: str) -> str:
    """The name of the website in an address, as browsers spell it. Raises ValidationError."""
    refusal = ValidationError(f"Check this website: {text[:60]}", code="no_host")
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = (parts.hostname or "").encode("idna").decode() + (f":{parts.port}" if parts.port else "")
    except ValueError as error:
        raise refusal from error
    is_whole = parts.scheme in {"", "http", "https"} and "@" not in parts.netloc
    if not (is_whole and HOST.match(host) and ("." in host or host.startswith("localhost"))):
        raise refusal
    return host


class GroupEmbedForm(forms.Form):
    """A group's pledge on its own website."""

    use_required_attribute = False
    label = NameField(
        label="What is it for?",
        needed="Write what it is for, like Our website",
        longest=100,
        help_text="Only your team and the national team see this",
    )
    allowed_hosts = HostsField()
