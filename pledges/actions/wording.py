"""The words of the two pledges."""

from sanctuary.people.models import Supporter, Wording

WORDINGS = {
    Supporter.Kind.PERSON: "individual-pledge",
    Supporter.Kind.ORGANISATION: "organisation-pledge",
}
INDIVIDUAL_WORDS = (
    "I welcome people seeking sanctuary and recognise what they bring to my town. "
    "I will help make it a place of safety for all."
)
ORGANISATION_WORDS = (
    "We share the vision of a country that welcomes everyone who seeks sanctuary.\n\n"
    "We endorse the City of Sanctuary Charter, act by its values and use its network principles as far as we can.\n\n"
    "We recognise what people seeking sanctuary bring, and we welcome, include and support them.\n\n"
    "We are ready to be named as a supporter when we say so, and to hear ideas for practical action."
)


def set_up_pledges() -> None:
    """The words of the two pledges. Safe to run at every start."""
    for slug, words in [("individual-pledge", INDIVIDUAL_WORDS), ("organisation-pledge", ORGANISATION_WORDS)]:
        Wording.objects.get_or_create(slug=slug, version=1, defaults={"text": words})
