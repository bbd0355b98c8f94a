"""Made-up stories in every state, told by nobody."""

from groups import actions
from groups.models import LocalGroup
from sanctuary.demo.words import APPROVER, COORDINATED, COORDINATOR, STAFF
from sanctuary.people.models import User

TOLD = [
    (
        "A table with one more chair",
        "Marisol",
        "This is a made-up story for the demonstration.\n\n"
        "When I came here I knew three words of English, and one of them was “sorry”. In the first winter I walked "
        "past a hall every Thursday because I could smell soup. One evening a woman came out with a ladle in her hand "
        "and said: there is a chair, come and sit.\n\n"
        "I did not understand her. I understood the chair.\n\n"
        "Now I cook there myself, and it is I who opens the door.",
    ),
    (
        "What my neighbour taught me",
        "Idris",
        "This is a made-up story for the demonstration.\n\n"
        "My neighbour grows beans. I grew beans too, in another country, on a roof. "
        "We had no language between us, only beans, and that was enough for a whole summer.",
    ),
    (
        "The first snow",
        "Sena",
        "This is a made-up story for the demonstration.\n\nNo one had told me that snow makes no sound.",
    ),
]


def fill(people: dict[str, User]) -> None:
    """In the demonstration coordinator's group: one published, one that waits for its teller, one draft."""
    group, writer = LocalGroup.objects.get(slug=COORDINATED), people[COORDINATOR]
    stories = [
        actions.begin_story(
            group,
            name=f"Nobody Madeup {number}",
            email=f"teller{number}@example.org",
            by=writer,
            title=title,
            shown_as=shown_as,
            text=text,
            content_note="",
        )
        for number, (title, shown_as, text) in enumerate(TOLD, start=1)
    ]
    actions.ask_teller(stories[1], by=writer)
    seen = stories[0].content_hash
    actions.approve_story(stories[0], seen=seen, uses=["web", "talk"], years=2)
    actions.check_story(stories[0], by=people[APPROVER], seen=seen)
    actions.publish_story(stories[0], by=people[STAFF], seen=seen)
