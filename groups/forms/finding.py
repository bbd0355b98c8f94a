from django import forms

from sanctuary.places.forms import PostcodeField


class FindGroupForm(forms.Form):
    """Where are you? Only the first half of the answer leaves this form."""

    use_required_attribute = False
    postcode = PostcodeField(
        label="Your postcode", known=True, help_text="We use the first half only, and do not keep it"
    )
