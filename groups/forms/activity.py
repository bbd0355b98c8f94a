"""Planning an activity: asked in the order in which people think of it."""

import re
from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from groups.models import Activity
from groups.models.repeat import MOST_DATES, Repeat
from sanctuary.people.forms import NameField
from streams.models import Principle, Stream

DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y"]
TIMES = ["%H:%M", "%H:%M:%S", "%H.%M", "%I%p", "%I.%M%p", "%I:%M%p", "%I %p", "%I.%M %p", "%I:%M %p"]
FARTHEST = timedelta(days=3 * 366)
# An end before this hour is in the night after; any other end before the start is a slip.
NIGHT_ENDS = time(6)
# What turns the order of a line around or has no shape, but not the ends of lines.
_NEVER = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class DayField(forms.DateField):
    def __init__(self, *, needed="", **kwargs):
        words = needed or "Enter a day, like 4/6/2026"
        wrong = {"required": words, "invalid": "Enter a day, like 4/6/2026"}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(input_formats=DAYS, widget=widget, error_messages=wrong, **kwargs)


class ClockField(forms.TimeField):
    def __init__(self, *, needed="", **kwargs):
        words = needed or "Enter a time, like 18:30"
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        wrong = {"required": words, "invalid": words}
        super().__init__(input_formats=TIMES, widget=widget, error_messages=wrong, **kwargs)

    def to_python(self, value):
        return super().to_python(value.lower().replace("midday", "12:00") if isinstance(value, str) else value)


