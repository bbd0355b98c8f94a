"""What was asked by staff who write campaigns and emails."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.forms.next_steps import OrderField
from campaigns.models import Audience, Campaign, Mailing
from campaigns.models.audience import NATIONAL_KINDS
from groups.models import LocalGroup
from sanctuary.places.models import Region
from streams.models import Stream

RESERVED_SLUGS = {"confirm", "name", "letter", "reply", "from"}
LONGEST_BODY = 20_000
LONGEST_WHY = 5_000
LONGEST_RELAY = 2_000


class CampaignForm(forms.ModelForm):
    """What staff write about a campaign. State, owner and approval are not for writing."""

    next_steps = OrderField()

    class Meta:
        model = Campaign
        fields = [
            "title",
            "slug",
            "ask",
            "why",
            "decision_maker",
            "deadline",
            "coalition",
            "goals",
            "principles",
            "relay_text",
            "next_steps",
            "results_note",
        ]
        widgets = {
            "why": forms.Textarea(attrs={"rows": 12}),
            "goals": forms.CheckboxSelectMultiple,
            "principles": forms.CheckboxSelectMultiple,
            "relay_text": forms.Textarea(attrs={"rows": 6}),
            "results_note": forms.Textarea(attrs={"rows": 8}),
        }
        labels = {
            "slug": "Web address",
            "ask": "What you ask",
            "why": "Why it matters",
            "decision_maker": "Who can say yes",
            "relay_text": "Words for local groups",
            "results_note": "What came of it",
        }
        help_texts = {
            "slug": "The last part of the page’s address: /actions/…/",
            "ask": "One line that can be answered yes or no. People see it first, as a question.",
            "decision_maker": "Who can say yes, as it reads in a sentence: the Minister for Health, Leeds City Council",
            "relay_text": "What a group can send on; the link is put below it. Empty, it is made of the ask.",
            "results_note": "What came of it, for everybody who took part. Markdown.",
        }

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if slug in RESERVED_SLUGS:
            raise ValidationError(f"“{slug}” is taken by another page. Choose another word.", code="reserved")
        return slug

    def clean_why(self):
        return at_most(self.cleaned_data["why"], LONGEST_WHY)

    def clean_relay_text(self):
        return at_most(self.cleaned_data["relay_text"], LONGEST_RELAY)


class MailingForm(forms.ModelForm):
    """What staff write, and to whom. Who may send it, and when, is decided on the check page."""

    audience_kind = forms.ChoiceField(
        label="Who is it for?",
        choices=[(kind.value, kind.label) for kind in NATIONAL_KINDS],
        initial=Audience.Kind.EVERYONE,
    )
    audience_group = forms.ModelChoiceField(
        LocalGroup.objects.live(), label="Which group?", required=False, help_text="Only for one local group"
    )
    audience_stream = forms.ModelChoiceField(
        Stream.objects.all(), label="Which stream?", required=False, help_text="Only for one stream of sanctuary"
    )
    audience_region = forms.ChoiceField(
        label="Which region or nation?",
        choices=[("", "---------"), *Region.choices],
        required=False,
        help_text="Only for one region or nation",
    )

    class Meta:
        model = Mailing
        fields = ["campaign", "subject", "preheader", "body", "is_big_moment", "per_minute", "is_urgent"]
        widgets = {"body": forms.Textarea(attrs={"rows": 18})}
        labels = {
            "preheader": "Line beside the subject",
            "body": "Words",
            "is_big_moment": "This is a big moment",
            "per_minute": "At most this many a minute",
            "is_urgent": "This cannot wait until morning",
        }
        help_texts = {
            "preheader": "What people see beside the subject before they open the email.",
            "body": "Leave an empty line between paragraphs. Two stars on each side make words **bold**."
            " The list below shows what you can write with double brackets.",
            "is_big_moment": "Also goes to people who asked for big moments only: about four emails a year.",
            "per_minute": "Leave empty to send it as fast as we can.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.audience:
            kind, value = self.instance.audience["kind"], self.instance.audience["value"]
            self.initial.setdefault("audience_kind", kind)
            if kind != Audience.Kind.EVERYONE:
                self.initial.setdefault(f"audience_{kind}", value)

    def clean_body(self):
        return at_most(self.cleaned_data["body"], LONGEST_BODY)

    def clean_subject(self):
        return one_line(self.cleaned_data["subject"])

    def clean_preheader(self):
        return one_line(self.cleaned_data["preheader"])

    def clean_per_minute(self):
        speed = self.cleaned_data["per_minute"]
        if speed == 0:
            raise ValidationError("At least one a minute, or leave it empty for no limit.", code="too_slow")
        return speed

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("audience_kind")
        if not kind:
            return cleaned
        value = "" if kind == Audience.Kind.EVERYONE else cleaned.get(f"audience_{kind}")
        if value is None or (value == "" and kind != Audience.Kind.EVERYONE):
            self.add_error(f"audience_{kind}", ValidationError("Choose which one.", code="required"))
            return cleaned
        self.instance.audience = Audience(kind, str(getattr(value, "pk", value))).as_dict()
        return cleaned


class ApproveCampaignForm(forms.Form):
    """The approver's reason."""

    use_required_attribute = False

    purpose_note = forms.CharField(
        label="How does this campaign further the charity’s purposes?",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say how this campaign furthers the charity’s purposes."},
    )


class ScheduleForm(forms.Form):
    """When to send. Empty means as soon as the time for undoing is over."""

    use_required_attribute = False

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    starts_at = forms.DateTimeField(
        label="When to start",
        required=False,
        help_text="Leave empty to start as soon as the time for undoing is over",
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Enter a day and a time, like 2026-12-04 10:00"},
    )

    def clean_starts_at(self):
        starts_at = self.cleaned_data["starts_at"]
        if starts_at and starts_at < timezone.now():
            raise ValidationError("That time has passed. Choose a later one, or leave it empty.", code="past")
        return starts_at


class DoubtForm(forms.Form):
    """What to do with deliveries nobody can be sure of."""

    seqs = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": "Tick at least one person.", "invalid_choice": "Tick at least one person."},
    )
    choice = forms.ChoiceField(choices=[("leave", "leave"), ("again", "again")])

    def __init__(self, *args, seqs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seqs"].choices = [(seq, seq) for seq in seqs]


def at_most(text: str, most: int) -> str:
    if len(text) > most:
        raise ValidationError(f"This is too long: {len(text):,} characters. At most {most:,}.", code="too_long")
    return text


def one_line(text: str) -> str:
    if not text.isprintable():
        raise ValidationError("Keep this on one line, without hidden characters.", code="hidden")
    return text
