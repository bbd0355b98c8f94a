"""Asking people to help to run a group, and stepping down."""

from django import forms
from django.core.exceptions import ValidationError

from groups.forms.activity import DayField
from groups.models import GroupRole
from sanctuary.people.forms import NameField, TheirAddressField

WHAT_EACH_DOES = {
    GroupRole.Role.COORDINATOR: "Coordinator: looks after everything",
    GroupRole.Role.DEPUTY: "Deputy coordinator: looks after everything, but cannot name a coordinator",
    GroupRole.Role.HELPER: "Helper: plans activities and notes who came, and sees no addresses",
    GroupRole.Role.SAFEGUARDING_LEAD: "Safeguarding lead",
    GroupRole.Role.SAFEGUARDING_DEPUTY: "Safeguarding deputy",
}


class InviteForm(forms.Form):
    """Whom, and for what: only what the asker may give."""

    use_required_attribute = False
    email = TheirAddressField(label="Their email address", help_text="We send one email there, in our own words")
    role = forms.ChoiceField(
        label="What would they do?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they would do", "invalid_choice": "Choose from the list"},
    )

    def __init__(self, *args, roles, **kwargs):
        super().__init__(*args, **kwargs)
        # The one that can do least harm comes first.
        self.fields["role"].choices = [(role, WHAT_EACH_DOES[role]) for role in sorted(roles, key=_careful)]


def _careful(role) -> int:
    order = [GroupRole.Role.HELPER, GroupRole.Role.DEPUTY, GroupRole.Role.COORDINATOR]
    return order.index(role) if role in order else len(order)


class AcceptForm(forms.Form):
    """Saying yes. Asks for a name only of somebody who has given none."""

    use_required_attribute = False
    name = NameField(label="Your name", needed="Enter your name", help_text="Your team sees it")

    def __init__(self, *args, has_name, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if has_name:
            del self.fields["name"]


class HandoverForm(forms.Form):
    """Who takes over, and when."""

    use_required_attribute = False
    successor = forms.ChoiceField(
        label="Who takes over?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who takes over", "invalid_choice": "Choose from the list"},
    )
    email = TheirAddressField(label="Their email address", required=False, help_text="If you chose somebody else")
    on = DayField(label="Your last day", needed="Enter your last day", help_text="Within the next three months")

    def __init__(self, *args, team, **kwargs):
        """`team`: pairs of an account's number and its name."""
        super().__init__(*args, **kwargs)
        people = [(str(pk), name) for pk, name in team]
        others = [("email", "Somebody else, by email"), ("national", "I have found nobody: the national team")]
        self.fields["successor"].choices = [*people, *others]

    def clean(self):
        given = super().clean()
        if given.get("successor") == "email" and "email" in given and not given["email"]:
            self.add_error("email", ValidationError("Enter their email address", code="required"))
        return given
