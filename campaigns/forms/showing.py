"""How somebody who acted wants to be shown."""

from django import forms

from campaigns.models import ActionTaken
from sanctuary.people.models import Supporter

Shown = ActionTaken.Shown
NEEDED = {"required": "Choose how we should show you", "invalid_choice": "Choose how we should show you"}


class ShownForm(forms.Form):
    """Chosen for them is what shows nothing. An organisation is either named or not."""

    use_required_attribute = False
    shown = forms.ChoiceField(
        label="How should we show you?",
        choices=Shown,
        required=False,
        initial=Shown.NOT,
        widget=forms.RadioSelect,
        error_messages=NEEDED,
    )

    def __init__(self, *args, kind=Supporter.Kind.PERSON, **kwargs):
        super().__init__(*args, **kwargs)
        if kind == Supporter.Kind.ORGANISATION:
            self.fields["shown"].label = "May we name your organisation in public?"
            self.fields["shown"].choices = [(Shown.FULL, "Yes, name us"), (Shown.NOT, "No, just count us")]
