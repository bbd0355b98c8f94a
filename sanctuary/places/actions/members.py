"""Who sits in Parliament, as Parliament says it."""

import logging
import unicodedata
from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone

from sanctuary.places.actions.representatives import Seated, replace_representatives
from sanctuary.places.models import Constituency, House, Representative
from sanctuary.places.parliament import Member, Parliament, ParliamentError

MOST_UNKNOWN = 0.01
KEEP_EMAIL_DAYS = 14
_log = logging.getLogger(__name__)


def load_members(
    parliament: Parliament,
    house: str = House.COMMONS,
    *,
    replace: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Seated:
    """Take over from Parliament who sits in a house. Whatever is odd, everything stays as it was.

    Raises ParliamentError, and ValidationError: code "no_constituencies", "strangers", and "too_few" where more than
    a tenth fewer would sit than before, as at a dissolution, unless `replace` is said.
    """
    known, unknown = {}, []
    if house == House.COMMONS:
        known, unknown = _seats(parliament)
        progress(f"{len(known)} seats that somebody holds.")
        emails = _emails(parliament, list(known.values()), progress)
    else:
        known = {str(peer.number): ("", peer) for peer in parliament.peers()}
        emails = {}
    rows = [
        Representative(
            house=house,
            external_id=number,
            name=member.name,
            address_as=member.address_as,
            constituency_id=code or None,
            email=emails.get(number, ""),
            since=member.since,
        )
        for number, (code, member) in known.items()
    ]
    told = {"source": "UK Parliament members API", "as_of": timezone.localdate(), "replace": replace}
    return replace_representatives(house, rows, unknown=unknown, **told)


def refresh_members() -> Seated | None:
    """What the clock does: ask Parliament, and keep what is there if anything is odd. None if it is not to ask."""
    if not settings.PARLIAMENT_API_URL or not Constituency.objects.westminster().exists():
        return None
    try:
        return load_members(parliament_of(settings.PARLIAMENT_API_URL))
    except (ParliamentError, ValidationError) as error:
        _log.warning("The list of MPs stays as it is: %s", "; ".join(getattr(error, "messages", [str(error)])))
        return None


def parliament_of(url: str) -> Parliament:
    """A conversation with the service at this address, which hears who asks."""
    return Parliament(url, agent=f"Sanctuary/1 (+{settings.PUBLIC_URL})")


def _seats(parliament: Parliament) -> tuple[dict[str, tuple[str, Member]], list[str]]:
    codes = {_plain(name): code for code, name in Constituency.objects.westminster().values_list("code", "name")}
    if not codes:
        raise ValidationError("Load the names of the constituencies first.", code="no_constituencies")
    held, met, unknown = {}, Counter(), []
    for seat in parliament.seats():
        code = codes.get(_plain(seat.name))
        met[code] += 1
        if code is None:
            unknown.append(seat.name)
        elif seat.member:
            held[str(seat.member.number)] = (code, seat.member)
    strangers = len(unknown) + len(codes.keys()) - len(met.keys() - {None})
    if strangers > MOST_UNKNOWN * len(codes):
        words = f"{strangers} constituencies are named in one place only, such as {', '.join(unknown[:3])}."
        raise ValidationError(words, code="strangers")
    if any(count > 1 for code, count in met.items() if code):
        raise ParliamentError("The service names a constituency twice.")
    return held, unknown


def _emails(parliament: Parliament, members: list[tuple[str, Member]], progress) -> dict[str, str]:
    """Asked again after some days only. Where the service does not say, the address we have stays."""
    had = dict(Representative.objects.of_house(House.COMMONS).values_list("external_id", "email"))
    found, failed = {}, 0
    for done, (_, member) in enumerate(members):
        number = str(member.number)
        key = f"places.contact.{number}"
        email = cache.get(key)
        if email is None:
            try:
                email, failed = parliament.email_of(member.number), 0
                # Not all on one day.
                cache.set(key, email, (KEEP_EMAIL_DAYS + member.number % KEEP_EMAIL_DAYS) * 86_400)
            except ParliamentError:
                email, failed = had.get(number, ""), failed + 1
                if failed == 3:
                    raise
        found[number] = email
        if done % 100 == 99:
            progress(f"{done + 1} addresses.")
    return found


def _plain(name: str) -> str:
    """Letters only, so that an accent, a comma or an ampersand keeps nothing apart."""
    letters = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    return "".join(letter for letter in letters if letter.isalnum())
