"""What staff write about coalitions, partners and the links that are counted."""

from django import forms
from django.core.exceptions import ValidationError

from campaigns.models import Partner, SourceLink
from campaigns.models.source import CODE, LONGEST_CODE, OWN_WORDS

LONGEST_QUESTION = 500


class PartnerForm(forms.ModelForm):
    """A partner, its own question, and what was agreed with it."""

    question = forms.CharField(
        label="Its question",
        required=False,
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="As it stands beside the empty box. It names the partner and says what the partner gets."
        " New words count from the next approval of a campaign; what people said yes to stays as it was.",
    )

    website = forms.URLField(required=False, max_length=200, assume_scheme="https")
    privacy_url = forms.URLField(
        label="Privacy notice",
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text="Its own page about how it looks after what it is told. Shown beside its question.",
    )

    class Meta:
        model = Partner
        fields = [
            "name",
            "slug",
            "website",
            "privacy_url",
            "contact_email",
            "with_postcode",
            "is_active",
            "may_export",
            "agreement_on",
            "agreement_note",
        ]
        labels = {"slug": "Short name", "agreement_note": "Where the agreement is kept"}
        widgets = {"agreement_note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "with_postcode": "Only if its question says so.",
            "may_export": "Only with a signed agreement about what it may do with the list.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("question", self.instance.question)

    def clean(self):
        given = super().clean()
        question = given.get("question", "")
        if question and given.get("name", "") not in question:
            self.add_error("question", ValidationError("Name the partner in its question.", code="nameless"))
        if given.get("with_postcode") and "postcode" not in question.lower():
            words = "The question does not say that the partner gets the postcode."
            self.add_error("question", ValidationError(words, code="no_postcode"))
        if given.get("may_export") and not (given.get("agreement_on") and given.get("agreement_note", "").strip()):
            words = "Say when the agreement was signed and where it is kept."
            self.add_error("may_export", ValidationError(words, code="no_agreement"))
        return given


class ListForm(forms.Form):
    """Why a partner gets its list now."""

    use_required_attribute = False
    reason = forms.CharField(
        label="Why does it get the list now?",
        max_length=200,
        help_text="Kept in the log with your name",
        error_messages={"required": "Say why the partner gets the list now"},
    )


class SourceLinkForm(forms.ModelForm):
    """A link of our own making: a poster, a newsletter. Those of groups, partners and streams make themselves."""

    class Meta:
        model = SourceLink
        fields = ["campaign", "label", "code"]
        help_texts = {"code": "Small letters, numbers and hyphens. It cannot be changed later: it may be in print."}

    def clean_code(self):
        code = self.cleaned_data["code"]
        if not CODE.fullmatch(code):
            words = f"Use at most {LONGEST_CODE} small letters, numbers and hyphens."
            raise ValidationError(words, code="odd")
        if code.startswith(OWN_WORDS):
            words = "Codes that begin with group-, partner- or stream- are theirs. Choose another."
            raise ValidationError(words, code="theirs")
        return code
