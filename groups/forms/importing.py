"""What is asked about a file of people."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from groups.models import PeopleImport
from groups.models.people_import import MOST_BYTES, PURPOSES, TOO_BIG, Column
from sanctuary.people.forms import NameField
from sanctuary.people.models import Permission

ENDINGS = (".csv", ".txt", ".tsv")
EARLIEST = date(1990, 1, 1)
SHORTEST_WORDS = 10


class UploadForm(forms.Form):
    """Which file."""

    use_required_attribute = False
    file = forms.FileField(
        label="Your file",
        help_text="A CSV file of up to 25 MB",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        max_length=255,
        error_messages={
            "required": "Choose your file",
            "invalid": "Choose your file",
            "empty": "This file is empty",
            "max_length": "Give the file a shorter name",
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(TOO_BIG, code="too_big")
        if not file.name.lower().endswith(ENDINGS):
            words = "The name of your file should end in .csv. In your spreadsheet choose File, Save as, “CSV UTF-8”"
            raise ValidationError(words, code="not_csv")
        return file


class ColumnsForm(forms.Form):
    """What each column holds."""

    use_required_attribute = False

    def __init__(self, *args, people_import: PeopleImport, **kwargs):
        super().__init__(*args, **kwargs)
        for number, guess in enumerate(people_import.columns):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                choices=Column.choices,
                required=False,
                initial=guess,
                label=f"Column {letters(number)} holds",
                error_messages={"invalid_choice": "Choose from the list"},
            )

    @property
    def columns(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]


def letters(number: int) -> str:
    """0 → A, 26 → AA, as a spreadsheet names its columns."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class AgreedForm(forms.Form):
    """How the people of this file agreed to emails. A yes needs its proof."""

    use_required_attribute = False
    agreed = forms.ChoiceField(
        label="How did these people agree to emails from your group?",
        choices=PeopleImport.Agreed.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one answer", "invalid_choice": "Choose one answer"},
    )
    words = forms.CharField(
        label="What were they told?",
        help_text="The exact words beside the box, or what was said to them",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    on = forms.DateField(
        label="When?",
        help_text="The last day on which somebody in this file said yes",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"],
        error_messages={"invalid": "Enter a date, like 27/6/2025"},
    )
    where = NameField(
        label="Where?",
        needed="Say where they agreed",
        longest=100,
        required=False,
        help_text="Like: paper form at our summer fair",
    )
    purposes = forms.MultipleChoiceField(
        label="What did they agree to get?",
        required=False,
        choices=[(each.value, Permission.Purpose(each).label) for each in PURPOSES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list"},
    )
    can_show = forms.BooleanField(
        label="We keep the forms or records, and can show them if somebody asks", required=False
    )

    def clean(self):
        given = super().clean()
        if given.get("agreed") == PeopleImport.Agreed.YES:
            self._need_proof(given)
        return given

    def _need_proof(self, given) -> None:
        needed = {
            "words": "Write what they were told, word for word",
            "on": "Enter the day",
            "where": "Say where they agreed",
            "purposes": "Choose at least one",
            "can_show": "Tick this if it is true. If not, choose the other answer at the top",
        }
        for name, words in needed.items():
            if name not in self.errors and not given.get(name):
                self.add_error(name, words)
        if given.get("words") and len(given["words"]) < SHORTEST_WORDS:
            self.add_error("words", "Write all of what they were told")
        if given.get("on") and not EARLIEST <= given["on"] <= timezone.localdate():
            self.add_error("on", "Enter a day in the past")
