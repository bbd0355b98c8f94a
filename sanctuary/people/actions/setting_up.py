"""The rows without which nothing works. Safe to run at every start."""

from sanctuary.people.models import Controller, Wording

EMAIL_QUESTION = (
    "Can your local group and City of Sanctuary UK email you? "
    "About two emails a month: things to join in with, and actions. Stop at any time."
)


def set_up_people() -> Controller:
    """The national controller and the first version of the question about emails."""
    Wording.objects.get_or_create(slug="email-question", version=1, defaults={"text": EMAIL_QUESTION})
    national, _ = Controller.objects.get_or_create(
        kind=Controller.Kind.NATIONAL, defaults={"name": "City of Sanctuary UK", "is_charity": True}
    )
    return national