class WordsField(forms.CharField):
    """A few lines of plain text."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}), **kwargs)

    def clean(self, value):
        text = super().clean(value).replace("\r\n", "\n")
        if _NEVER.search(text):
            raise ValidationError("Check this: it has a letter we cannot print", code="odd")
        return text


def line(label: str, longest: int, hint: str = "", *, needed: str = "") -> NameField:
    """One line of text; optional unless `needed` says what is missing."""
    return NameField(label=label, longest=longest, help_text=hint, needed=needed, required=bool(needed))


class ActivityForm(forms.Form):
    """Cleans to what `plan_activity` and `change_activity` want to know."""

    use_required_attribute = False
    title = line("What is it called?", 120, "Like “Shared supper” or “Walk by the river”", needed="Enter a title")
    kind = forms.ChoiceField(
        label="What kind of activity is it?",
        choices=[("", "Choose one"), *Activity.Kind.choices],
        error_messages={"required": "Choose what kind of activity it is"},
    )
    about = WordsField(
        label="What happens there?", max_length=600, required=False, help_text="Two or three sentences are enough"
    )
    day = DayField(label="Day", needed="Enter the day, like 4/6/2026")
    start = ClockField(label="Starts at", needed="Enter when it starts, like 18:30")
    end = ClockField(label="Finishes at", needed="Enter when it finishes, like 20:30")
    area = line("Part of town", 100, "Everybody can see this", needed="Enter the part of town")
    venue = line("Venue and address", 200)
    is_venue_private = forms.BooleanField(
        label="Show the venue only to people who have booked", required=False, initial=True
    )
    is_online = forms.BooleanField(label="People can join online", required=False)
    online_link = forms.URLField(
        label="Link to join online",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Shown only to people who have booked",
        error_messages={"invalid": "Enter a link, like https://example.org/room"},
    )
    is_public = forms.TypedChoiceField(
        label="Who can see it?",
        choices=[("yes", "Everybody: it is in the public calendar"), ("no", "Our team only: we tell people ourselves")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
        error_messages={"required": "Choose who can see it"},
    )
    capacity = forms.IntegerField(
        label="How many people can come?", required=False, min_value=1, max_value=5000, help_text="Empty for no limit"
    )
    cost = line("Cost", 100, "Empty if it is free")
    is_for_children = forms.BooleanField(label="Children are welcome", required=False)
    is_women_only = forms.BooleanField(label="For women only", required=False)
    is_step_free = forms.BooleanField(label="Step-free: no stairs on the way in", required=False)
    languages = line("Languages spoken", 200, "With commas between them")
    food = line("Food and drink", 100, "Like “Halal and vegetarian supper”")
    travel_help = line("Help with travel", 200, "Like “We pay bus fares”")
    access = line("Anything else that helps people take part", 200, "Like a hearing loop or a quiet room")
    principles = forms.ModelMultipleChoiceField(
        Principle.objects.all(),
        label="Which network principles does it serve?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    stream = forms.ModelChoiceField(
        Stream.objects.all(),
        label="Is it an awareness session for a stream?",
        required=False,
        empty_label="No",
        help_text="Like a talk in a school or a library",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["capacity"].widget.attrs["inputmode"] = "numeric"
        self.fields["online_link"].validators = [URLValidator(schemes=["https", "http"])]

    def clean_day(self):
        day, today = self.cleaned_data["day"], timezone.localdate()
        if not today - FARTHEST <= day <= today + FARTHEST:
            raise ValidationError("Choose a day within the next three years", code="far")
        return day

    def clean(self):
        given = super().clean()
        day, start, end = (given.get(name) for name in ("day", "start", "end"))
        if day and start is not None and end is not None:
            night = end <= start and end <= NIGHT_ENDS
            if end <= start and not night:
                self.add_error("end", "The end must be later than the start")
            self.starts_at = _moment(day, start)
            self.ends_at = _moment(day + timedelta(days=night), end)
        if given.get("online_link") and not given.get("is_online"):
            given["is_online"] = True
        return given

    def activity(self) -> dict:
        own = {name: self.cleaned_data[name] for name in ActivityForm.base_fields if name not in _WHEN}
        return own | {"starts_at": self.starts_at, "ends_at": self.ends_at}


_WHEN = {"day", "start", "end"}


def _moment(day, clock) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


class NewActivityForm(ActivityForm):
    """With the dates of something that repeats."""

    repeat = forms.ChoiceField(
        label="Does it repeat?",
        required=False,
        choices=[("", "No"), *Repeat.choices],
        widget=forms.RadioSelect,
    )
    until = DayField(label="Last day", required=False)
    times = forms.IntegerField(label="Or: how many dates in all?", required=False, min_value=2, max_value=MOST_DATES)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["times"].widget.attrs["inputmode"] = "numeric"

    def clean(self):
        given = super().clean()
        if getattr(self, "starts_at", None) and self.starts_at < timezone.now() and "end" not in self.errors:
            self.add_error("day", "Choose a day and a time that are still to come")
        has_both_or_none = (given.get("until") is None) == (given.get("times") is None)
        if given.get("repeat") and has_both_or_none and not {"until", "times"} & set(self.errors):
            self.add_error("until", "Enter the last day or the number of dates, not both")
        return given

    def activity(self) -> dict:
        how = {name: self.cleaned_data[name] for name in ("repeat", "until", "times")}
        return super().activity() | how


class SeriesField(forms.TypedChoiceField):
    """This date alone, or the following ones as well. Cleans to whether it is more than one."""

    def __init__(self, **kwargs):
        choices = [("one", "This date only"), ("following", "This and all the following dates")]
        super().__init__(
            choices=choices,
            coerce=lambda value: value == "following",
            widget=forms.RadioSelect,
            error_messages={"required": "Choose which dates"},
            **kwargs,
        )


class EditActivityForm(ActivityForm):
    def __init__(self, *args, activity: Activity, **kwargs):
        super().__init__(*args, **kwargs)
        if activity.series:
            self.fields["following"] = SeriesField(label="It repeats. What do you want to change?", initial="one")


class CancelForm(forms.Form):
    use_required_attribute = False
    reason = line("Why?", 200, "Everybody who booked reads this", needed="Say why, in a few words")

    def __init__(self, *args, activity: Activity, **kwargs):
        super().__init__(*args, **kwargs)
        if activity.series:
            self.fields["following"] = SeriesField(label="Which dates?", initial="one")


def told(activity: Activity) -> dict:
    """What the form says about an activity that is there already."""
    starts, ends = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
    own = {name: getattr(activity, name) for name in ActivityForm.base_fields if name not in {*_WHEN, "principles"}}
    own["is_public"] = "yes" if activity.is_public else "no"
    own["principles"] = list(activity.principles.all())
    return own | {"day": starts.date(), "start": starts.time(), "end": ends.time()}
