"""Saying that you come."""

from django import forms

from groups.models.booking import MOST_GUESTS
from sanctuary.people.forms import AddressField, NameField, StampedForm

HOW_MANY = [(0, "Just me"), (1, "Me and 1 other")] + [(n, f"Me and {n} others") for n in range(2, MOST_GUESTS + 1)]


class GuestsField(forms.TypedChoiceField):
    def __init__(self, **kwargs):
        wrong = {"invalid_choice": "Choose how many of you come", "required": "Choose how many of you come"}
        super().__init__(label="How many of you?", choices=HOW_MANY, coerce=int, error_messages=wrong, **kwargs)


class BookingForm(StampedForm):
    purpose = "booking-form"
    name = NameField(label="Your name", needed="Enter your name", help_text="The first name is enough")
    email = AddressField(help_text="We send one email so you can confirm, and then tell you where it is")
    guests = GuestsField()
    access_wish = NameField(
        label="Anything that helps you take part?",
        help_text="Like a ramp or a quiet corner. Please write nothing about health or immigration",
        needed="",
        longest=300,
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["access_wish"].widget.attrs["autocomplete"] = "off"

    def booking(self) -> dict:
        """What `ask_booking` wants to know."""
        return {name: value for name, value in self.cleaned_data.items() if name != "website"}


class GuestsForm(forms.Form):
    """How many come, changed later."""

    use_required_attribute = False
    guests = GuestsField()
