"""What a coordinator writes to the group's own people, and to whom of them."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.forms.desk import LONGEST_BODY, ScheduleForm, at_most, one_line
from campaigns.models import Audience, Mailing
from campaigns.models.audience import MOST_TICKED
from groups.models import LocalGroup, Membership

Purpose = Mailing.Purpose
LATEST = timedelta(days=92)
ABOUT = {
    Purpose.ACTIVITIES: "Things to join in with",
    Purpose.NEWS: "News from our group",
}
WHOM = {
    Audience.Kind.GROUP: "Everyone in our group",
    Audience.Kind.CAME: "Those who came in the last 3 months",
    Audience.Kind.NEVER_CAME: "Those who have not come yet",
    Audience.Kind.TICKED: "Only people I tick",
}


class SeenForm(forms.ModelForm):
    """Knows what its reader began with, so that of two who write at once the second is told."""

    use_required_attribute = False
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class GroupMailForm(SeenForm):
    """The words. An email about a national call needs no other subject matter than that call."""

    class Meta:
        model = Mailing
        fields = ["subject", "body", "purpose"]
        widgets = {
            "subject": forms.TextInput(attrs={"autocomplete": "off"}),
            "body": forms.Textarea(attrs={"rows": 16, "dir": "auto"}),
            "purpose": forms.RadioSelect,
        }
        labels = {"body": "Message", "purpose": "What is it about?"}
        help_texts = {
            "subject": "Short and plain, like “Supper on Friday, and a walk”",
            "body": "Leave an empty line between paragraphs",
            "purpose": "People agreed to one or both of these. Choose what fits",
        }
        error_messages = {
            "subject": {"required": "Write a subject"},
            "body": {"required": "Write a message"},
            "purpose": {"required": "Choose what it is about"},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.campaign_id:
            del self.fields["purpose"]
        else:
            self.fields["purpose"].choices = list(ABOUT.items())

    def clean_subject(self):
        return one_line(self.cleaned_data["subject"])

    def clean_body(self):
        return at_most(self.cleaned_data["body"], LONGEST_BODY)


class GroupScheduleForm(ScheduleForm):
    """When. Not so late that nobody remembers it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].label = "Send it later?"
        self.fields["starts_at"].help_text = "Leave this empty to send it now"

    def clean_starts_at(self):
        starts_at = super().clean_starts_at()
        if starts_at and starts_at > timezone.now() + LATEST:
            raise ValidationError("Choose a time in the next 3 months", code="too_late")
        return starts_at


class GroupAudienceForm(SeenForm):
    """To whom of the group. Only people who belong to it today can be ticked."""

    whom = forms.ChoiceField(
        label="Who is it for?",
        choices=list(WHOM.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who it is for", "invalid_choice": "Choose who it is for"},
    )
    people = forms.TypedMultipleChoiceField(
        label="People to tick",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Somebody you ticked is not in your group any more. Look through the list"},
    )

    class Meta:
        model = Mailing
        fields: list[str] = []

    def __init__(self, *args, group: LocalGroup, numbers: dict[str, int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = [(kind, _with_number(words, numbers.get(kind))) for kind, words in WHOM.items()]
        members = Membership.objects.current().filter(group=group).exclude(supporter__email="")
        rows = members.order_by("supporter__name", "supporter_id").values_list("supporter_id", "supporter__name")
        self.fields["people"].choices = list(rows[:MOST_TICKED])
        audience = Audience.of(self.instance)
        self.initial |= {"whom": audience.kind, "people": list(audience.people)}

    def clean(self):
        cleaned = super().clean()
        whom, people = cleaned.get("whom"), cleaned.get("people", [])
        if whom == Audience.Kind.TICKED and not people and "people" not in self.errors:
            self.add_error("people", ValidationError("Tick at least one person", code="required"))
        if whom:
            self.instance.audience = Audience(whom, self.instance.audience.get("value", ""), tuple(people)).as_dict()
        return cleaned


def _with_number(words: str, number: int | None) -> str:
    if number is None:
        return words
    return f"{words}: {number:,} will get it"
