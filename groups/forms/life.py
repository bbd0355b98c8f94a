"""What a group writes about itself for the network: contacts, safeguarding, the Charter, the yearly health check."""

import re

from django import forms
from django.core.exceptions import ValidationError

from groups.models import HealthCheck, Safeguarding
from groups.models.health_check import CHOICES, QUESTIONS, WORDS
from sanctuary.people.forms import AddressField, NameField, TheirAddressField

LONGEST_ANSWER = 1000
_TELEPHONE = re.compile(r"\+?[0-9 ()./-]{7,30}")


class TelephoneField(forms.CharField):
    """As people write it; only that it could be dialled is looked at."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Telephone")
        super().__init__(**kwargs)
        self.error_messages["required"] = "Enter a telephone number, like 01632 960 001"

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"type": "tel", "autocomplete": "tel", "dir": "ltr"}

    def to_python(self, value):
        text = super().to_python(value)
        if text and (len(text) > 30 or not _TELEPHONE.fullmatch(text)):
            raise ValidationError("Enter a telephone number, like 01632 960 001", code="invalid")
        return text


class ContactForm(forms.Form):
    """One of the three to five."""

    use_required_attribute = False
    name = NameField(label="Full name", needed="Enter their full name")
    role = NameField(label="What they do in the group", needed="Enter what they do, like Treasurer", longest=100)
    telephone = TelephoneField()
    email = TheirAddressField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # somebody else's, not the writer's own
            field.widget.attrs["autocomplete"] = "off"


class SignForm(forms.Form):
    """Signing the Charter for a group."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    name = NameField(label="Your full name", needed="Enter your full name")
    role = NameField(label="Your role in the group", needed="Enter your role, like Chair", longest=100)
    may_sign = forms.BooleanField(
        label="Our group has read the Charter and agreed to it",
        error_messages={"required": "Tick the box when your group has agreed"},
    )


class DayField(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.error_messages["invalid"] = "Enter a date, like 27/3/2026"


class SafeguardingForm(forms.Form):
    """Names, days and a link. There is no box for what a check found, and none for a certificate."""

    use_required_attribute = False
    lead_name = NameField(label="Safeguarding lead", needed="", required=False, help_text="Their full name")
    lead_checked_on = DayField(label="Date of the lead’s DBS check", required=False)
    lead_trained_on = DayField(label="Date of the lead’s training", required=False)
    deputy_name = NameField(label="Safeguarding deputy", needed="", required=False, help_text="A second person")
    deputy_checked_on = DayField(label="Date of the deputy’s DBS check", required=False)
    deputy_trained_on = DayField(label="Date of the deputy’s training", required=False)
    policy_url = forms.URLField(
        label="Link to your safeguarding policy",
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": "Enter a web address, like https://example.org/policy"},
    )
    policy_reviewed_on = DayField(label="When you last looked at the policy together", required=False)
    is_contact_public = forms.BooleanField(label="Show a contact for safeguarding on our public page", required=False)
    public_email = AddressField(
        label="Public safeguarding mailbox", required=False, help_text="A mailbox of the role, never a person’s own"
    )
    public_telephone = TelephoneField(label="Public safeguarding telephone", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("lead_name", "deputy_name", "public_email", "public_telephone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @staticmethod
    def answers_of(known: Safeguarding | None) -> dict:
        return {name: getattr(known, name) for name in SafeguardingForm.base_fields} if known else {}


class HealthCheckForm(forms.Form):
    """A year in eleven questions. All may be left for later; sending it asks for each choice."""

    use_required_attribute = False

    def __init__(self, *args, is_draft=False, **kwargs):
        super().__init__(*args, **kwargs)
        for name in CHOICES:
            choices = HealthCheck._meta.get_field(name).choices
            self.fields[name] = forms.ChoiceField(
                label=QUESTIONS[name], choices=choices, widget=forms.RadioSelect, required=not is_draft
            )
            self.fields[name].error_messages["required"] = f"Choose an answer to “{QUESTIONS[name]}”"
        self.fields["voice"].help_text = "Please do not write names"
        for name in WORDS:
            self.fields[name] = forms.CharField(
                label=QUESTIONS[name],
                required=False,
                max_length=LONGEST_ANSWER,
                widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
                error_messages={"max_length": f"Use {LONGEST_ANSWER} letters or fewer"},
            )

    @staticmethod
    def answers_of(check: HealthCheck | None) -> dict:
        return {name: getattr(check, name) for name in QUESTIONS} if check else {}
