"""What a pledger is asked. The words of the questions are the very rows whose version the answer records."""

import re

from django import forms
from django.core.exceptions import ValidationError

from groups.models import LocalGroup
from pledges.models import IntendedAction
from sanctuary.people.forms import AddressField, NameField, StampedForm
from sanctuary.people.models import Supporter
from sanctuary.places.forms import PostcodeField

STAMP = "pledge-form"
LONGEST_LETTER = 2000
MOST_WELCOMED = 100
# What no letter needs: signs that print nothing, or turn the order of the text around.
_ODD = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
YES_NO = [("yes", "Yes"), ("no", "No")]


class YesNoField(forms.TypedChoiceField):
    """Two buttons, neither chosen for you. Cleans to True or False."""

    widget = forms.RadioSelect

    def __init__(self, *, needed: str, choices=YES_NO, **kwargs):
        super().__init__(choices=choices, coerce=lambda value: value == "yes", **kwargs)
        self.error_messages |= {"required": needed, "invalid_choice": needed}


class WordedForm(StampedForm):
    """A form whose answer is tied to the wordings that it showed."""

    purpose = STAMP

    def __init__(self, *args, wordings, **kwargs):
        self.pledge_wording, self.email_wording = wordings
        self.numbers = tuple(wording.pk for wording in wordings)
        super().__init__(*args, **kwargs)

    def ask(self, name: str) -> None:
        """Put the email question to the field `name`: its first sentence asks, the rest explains."""
        question, mark, rest = self.email_wording.text.partition("? ")
        self.fields[name].label = question + mark.strip()
        self.fields[name].help_text = rest

    def own_fields(self):
        """The questions to show, without the box that people do not see."""
        return [self[name] for name in self.fields if name not in {"website", "group"}]


class GroupField(forms.ModelChoiceField):
    """The group whose page somebody came from. What is no live group is no group: nobody is stopped by an old link."""

    def __init__(self, **kwargs):
        queryset = LocalGroup.objects.live()
        super().__init__(queryset=queryset, to_field_name="slug", required=False, widget=forms.HiddenInput, **kwargs)

    def clean(self, value):
        try:
            return super().clean(value)
        except (ValidationError, ValueError):
            return None


class PledgeForm(WordedForm):
    """A person's pledge."""

    name = NameField(label="Your name", needed="Enter your name")
    email = AddressField(help_text="We send one email so you can confirm your pledge")
    postcode = PostcodeField(required=False, help_text="So we can introduce you to your local group")
    intended = forms.ChoiceField(
        label="What would you like to do first?",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (kind.value, kind.label)
            for kind in IntendedAction.Kind
            if kind not in {IntendedAction.Kind.WELCOME, IntendedAction.Kind.AWARD}
        ],
    )
    wants_email = YesNoField(
        needed="Choose yes or no to emails", choices=[("yes", "Yes, email me"), ("no", "No, just count my pledge")]
    )
    group = GroupField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.ask("wants_email")

    def pledge(self) -> dict:
        """What `start_pledge` wants to know."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "website"}
        return told | {"wording": self.pledge_wording, "permission_wording": self.email_wording}


class OrganisationForm(forms.Form):
    """An organisation's pledge, page 1: the organisation."""

    use_required_attribute = False
    name = NameField(label="Name of the organisation", needed="Enter the name of your organisation")
    organisation_type = forms.ChoiceField(
        label="What kind of organisation is it?",
        choices=[("", "Choose one"), *Supporter.OrganisationType.choices],
        error_messages={"required": "Choose what kind of organisation it is"},
    )
    postcode = PostcodeField(required=False, help_text="So we can introduce you to your local group")
    group = GroupField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "organization"

    def own_fields(self):
        return [self[name] for name in self.fields if name != "group"]


class SpeakerForm(WordedForm):
    """An organisation's pledge, page 2: the person who speaks for it."""

    contact_name = NameField(label="Your name", needed="Enter your name")
    job_role = NameField(label="Your role", needed="Enter your role", longest=100, required=False)
    email = AddressField(label="Work email address", help_text="We send one email so you can confirm the pledge")
    may_speak = forms.BooleanField(
        label="I can speak for this organisation",
        error_messages={"required": "Tick the box if you can speak for this organisation"},
    )
    is_listed = YesNoField(
        label="May we name your organisation in public?",
        help_text="On the page of your local group, once we have looked at the name",
        needed="Choose yes or no to being named",
        choices=[("yes", "Yes, name us"), ("no", "No, just count us")],
    )
    intended = forms.ChoiceField(
        label="What would you like to do first?",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (kind.value, kind.label)
            for kind in (IntendedAction.Kind.WELCOME, IntendedAction.Kind.INVITE, IntendedAction.Kind.AWARD)
        ],
    )
    wants_email = YesNoField(
        needed="Choose yes or no to emails", choices=[("yes", "Yes, email us"), ("no", "No, just count our pledge")]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact_name"].widget.attrs["autocomplete"] = "name"
        self.fields["job_role"].widget.attrs["autocomplete"] = "organization-title"
        self.ask("wants_email")

    def pledge(self) -> dict:
        told = {name: value for name, value in self.cleaned_data.items() if name not in {"website", "may_speak"}}
        return told | {"wording": self.pledge_wording, "permission_wording": self.email_wording}


class WelcomeForm(forms.Form):
    """Whom to welcome, and in which words. What is no id is as good as nobody's."""

    use_required_attribute = False
    who = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    letter = forms.CharField(
        label="Your letter",
        max_length=LONGEST_LETTER,
        help_text="We put their name above it and the name of your group below",
        widget=forms.Textarea(attrs={"rows": 9, "dir": "auto"}),
        error_messages={
            "required": "Write the letter",
            "max_length": f"Use {LONGEST_LETTER} characters or fewer",
        },
    )

    def clean_who(self) -> list[int]:
        ticked = (self.cleaned_data["who"] or [])[:MOST_WELCOMED]
        ids = [int(text) for text in ticked if text.isascii() and text.isdigit() and len(text) < 19]
        if not ids:
            raise ValidationError("Tick at least one person", code="nobody")
        return ids

    def clean_letter(self) -> str:
        text = self.cleaned_data["letter"].replace("\r\n", "\n")
        if _ODD.search(text):
            raise ValidationError("Check this: it has a letter we cannot print", code="odd")
        return text

    def ticked(self) -> list[str]:
        """As it was sent, to be shown again."""
        return self.data.getlist("who") if self.is_bound else []
