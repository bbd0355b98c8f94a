"""What somebody is asked who acts: who they are, whether we may email them, and with which codes they came."""

from django import forms

from campaigns.forms.partners import PartnerConsents
from campaigns.models import ActionTaken
from campaigns.models.action import EMAIL_QUESTION
from campaigns.models.source import CODE
from sanctuary.people.forms import AddressField, NameField, StampedForm, YesNoField
from sanctuary.people.models import Supporter
from sanctuary.places.forms import PostcodeField

# The first sentence asks, the rest explains; both together are what is kept with the answer.
_QUESTION, _, _PROMISE = EMAIL_QUESTION.partition("? ")


def code_in(text) -> str:
    """The code in a link somebody followed. What is no code is nothing: nobody is stopped by an odd link."""
    return text if isinstance(text, str) and CODE.fullmatch(text) else ""


class CodeField(forms.CharField):
    """Carried from page to page, and never shown."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def clean(self, value):
        return code_in(value)

    def prepare_value(self, value):
        return code_in(value)


class Carried(forms.Form):
    """Where somebody came from: the code of a source link, and that of the person who shared it."""

    from_code = CodeField()
    with_code = CodeField()

    @staticmethod
    def codes_in(query) -> dict[str, str]:
        """As the form starts, from `?from=` and `?with=`."""
        return {"from_code": code_in(query.get("from")), "with_code": code_in(query.get("with"))}

    def carried(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("from_code", "with_code")}


class EmailQuestionField(YesNoField):
    """May we email you? In the very words that are kept with the answer."""

    def __init__(self, **kwargs):
        super().__init__(label=_QUESTION + "?", help_text=_PROMISE, needed="Choose yes or no to emails", **kwargs)


class SignForm(PartnerConsents, Carried, StampedForm):
    """Put your name to a campaign."""

    purpose = "act-sign"
    name = NameField(
        needed="Enter your name", label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = AddressField(help_text="We send one email, so that you can confirm your name")
    postcode = PostcodeField(required=False, help_text="To show how far the call has reached. The first half is enough")
    wants_email = EmailQuestionField(yes="Yes, email me", no="No, just count my name")

    def told(self) -> dict:
        """What `start_act` wants to know."""
        return {name: self.cleaned_data[name] for name in ("name", "email", "postcode", "wants_email")}


class OrganisationForm(Carried):
    """Our organisation joins, page 1: the organisation."""

    use_required_attribute = False
    name = NameField(
        label="Name of the organisation",
        needed="Enter the name of your organisation",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    organisation_type = forms.ChoiceField(
        label="What kind of organisation is it?",
        choices=[("", "Choose one"), *Supporter.OrganisationType.choices],
        error_messages={"required": "Choose what kind of organisation it is"},
    )
    postcode = PostcodeField(required=False, help_text="To show how far the call has reached. The first half is enough")

    def told(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("name", "organisation_type", "postcode")}


class SpeakerForm(PartnerConsents, StampedForm):
    """Our organisation joins, page 2: the person who speaks for it."""

    purpose = "act-join"
    contact_name = NameField(
        label="Your name", needed="Enter your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    job_role = NameField(
        label="Your role",
        needed="Enter your role",
        longest=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    email = AddressField(label="Work email address", help_text="We send one email, so that you can confirm it")
    may_speak = forms.BooleanField(
        label="I can speak for this organisation",
        error_messages={"required": "Tick the box if you can speak for this organisation"},
    )
    is_listed = YesNoField(
        label="May we name your organisation in public?",
        help_text="On the page of this campaign, once we have looked at the name",
        needed="Choose yes or no to being named",
        yes="Yes, name us",
        no="No, just count us",
    )
    wants_email = EmailQuestionField(yes="Yes, email us", no="No, just count us")

    def own_fields(self):
        """The questions to carry, without the box that people do not see."""
        return [self[name] for name in self.fields if name != "website"]

    def told(self) -> dict:
        told = {name: self.cleaned_data[name] for name in ("contact_name", "job_role", "email", "wants_email")}
        shown = ActionTaken.Shown.FULL if self.cleaned_data["is_listed"] else ActionTaken.Shown.NOT
        return told | {"kind": Supporter.Kind.ORGANISATION, "shown": shown}
