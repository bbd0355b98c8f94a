"""Who came, and how it went: what a coordinator or helper is asked on a phone."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.utils import dateformat, timezone

from groups.models import Activity, ActivityLog, PulseAnswer
from groups.models.attendance import LONGEST_NOTE, MOST_PEOPLE
from sanctuary.people.forms import NameField, TheirAddressField
from streams.models import Stream

NEW = "new"
OLDEST = timedelta(days=366)
MOST_NUMBERS = 500
LONGEST_NUMBER = 18
YES_NO = [("yes", "Yes"), ("no", "No")]


class AskingForm(forms.Form):
    """Some questions need an answer only after certain others."""

    use_required_attribute = False

    def spare(self, *names: str) -> None:
        """Nobody needed to answer these; what they answered wrongly is still wrong."""
        for name in names:
            if [error.code for error in self.errors.get(name, ErrorList()).as_data()] == ["required"]:
                del self.errors[name]
                is_text = isinstance(self.fields[name], forms.CharField | forms.ChoiceField)
                self.cleaned_data[name] = "" if is_text else None


class LogForm(AskingForm):
    """What was it, and when?"""

    what = forms.ChoiceField(
        label="What was it?",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose what it was, or “Something new”"),
    )
    title = NameField(
        label="What do you call it?", needed="Enter what you call it, for example Knitting club", longest=120
    )
    kind = forms.ChoiceField(
        label="What kind of activity was it?",
        choices=[("", "Choose one"), *Activity.Kind.choices],
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose what kind of activity it was"),
    )
    when = forms.ChoiceField(
        label="When was it?",
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose when it was"),
        widget=forms.RadioSelect,
        choices=[("today", "Today"), ("yesterday", "Yesterday"), ("other", "Another date")],
    )
    day = forms.DateField(
        label="Which date?",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Enter the date", "invalid": "Enter a date, like 4 June 2026"},
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y"],
    )

    def __init__(self, *args, waiting, again, **kwargs):
        """`waiting` are activities without a log; `again`, ones of which there may be another."""
        super().__init__(*args, **kwargs)
        self.known = {f"a{each.pk}": each for each in waiting}
        self.models = {f"t{each.pk}": each for each in again}
        self.fields["what"].choices = [
            *((key, f"{each.title}, {_day(each)}") for key, each in self.known.items()),
            *((key, f"{each.title}, once more") for key, each in self.models.items()),
            (NEW, "Something new"),
        ]

    def clean(self):
        given = super().clean()
        if given.get("what") != NEW:
            self.spare("title", "kind")
        if given.get("what") != NEW and given.get("what") not in self.models:
            self.spare("when", "day")
        if given.get("when") != "other":
            self.spare("day")
        return given

    def clean_day(self):
        day, today = self.cleaned_data["day"], timezone.localdate()
        if day > today:
            raise ValidationError("Enter a day that has been", code="future")
        if day < today - OLDEST:
            raise ValidationError("Enter a day of the last twelve months", code="long_ago")
        return day

    def _on(self) -> date:
        when, today = self.cleaned_data["when"], timezone.localdate()
        return {"today": today, "yesterday": today - timedelta(days=1)}.get(when) or self.cleaned_data["day"]

    def kept_activity(self) -> Activity | None:
        """The activity that was chosen, if it is in the list of those to write up."""
        return self.known.get(self.cleaned_data["what"])

    def new_activity(self) -> dict:
        """What `note_activity` wants to know."""
        model, given = self.models.get(self.cleaned_data["what"]), self.cleaned_data
        title, kind = (model.title, model.kind) if model else (given["title"], given["kind"])
        return {"title": title, "kind": kind, "on": self._on()}


def _day(activity: Activity) -> str:
    return dateformat.format(timezone.localtime(activity.starts_at), "l j F")


class NumbersField(forms.Field):
    """Ticked boxes: whole numbers. What is no number of ours was not ticked by anybody, and is left out."""

    widget = forms.MultipleHiddenInput

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def to_python(self, value) -> list[int]:
        given = [each for each in value or [] if each.isascii() and each.isdecimal() and len(each) <= LONGEST_NUMBER]
        return [int(each) for each in given[:MOST_NUMBERS]]


def _number(label: str, help_text: str = "", needed: str = "") -> forms.IntegerField:
    words = {"invalid": "Enter a whole number, for example 20", "min_value": "Enter 0 or more"}
    words["max_value"] = f"Enter {MOST_PEOPLE} or fewer"
    attrs = {"inputmode": "numeric"}
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=bool(needed),
        min_value=0,
        max_value=MOST_PEOPLE,
        widget=forms.NumberInput(attrs=attrs),
        error_messages=words | {"required": needed},
    )


class WhoCameForm(AskingForm):
    """One page: names, numbers and the contact question. `do` is the button: add, new or save."""

    who, was = NumbersField(), NumbersField()
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    do = forms.CharField(required=False, widget=forms.HiddenInput)
    sure = forms.CharField(required=False, widget=forms.HiddenInput)
    # The name that was looked for and not found, which one press adds.
    offered = NameField(needed="", longest=100, required=False, widget=forms.HiddenInput)
    q = NameField(label="Add somebody by name", needed="", longest=100, required=False)
    new_name = NameField(label="First name", needed="", longest=100, required=False)
    new_email = TheirAddressField(
        required=False,
        label="Email address",
        help_text="Only if they want you to keep it. It does not mean that anybody may email them",
    )
    total_count = _number(
        "How many came in total?",
        "Count everybody, with those you ticked",
        needed="Enter how many came in total, for example 20",
    )
    seeking = forms.ChoiceField(
        label="How many were people seeking sanctuary, roughly?",
        help_text="A rough number. It is never linked to a name",
        error_messages=dict.fromkeys(
            ["required", "invalid_choice"], "Choose a rough number, or that you would rather not say"
        ),
        widget=forms.RadioSelect,
        choices=ActivityLog.Seeking,
    )
    contact = forms.ChoiceField(
        label="Did people who had not met before talk or do something together?",
        error_messages=dict.fromkeys(["required", "invalid_choice"], "Choose yes, a little or no"),
        widget=forms.RadioSelect,
        choices=ActivityLog.Contact,
    )
    is_co_run = forms.TypedChoiceField(
        label="Was it planned or led with people seeking sanctuary?",
        required=False,
        widget=forms.RadioSelect,
        choices=YES_NO,
        coerce=lambda value: value == "yes",
        empty_value=None,
        error_messages={"invalid_choice": "Choose yes or no"},
    )
    note = forms.CharField(
        label="Anything to remember?",
        help_text="Do not write immigration or health details",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": f"Use {LONGEST_NOTE} letters or fewer"},
    )
    stream = forms.ModelChoiceField(
        Stream.objects.none(),
        label="For which stream?",
        required=False,
        empty_label="It was no awareness session",
        error_messages={"invalid_choice": "Choose one of the streams"},
    )
    reached_count = _number("How many people did it reach?")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stream"].queryset = Stream.objects.order_by("name")
        self.fields["q"].widget.attrs |= {"autocomplete": "off", "type": "search", "enterkeyhint": "search"}
        for name in ("new_name", "new_email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self):
        given = super().clean()
        self.step = self._step()
        if self.step == "add" and not given.get("q"):
            self._refuse("q", "Type a name to add")
        if self.step == "new" and not given.get("new_name") and not given.get("offered"):
            self._refuse("new_name", "Enter their first name")
        if self.step != "save":
            self.spare("total_count", "seeking", "contact")
        return given

    def _step(self) -> str:
        """What was pressed; a name that was typed and not yet added comes first, so that it is not forgotten."""
        given = self.cleaned_data
        if given.get("do") in ("add", "new"):
            return given["do"]
        return "add" if given.get("q") else "new" if given.get("new_name") else "save"

    def _refuse(self, name: str, words: str) -> None:
        if not self.errors.get(name):
            self.add_error(name, ValidationError(words, code="required"))

    def answers(self) -> dict:
        """What `record_activity` wants to know of the activity itself."""
        given = self.cleaned_data
        names = ("total_count", "seeking", "contact", "is_co_run", "note", "reached_count")
        return {name: given[name] for name in names}

    def newcomer(self) -> dict:
        given = self.cleaned_data
        return {
            "name": given["new_name"] or given["offered"],
            "email": given["new_email"],
            "known": given["was"] + given["who"],
        }

    def is_sure(self) -> bool:
        """Whether they were told already that somebody of this name belongs to the group."""
        return self.cleaned_data["sure"] == self.cleaned_data["new_name"]


class PulseForm(forms.Form):
    """Two questions to a guest. Each may be left out."""

    use_required_attribute = False
    understanding = forms.ChoiceField(
        label="Do you understand more now about what people seeking sanctuary go through?",
        required=False,
        widget=forms.RadioSelect,
        choices=PulseAnswer.Understanding,
    )
    wish = forms.ChoiceField(
        label="Would you like to do more to make people welcome?",
        required=False,
        widget=forms.RadioSelect,
        choices=PulseAnswer.Wish,
    )
