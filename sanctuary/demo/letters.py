"""A made-up campaign that asks for letters first, what its letter asks, and people who have written."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from campaigns.models import Action, ActionTaken, Campaign, DevolvedNote, LetterAsk, LocalFact
from sanctuary.people.models import Supporter, User
from sanctuary.places.models import Constituency, House, Nation

WRITTEN = 240
WORDS = {
    "slug": "english-from-day-one",
    "title": "English from day one",
    "ask": "Will English lessons be free from the first day?",
    "decision_maker": "every Member of Parliament",
    "why": (
        "A word is the first thing a new neighbour needs: for the doctor, the school gate, the person at the next "
        "table.\n\nToday some people wait months for a place in a class. In our made-up bill **everybody may start on "
        "the first day**, and nobody pays.\n\nThis campaign is made up, to show how the platform works."
    ),
}
QUESTION = "Will you vote for the English From Day One Bill (which is made up)?"
PROMPTS = {
    "prompt_1": "Who do you know who is learning English, and what did one lesson change?",
    "prompt_2": "Where in your town do people meet and talk?",
    "prompt_3": "Why does this matter to you?",
}
ELSEWHERE = {
    Nation.SCOTLAND: ("Colleges and lessons are decided by the Scottish Parliament.", House.SCOTTISH),
    Nation.WALES: ("Colleges and lessons are decided by the Senedd.", House.SENEDD),
    Nation.NORTHERN_IRELAND: ("Colleges and lessons are decided by the Northern Ireland Assembly.", House.ASSEMBLY),
}
FACTS = {"Leeds (demo)": "41 people wait for a place in a class.", "Bradford (demo)": "28 people wait for a place."}


def fill(owner: User, approver: User, dice: Random) -> Campaign:
    """Approved and live; some of the crowd have written already."""
    campaign = Campaign.objects.create(
        **WORDS,
        owner=owner,
        approved_by=approver,
        approved_at=timezone.now(),
        state=Campaign.State.LIVE,
        purpose_note="It furthers our purpose of welcoming people seeking sanctuary. (Demonstration.)",
        deadline=timezone.localdate() + timedelta(days=46),
    )
    write = Action.objects.create(campaign=campaign, kind=Action.Kind.WRITE, rank=0)
    Action.objects.create(campaign=campaign, kind=Action.Kind.SHARE, rank=9)
    _ask(write)
    _letters(write, dice)
    return campaign


def _ask(write: Action) -> None:
    ask = LetterAsk.objects.create(action=write, question=QUESTION, **PROMPTS)
    DevolvedNote.objects.bulk_create(
        DevolvedNote(ask=ask, nation=nation, note=note, house=house) for nation, (note, house) in ELSEWHERE.items()
    )
    codes = dict(Constituency.objects.westminster().filter(name__in=FACTS).values_list("name", "code"))
    facts = {codes[name]: text for name, text in FACTS.items() if name in codes}
    facts[""] = "A lesson costs less than a bus ticket there and back."
    LocalFact.objects.bulk_create(
        LocalFact(ask=ask, constituency_code=code, text=text, source="Made up for the demonstration")
        for code, text in facts.items()
    )


def _letters(write: Action, dice: Random) -> None:
    now = timezone.now()
    people = Supporter.objects.filter(kind=Supporter.Kind.PERSON).exclude(constituency_code="").order_by("pk")
    for supporter in people[:WRITTEN]:
        at = now - timedelta(hours=dice.randrange(1, 300))
        taken = {"constituency_code": supporter.constituency_code, "created_at": at, "confirmed_at": at}
        ActionTaken.objects.create(action=write, supporter=supporter, **taken)
