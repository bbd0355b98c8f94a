"""Which mailbox, and what it wants."""

from django import forms

from sanctuary.people.forms.fields import AddressField
from sanctuary.people.models import Supporter


class AddressForm(forms.Form):
    """Which mailbox."""

    use_required_attribute = False
    email = AddressField()


class NewAddressForm(AddressForm):
    email = AddressField(
        label="Your new email address", help_text="We send one email there, so that you can confirm it"
    )


class ChoiceForm(forms.Form):
    """One press of a button on the email choices page."""

    LIMITS = {f"at_most_{most}": most for most in Supporter.MostAMonth.values} | {"no_limit": None}
    CHANGES = ["stop_sender", "group_only", "big_moments", "all_moments", "pause", "resume", *LIMITS]

    do = forms.ChoiceField(
        choices=[(name, name) for name in CHANGES],
        error_messages={"required": "Choose one of the buttons", "invalid_choice": "Choose one of the buttons"},
    )
