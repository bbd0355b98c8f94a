"""Starting a group: what somebody who would like to is asked."""

from django import forms

from sanctuary.people.forms import AddressField, NameField, StampedForm
from sanctuary.places.forms import PostcodeField


class EnquiryForm(StampedForm):
    purpose = "enquiry-form"
    name = NameField(label="Your name", needed="Enter your name")
    email = AddressField(help_text="We send one email so you can confirm it is yours")
    area = NameField(
        label="Which city, town or district?",
        help_text="The place that the group would be for",
        needed="Enter the place, like Amberford",
        longest=80,
    )
    postcode = PostcodeField(required=False, help_text="So we can introduce you to whoever supports groups near you")
    why = forms.CharField(
        label="Why would you like to start a group?",
        help_text="A few words. Please do not write about anybody’s immigration status",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"max_length": "Use 500 letters or fewer"},
    )
    has_looked = forms.BooleanField(
        label="That group is not for our place. Send my enquiry all the same", required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["area"].widget.attrs["autocomplete"] = "address-level2"

    def enquiry(self) -> dict:
        """What `start_enquiry` wants to know."""
        return {name: self.cleaned_data[name] for name in ("name", "email", "area", "postcode", "why")}
