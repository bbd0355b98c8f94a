"""Which next steps come first, as staff choose it: a few places in order, each an ordinary list to pick from."""

from django import forms
from django.core.exceptions import ValidationError

from campaigns.models.next_step import Rule

PLACES = ["First", "Second", "Third"]
CHOICES = [("", "As usual"), *Rule.choices]


class OrderWidget(forms.MultiWidget):
    """Drag nothing: three lists, each with its place in words."""

    use_fieldset = True

    def __init__(self):
        super().__init__([forms.Select(choices=CHOICES, attrs={"aria-label": place}) for place in PLACES])

    def decompress(self, value):
        chosen = list(value or [])[: len(PLACES)]
        return chosen + [""] * (len(PLACES) - len(chosen))


class OrderField(forms.MultiValueField):
    """A list of rules, the first first. What is not named follows in the usual order."""

    widget = OrderWidget

    def __init__(self, **kwargs):
        usual = ", ".join(rule.label[:1].lower() + rule.label[1:] for rule in Rule)
        super().__init__(
            fields=[forms.ChoiceField(choices=CHOICES, required=False) for _ in PLACES],
            required=False,
            require_all_fields=False,
            label="After somebody has acted, offer",
            help_text=f"The first of these that fits is offered. The usual order is: {usual}",
            **kwargs,
        )

    def compress(self, data_list):
        return [name for name in data_list if name]

    def clean(self, value):
        chosen = super().clean(value) or []
        if len(set(chosen)) < len(chosen):
            raise ValidationError("Choose each step only once", code="twice")
        return chosen
