"""What is asked about a story: of who writes it down, and of who told it."""

from django import forms

from groups.models import Story
from groups.models.story import CONSENTS, MOST_YEARS
from sanctuary.people.forms import NameField, TheirAddressField

LONGEST_STORY = 12_000
TEXT_HINT = "Leave out real names, places of home and work, dates and anything about a claim"


class StoryForm(forms.ModelForm):
    """The words of a story, as the public would read them."""

    use_required_attribute = False
    # What the writer has before them, so that two who write at once do not wipe each other out.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    shown_as = NameField(
        label="Name to show",
        needed="Choose a name to show",
        longest=60,
        help_text="A made-up first name keeps people safe",
    )
    text = forms.CharField(
        label="The story",
        max_length=LONGEST_STORY,
        help_text=TEXT_HINT,
        widget=forms.Textarea(attrs={"rows": 16, "dir": "auto"}),
        error_messages={"required": "Write the story"},
    )

    class Meta:
        model = Story
        fields = ["title", "shown_as", "text", "content_note"]
        labels = {"title": "Title", "content_note": "A word of care"}
        help_texts = {"content_note": "Says before the story begins what could be hard to read"}
        error_messages = {"title": {"required": "Give the story a title"}}


class NewStoryForm(StoryForm):
    """With the way to ask its teller, which nobody reads in public."""

    name = NameField(label="Who told it", needed="Enter the name of who told it", longest=150)
    email = TheirAddressField(label="Their email address", help_text="So that they can read it first, and take it back")

    field_order = ["name", "email", "title", "shown_as", "text", "content_note"]


class AgreeForm(forms.Form):
    """The teller's own yes: to these words, for these uses, for so long."""

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    uses = forms.MultipleChoiceField(
        label="Where may it be shown?",
        choices=CONSENTS.items(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one place where your story may be shown"},
    )
    years = forms.TypedChoiceField(
        label="For how long?",
        choices=[(1, "One year"), (MOST_YEARS, "Two years")],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one year or two"},
    )

    def __init__(self, *args, has_face=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["uses"].choices = [(use, words) for use, words in CONSENTS.items() if has_face or use != "face"]


class PictureForm(forms.Form):
    """A picture, and what somebody who cannot see it should know."""

    use_required_attribute = False
    picture = forms.FileField(
        label="Picture",
        help_text="A JPEG, PNG or WebP file of at most 10 MB",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": "Choose a picture", "empty": "This file is empty. Choose another picture"},
    )
    words = forms.CharField(
        label="What does it show?",
        max_length=200,
        help_text="For people who cannot see it",
        error_messages={"required": "Say what the picture shows"},
    )
    shows_face = forms.TypedChoiceField(
        label="Could somebody know the teller by it?",
        choices=[("yes", "Yes, or perhaps"), ("no", "No")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no"},
    )
