"""A letter in the making: kept sealed while somebody writes, and gone once it is sent, cleared or a day old."""

import hashlib
from dataclasses import replace
from itertools import chain

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from campaigns.actions import similarity
from campaigns.actions.representing import Reader
from campaigns.actions.taking import act_from_mail, start_act
from campaigns.models import Action, ActionTaken, LetterAsk, LetterDraft, LetterPrint, Mailing
from campaigns.models.letter import KEPT_FOR, Letter
from sanctuary.people.address import mac
from sanctuary.people.models import Merge, Supporter
from sanctuary.places.models import Constituency, Representative

# The newest of a campaign: what is copied is copied from what is going round now.
MOST_COMPARED = 10_000


@transaction.atomic
def start_letter(action: Action, *, guest: tuple[Supporter, Mailing] | None = None, **told) -> LetterDraft:
    """Begin a letter. `told` is the postcode and the codes somebody came with; `guest` came from an email of ours.

    Raises ValidationError(code="not_live").
    """
    if not action.campaign.is_live:
        raise ValidationError("This campaign is not asking for letters at the moment.", code="not_live")
    now = timezone.now()
    draft = LetterDraft(action=action, created_at=now, expires_at=now + KEPT_FOR)
    letter = Letter(**told)
    if guest:
        supporter, mailing = guest
        letter.supporter, letter.mailing, draft.email_mac = supporter.pk, mailing.pk, mac(supporter.email)
        # Not their name: an email may have been passed on, and what is typed already could be read.
        letter.email = supporter.email
    draft.write(letter)
    draft.save()
    return draft


@transaction.atomic
def change_letter(draft: LetterDraft, **changes) -> LetterDraft:
    """Keep what was typed. Harmless to repeat. Raises LetterDraft.DoesNotExist when it is gone."""
    draft = locked(draft)
    draft.write(replace(opened(draft), **changes))
    draft.save(update_fields=["sealed"])
    return draft


def move_letter(draft: LetterDraft, postcode: str) -> LetterDraft:
    """They live elsewhere, so somebody else is to read it; every word stays."""
    return change_letter(draft, postcode=postcode, constituency="", representative=0, house="")


@transaction.atomic
def address_letter(draft: LetterDraft, reader: Reader) -> LetterDraft:
    """Choose who is to read it. A letter begun to somebody else is addressed anew, and otherwise left alone."""
    letter = opened(locked(draft))
    before, now = greeting_of(letter), _greeting(reader.person)
    text = now + letter.text.removeprefix(before) if letter.text.startswith(before) else letter.text
    return change_letter(
        draft,
        house=str(reader.house),
        constituency=reader.constituency.code if reader.constituency else "",
        representative=reader.person.pk if reader.person else 0,
        text=text or f"{now}\n\n",
    )


def greeting_of(letter: Letter) -> str:
    """The line a letter begins with."""
    return _greeting(Representative.objects.filter(pk=letter.representative).first())


def _greeting(person: Representative | None) -> str:
    return f"Dear {person.salutation}," if person else "Dear representative,"


def is_alike(draft: LetterDraft) -> bool:
    """Whether most of the letter stands in the campaign's own words, or in a letter that was sent for it before."""
    key = _print_key(draft.action_id)
    mine = similarity.prints(opened(draft).text, key)
    sent = LetterPrint.objects.filter(action=draft.action_id).order_by("-pk")[:MOST_COMPARED]
    packed = sent.values_list("hashes", flat=True).iterator(chunk_size=1000)
    given = similarity.prints(_given_words(draft), key)
    return similarity.is_like_any(mine, chain([given], map(similarity.unpack, packed)))


def _given_words(draft: LetterDraft) -> str:
    """What the page itself says: an answer to it is a letter, a copy of it is not."""
    campaign = draft.action.campaign
    ask = LetterAsk.objects.filter(action=draft.action_id).first()
    fact = ask.facts.best_for(opened(draft).constituency) if ask else None
    asked = [ask.question, *ask.prompts, *([fact.text] if fact else [])] if ask else []
    return "\n".join([campaign.ask, *asked, campaign.why])


