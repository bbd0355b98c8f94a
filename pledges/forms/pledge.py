"""What a pledger is asked."""

from django import forms

from pledges.forms.fields import GroupField, WordedForm
from pledges.models import IntendedAction
from sanctuary.people.forms import AddressField, NameField, YesNoField
from sanctuary.people.models import Supporter
from sanctuary.places.forms import PostcodeField


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
    wants_email = YesNoField(needed="Choose yes or no to emails", yes="Yes, email me", no="No, just count my pledge")
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
        yes="Yes, name us",
        no="No, just count us",
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
    wants_email = YesNoField(needed="Choose yes or no to emails", yes="Yes, email us", no="No, just count our pledge")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact_name"].widget.attrs["autocomplete"] = "name"
        self.fields["job_role"].widget.attrs["autocomplete"] = "organization-title"
        self.ask("wants_email")

    def pledge(self) -> dict:
        told = {name: value for name, value in self.cleaned_data.items() if name not in {"website", "may_speak"}}
        return told | {"wording": self.pledge_wording, "permission_wording": self.email_wording}
