"""Which mailbox, and what it wants."""

from django import forms

from sanctuary.people.forms.fields import AddressField
from sanctuary.people.forms.stamped import StampedForm
from sanctuary.people.models import Supporter


class AddressForm(StampedForm):
    """Which mailbox."""

    purpose = "address-form"
    email = AddressField()


class NewAddressForm(forms.Form):
    """Theirs from now on; asked of whoever holds the link to their choices."""

    use_required_attribute = False
    email = AddressField(
        label="Your new email address", help_text="We send one email there, so that you can confirm it"
    )


_ONE_OF_THE_BUTTONS = dict.fromkeys(
    ["required", "invalid", "invalid_choice", "min_value", "max_value"], "Choose one of the buttons"
)


class ChoiceForm(forms.Form):
    """One press of a button on the email choices page."""

    LIMITS = {f"at_most_{most}": most for most in Supporter.MostAMonth.values} | {"no_limit": None}
    CHANGES = ["stop_sender", "stop_partner", "group_only", "big_moments", "all_moments", "pause", "resume", *LIMITS]

    do = forms.ChoiceField(
        choices=[(name, name) for name in CHANGES],
        error_messages=_ONE_OF_THE_BUTTONS,
    )
    # Which partner is to be told no more.
    whom = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, error_messages=_ONE_OF_THE_BUTTONS)