def _print_key(action_id: int) -> bytes:
    """Another for each campaign, so that nobody is known again from one to the next."""
    return hashlib.sha512(f"letter-print:{action_id}:{settings.FIELD_KEY}".encode()).digest()


@transaction.atomic
def count_letter(draft: LetterDraft, *, name: str, email: str, wants_email: bool | None, ticked=()) -> ActionTaken:
    """They have sent it: ask their mailbox, keep the hashes, delete the letter.

    Raises ValidationError(code="not_live") and keeps it; LetterDraft.DoesNotExist when it is gone.
    """
    draft = locked(draft)
    letter = opened(draft)
    taken = start_act(
        draft.action,
        name=name,
        email=email,
        wants_email=wants_email,
        postcode=letter.postcode,
        constituency_code=_seat_of(letter),
        from_code=letter.from_code,
        with_code=letter.with_code,
        ticked=ticked,
    )
    _let_go(draft, letter)
    return taken


@transaction.atomic
def count_letter_from_mail(draft: LetterDraft) -> ActionTaken:
    """They have sent it, and came by a link in their own mailbox: counted at once.

    Raises ValidationError(code="not_live"), or (code="unknown") when we no longer know them.
    """
    draft = locked(draft)
    letter = opened(draft)
    guest = guest_of(letter)
    if guest is None:
        raise ValidationError("We no longer know this address. Type it once more.", code="unknown")
    taken = act_from_mail(draft.action, *guest)
    if not taken.constituency_code and _seat_of(letter):
        taken.constituency_code = _seat_of(letter)
        taken.save(update_fields=["constituency_code"])
    _let_go(draft, letter)
    return taken


def guest_of(letter: Letter) -> tuple[Supporter, Mailing | None] | None:
    """Who came from which email of ours, as they are today; None for everybody else."""
    person = Merge.objects.person_behind(letter.supporter) if letter.supporter else None
    if person is None or not person.email:
        return None
    return person, Mailing.objects.filter(pk=letter.mailing).first()


@transaction.atomic
def send_uncounted(draft: LetterDraft) -> None:
    """They have sent it and leave no address: nothing is kept but the hashes."""
    draft = locked(draft)
    _let_go(draft, opened(draft))


def clear_letter(draft: LetterDraft) -> None:
    """Nothing of it stays. Harmless to repeat."""
    LetterDraft.objects.filter(pk=draft.pk).delete()


def _let_go(draft: LetterDraft, letter: Letter) -> None:
    if hashes := print_of(draft.action_id, letter.text):
        LetterPrint.objects.create(action=draft.action, hashes=hashes)
    draft.delete()


def print_of(action_id: int, text: str) -> bytes:
    """What is kept of a letter that was sent."""
    return similarity.pack(similarity.prints(text, _print_key(action_id)))


def _seat_of(letter: Letter) -> str:
    """Only Westminster's are counted; a letter to another house counts where its writer has one seat there."""
    found = Constituency.objects.of_postcode(letter.postcode)
    codes = [each.code for each in found]
    if letter.constituency in codes:
        return letter.constituency
    return codes[0] if len(codes) == 1 else ""


def locked(draft: LetterDraft) -> LetterDraft:
    """As it is now, held until the end of the transaction. Raises LetterDraft.DoesNotExist when it is gone."""
    found = LetterDraft.objects.select_for_update(of=("self",)).select_related("action__campaign")
    return found.kept(timezone.now()).get(pk=draft.pk)


def opened(draft: LetterDraft) -> Letter:
    """What is in it; what nobody can open any more is gone."""
    letter = draft.read()
    if letter is None:
        raise LetterDraft.DoesNotExist
    return letter
