"""What a visitor writes to a group."""

from groups.forms.activity import WordsField
from sanctuary.people.forms import AddressField, NameField, StampedForm

LONGEST_MESSAGE = 2000


class MessageForm(StampedForm):
    """Cleans to what `write_to_group` wants to know."""

    purpose = "group-message-form"
    name = NameField(label="Your name", needed="Enter your name", help_text="A first name is enough")
    email = AddressField(help_text="The group answers to this address")
    message = WordsField(
        label="Your message",
        max_length=LONGEST_MESSAGE,
        error_messages={
            "required": "Write your message",
            "max_length": f"Use {LONGEST_MESSAGE} characters or fewer",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["message"].widget.attrs["rows"] = 8

    def told(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("name", "email", "message")}
