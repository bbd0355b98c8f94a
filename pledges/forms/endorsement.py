"""What somebody is asked who endorses the Declaration, and who changes how they are shown."""

from django import forms

from pledges.forms.fields import WordedForm
from pledges.models import Endorsement
from sanctuary.people.forms import AddressField, NameField, YesNoField
from sanctuary.people.models import Supporter
from sanctuary.places.forms import PostcodeField

STAMP = "endorse-form"
NOT = "none"
Shown = Endorsement.Shown
CHOICES = {
    Supporter.Kind.PERSON: [
        (NOT, "Do not show me, only count me"),
        (Shown.FIRST.value, "My first name and my town"),
        (Shown.FULL.value, "My full name and my town"),
    ],
    Supporter.Kind.ORGANISATION: [
        (Shown.FULL.value, "The name of our organisation and its town"),
        (NOT, "Do not show us, only count us"),
    ],
}


class ShownField(forms.TypedChoiceField):
    """How somebody is shown among those who endorse. Cleans to `Endorsement.Shown`."""

    widget = forms.RadioSelect

    def __init__(self, *, label: str, kind: str, **kwargs):
        super().__init__(
            label=label,
            choices=CHOICES[kind],
            coerce=lambda value: "" if value == NOT else value,
            help_text="We look at each name before it stands on the page, and you can change this at any time",
            **kwargs,
        )
        self.error_messages |= dict.fromkeys(("required", "invalid_choice"), "Choose how to be shown")


class EndorseForm(WordedForm):
    """As myself."""

    purpose = STAMP
    name = NameField(
        label="Your name", needed="Enter your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = AddressField(help_text="We send one email so you can confirm")
    postcode = PostcodeField(required=False, help_text="To know your town. The first half is enough")
    shown = ShownField(label="How should we show you?", kind=Supporter.Kind.PERSON, initial=NOT)
    wants_email = YesNoField(needed="Choose yes or no to emails", yes="Yes, email me", no="No, just count me")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask("wants_email")

    def endorsement(self) -> dict:
        """What `start_endorsement` wants to know."""
        told = {name: value for name, value in self.cleaned_data.items() if name not in {"website", "may_speak"}}
        return told | {"wording": self.pledge_wording, "permission_wording": self.email_wording}


class OrganisationEndorseForm(EndorseForm):
    """For an organisation."""

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
    email = AddressField(label="Work email address", help_text="We send one email so you can confirm")
    may_speak = forms.BooleanField(
        label="I can speak for this organisation",
        error_messages={"required": "Tick the box if you can speak for this organisation"},
    )
    shown = ShownField(
        label="How should we show your organisation?", kind=Supporter.Kind.ORGANISATION, initial=Shown.FULL.value
    )
    wants_email = YesNoField(needed="Choose yes or no to emails", yes="Yes, email us", no="No, just count us")
    field_order = ["name", "organisation_type", "postcode", "contact_name", "job_role", "email", "may_speak", "shown"]


class ShownForm(forms.Form):
    """Choosing anew, by the link in the email."""

    use_required_attribute = False

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        words = "How should we show you?" if kind == Supporter.Kind.PERSON else "How should we show your organisation?"
        self.fields["shown"] = ShownField(label=words, kind=kind)


FORMS = {Supporter.Kind.PERSON: EndorseForm, Supporter.Kind.ORGANISATION: OrganisationEndorseForm}
