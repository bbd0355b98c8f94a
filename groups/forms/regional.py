"""What a regional coordinator writes down about a group."""

from django import forms

from groups.forms.life import DayField
from groups.models import LocalGroup
from groups.models.path import BEFORE
from sanctuary.people.forms import NameField

Status = LocalGroup.Status
# What each step is called to those who take it.
STEPS = {
    Status.RESEARCHING: "Welcome the enquiry: they begin to research",
    Status.FORMING: "They begin to form a group",
    Status.REGISTERED: "Register the group: it is in the public list",
    Status.ACTIVE: "The group is active",
    Status.DORMANT: "The group rests for a while",
    Status.CLOSED: "The group has ended, and every role with it",
    Status.DECLINED: "No group comes of this enquiry",
    Status.MERGED: "They join a group that is there already",
}


class MoveForm(forms.Form):
    """The next step in the life of a group."""

    use_required_attribute = False
    to = forms.ChoiceField(
        label="What happens now?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happens now", "invalid_choice": "Choose what happens now"},
    )
    into = forms.ModelChoiceField(
        queryset=LocalGroup.objects.none(),
        required=False,
        label="Which group do they join?",
        help_text="Only when they join a group that is there already",
        empty_label="Choose a group",
        error_messages={"invalid_choice": "Choose a group from the list"},
    )
    reason = NameField(label="Why?", help_text="The group can read this", needed="Say why, in a few words", longest=500)

    def __init__(self, *args, group, **kwargs):
        super().__init__(*args, **kwargs)
        steps = [status for status, before in BEFORE.items() if group.status in before]
        self.fields["to"].choices = [(status.value, STEPS[status]) for status in STEPS if status in steps]
        if Status.MERGED in steps:
            self.fields["into"].queryset = LocalGroup.objects.live().exclude(pk=group.pk)
        else:
            del self.fields["into"]

    def clean(self):
        given = super().clean()
        if given.get("to") == Status.MERGED and not given.get("into") and "into" not in self.errors:
            self.add_error("into", "Choose the group that they join")
        return given


class VisitForm(forms.Form):
    """A visit or a call."""

    use_required_attribute = False
    on = DayField(label="When did you meet?", error_messages={"required": "Enter the date, like 27/3/2026"})
    note = NameField(
        label="What is good to know next time?",
        help_text="Please name nobody who seeks sanctuary. The group can read this",
        needed="Write a few words",
        longest=500,
    )
