"""What staff write about a letter: the question, prompts, and facts pasted from a table."""

import csv
import io

from django import forms
from django.core.exceptions import ValidationError

from campaigns.models import Action, Campaign, LetterAsk
from campaigns.models.letter import LONGEST_FACT
from sanctuary.places.models import Constituency

MOST_LINES = 700
LONGEST_SOURCE = 200


class LetterAskForm(forms.ModelForm):
    """One question, three prompts at most, and facts. There is no field for a letter to copy, by design."""

    pasted = forms.CharField(
        label="Paste facts",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One line for each place: constituency (its name or code), fact, who says so. Commas between, as from"
        " a spreadsheet saved as CSV; a fact with commas in it stands in double quotes. Leave the constituency empty"
        " for a fact that is true everywhere. A fact for a place that has one takes its place.",
    )

    class Meta:
        model = LetterAsk
        fields = ["action", "house", "question", "prompt_1", "prompt_2", "prompt_3"]
        widgets = {"question": forms.TextInput(attrs={"size": 90})} | {
            f"prompt_{number}": forms.TextInput(attrs={"size": 90}) for number in (1, 2, 3)
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "action" in self.fields:
            free = Action.objects.filter(kind=Action.Kind.WRITE, campaign__state=Campaign.State.DRAFT)
            self.fields["action"].queryset = free.filter(letter_ask=None).select_related("campaign")
            self.fields["action"].label = "Which campaign"

    def clean_pasted(self) -> list[dict[str, str]]:
        """Each line as the fields of a LocalFact. All that is wrong is said at once."""
        lines = _lines_of(self.cleaned_data["pasted"].strip())
        if len(lines) > MOST_LINES:
            raise ValidationError(f"At most {MOST_LINES} lines at once.", code="too_many")
        codes = _codes_in(lines)
        facts, wrong = [], []
        for number, line in enumerate(lines, 1):
            if any(cell.strip() for cell in line):
                problem = _problem(line, codes)
                wrong += [f"Line {number}: {problem}"] if problem else []
                facts += [] if problem else [_fact(line, codes)]
        if wrong:
            raise ValidationError(wrong, code="bad_lines")
        return facts


def _lines_of(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text), skipinitialspace=True))
    except csv.Error as error:
        raise ValidationError("This does not read as a table. Is a double quote missing?", code="no_table") from error


def _codes_in(lines: list[list[str]]) -> dict[str, str]:
    """Name, in small letters, and code of each constituency that is named, to its code."""
    named = {line[0].strip() for line in lines if line} - {""}
    if not named:
        return {}
    found = Constituency.objects.all().values_list("name", "code")
    return {key: code for name, code in found for key in (name.casefold(), code.casefold())}


def _problem(line: list[str], codes: dict[str, str]) -> str:
    cells = [cell.strip() for cell in line]
    if len(cells) != 3:
        return f"there are {len(cells)} columns, and we need three."
    place, text, source = cells
    if place and place.casefold() not in codes:
        return f"we know no constituency called “{place[:80]}”."
    if not text or not source:
        return "the fact, or who says so, is missing."
    if len(text) > LONGEST_FACT or len(source) > LONGEST_SOURCE:
        return f"it is too long. A fact has at most {LONGEST_FACT} characters."
    return "" if (text + source).isprintable() else "it has a character we cannot show."


def _fact(line: list[str], codes: dict[str, str]) -> dict[str, str]:
    place, text, source = (cell.strip() for cell in line)
    return {"constituency_code": codes.get(place.casefold(), ""), "text": text, "source": source}
