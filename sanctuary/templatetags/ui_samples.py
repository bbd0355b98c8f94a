"""Made-up people and numbers for the style guide; nothing here is shown on a real page."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import forms, template
from django.core.paginator import Paginator

register = template.Library()

LONDON = ZoneInfo("Europe/London")
YES_OR_NO = [("yes", "Yes, email me"), ("no", "No, just count my pledge")]
CITIES = [
    (57.15, -2.10),
    (55.95, -3.19),
    (54.97, -1.61),
    (54.60, -5.93),
    (53.80, -1.55),
    (53.48, -2.24),
    (52.63, 1.29),
    (52.41, -4.08),
    (51.51, -0.12),
    (50.37, -4.14),
]


class SampleForm(forms.Form):
    """Every kind of question we ask."""

    use_required_attribute = False

    name = forms.CharField(
        label="Your name",
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your name"},
    )
    email = forms.EmailField(
        label="Email address",
        help_text="We send one email so you can confirm your pledge",
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": "Enter your email address, like name@example.org"},
    )
    postcode = forms.CharField(
        label="Postcode",
        required=False,
        widget=forms.TextInput({"autocomplete": "postal-code", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label="What kind of organisation is it?",
        choices=[("", "Choose one"), ("school", "School"), ("library", "Library")],
        error_messages={"required": "Choose what kind of organisation it is"},
    )
    words = forms.CharField(
        label="Anything to add?",
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )
    ways = forms.MultipleChoiceField(
        label="How would you like to help?",
        choices=[("meet", "Meet people"), ("act", "Take action"), ("teach", "Help with English")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one way to help"},
    )
    may_speak = forms.BooleanField(
        label="I can speak for this organisation",
        error_messages={"required": "Tick to say that you can speak for it"},
    )
    consent = forms.ChoiceField(
        label="Can Leeds City of Sanctuary and City of Sanctuary UK email you?",
        help_text="About two emails a month: things to join in with, and actions",
        choices=YES_OR_NO,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no to emails"},
    )


class SampleFilter(forms.Form):
    use_required_attribute = False

    search = forms.CharField(label="Name or email", required=False)
    show = forms.MultipleChoiceField(
        label="Show",
        required=False,
        choices=[("new", "Not greeted yet"), ("yes", "Said yes to emails")],
        widget=forms.CheckboxSelectMultiple,
    )


@register.simple_tag
def samples() -> dict:
    """All that the style guide needs, so that its view passes nothing."""
    return {
        "form": SampleForm(prefix="fresh"),
        "wrong": SampleForm({"wrong-name": "Sam Okafor"}, prefix="wrong"),
        "filter": SampleFilter({"show": ["new"]}),
        "event": {
            "starts_at": datetime(2026, 6, 4, 18, 30, tzinfo=LONDON),
            "title": "Welcome walk in the park",
            "place": "Chapel Allerton, Leeds",
            "href": "#event",
        },
        "rows": [
            {"label": "Name", "value": "Amira Haddad", "href": "#name"},
            {"label": "Postcode", "value": "LS7", "href": "#postcode"},
            {"label": "Pledged", "value": "4 June 2026"},
        ],
        "tasks": [
            {"id": "ask", "title": "The ask", "status": "Completed", "href": "#ask"},
            {"id": "audience", "title": "Audience", "status": "In progress", "href": "#audience"},
            {"id": "schedule", "title": "Schedule", "status": "Cannot start yet"},
        ],
        "people": [
            ("Amira Haddad", date(2026, 3, 3), 4, "Yes", "good"),
            ("Chiara Rossi", date(2026, 7, 7), 6, "No emails", ""),
            ("Eluned Price", date(2024, 10, 1), 0, "Bouncing", "bad"),
        ],
        "desk": [{"text": "Today", "href": "#today"}, {"text": "Members", "href": "#members", "current": True}],
        "chips": [{"text": "Not greeted yet", "href": "#off"}],
        "bulk": [("greet", "Mark as greeted"), ("note", "Add a note")],
        "page": Paginator(range(348), 24).page(2),
        "regions": [("Yorkshire", 412, 900), ("Wales", 230, 610), ("Scotland", 198, 700)],
        "cities": CITIES,
        "near": CITIES[4:6],
        "you": (53.83, -1.53),
    }
