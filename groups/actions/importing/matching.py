"""Which column of a file holds what."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from groups.models import ImportRow, PeopleImport
from groups.models.people_import import Column
from sanctuary.people.address import InvalidAddress, canon

State = PeopleImport.State
ONCE = [Column.NAME, Column.FIRST, Column.LAST, Column.EMAIL, Column.POSTCODE]

# Headings as CiviCRM, Action Network, Mailchimp and people's own spreadsheets write them: letters and digits only.
_KNOWN = {
    Column.FIRST: "firstname givenname forename first fname christianname",
    Column.LAST: "lastname surname familyname last lname secondname",
    Column.NAME: "name fullname displayname contactname yourname membername member person wholename who",
    Column.EMAIL: "email emailaddress mail emails primaryemail email1 homeemail emailprimary youremail contactemail",
    Column.POSTCODE: "postcode postalcode zip zipcode zippostalcode postcodezip primarypostalcode homepostalcode",
    Column.SAYS: (
        "optin emailoptin optedin subscribed subscription subscriptionstatus emailsubscriptionstatus emailstatus "
        "can2subscriptionstatus consent emailconsent emailsyesorno mayweemailyou mayweemail newsletter mailinglist "
        "emailpermission permission status subscriberstatus gdprconsent"
    ),
    Column.STOPS: (
        "donotemail nobulkemails nobulkemailsuseroptout useroptout isoptout optout optedout onhold emailonhold "
        "unsubscribed unsubtime unsubscribetime unsubscribedat unsubdate cleantime cleaned cleanedtime bounced bounce "
        "donotcontact unsubscribedorbounced deceased isdeceased contactisdeceased doesnotwantemails"
    ),
}
_GUESSES = {word: column for column, words in _KNOWN.items() for word in words.split()}


def plain(text: str) -> str:
    """Letters and digits only, small: "E-mail Address " and "email_address" are the same heading."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def guess(headings: Sequence[str], samples: Sequence[Sequence[str]]) -> list[str]:
    """What each column probably holds. The first of several that would do is taken; the person decides."""
    guessed = [_GUESSES.get(plain(heading), Column.UNUSED) for heading in headings]
    if Column.FIRST in guessed or Column.LAST in guessed:
        guessed = [Column.UNUSED if column == Column.NAME else column for column in guessed]
    if Column.EMAIL not in guessed:
        guessed = _guess_address(guessed, samples)
    seen: set[str] = set()
    for place, column in enumerate(guessed):
        if column in ONCE and column in seen:
            guessed[place] = Column.UNUSED
        seen.add(column)
    return [str(column) for column in guessed]


def _guess_address(guessed: list, samples: Sequence[Sequence[str]]) -> list:
    for place, values in enumerate(samples):
        if not guessed[place] and any(map(_is_address, values)):
            return [*guessed[:place], Column.EMAIL, *guessed[place + 1 :]]
    return guessed


def _is_address(text: str) -> bool:
    try:
        canon(text)
    except InvalidAddress:
        return False
    return True


@transaction.atomic
def match_columns(people_import: PeopleImport, columns: Sequence[str], *, by) -> PeopleImport:
    """What each column holds is settled; what was checked by another answer is checked again.

    Raises ValidationError: code "two_columns", "no_name", "wrong_time", "gone".
    """
    people_import = PeopleImport.objects.select_for_update(of=("self",)).get(pk=people_import.pk)
    if people_import.state not in PeopleImport.WAITING:
        raise ValidationError("This file is being worked on already.", code="wrong_time")
    if not people_import.parts.exists():
        raise ValidationError("We no longer have this file. Upload it again.", code="gone")
    _refuse_nonsense(columns, len(people_import.headings))
    if people_import.state == State.CHECKED and people_import.columns == list(columns):
        return people_import
    people_import.columns = list(columns)
    people_import.state = State.CHECKING if people_import.agreed else State.ASKING
    begin_check(people_import)
    return people_import


def _refuse_nonsense(columns: Sequence[str], width: int) -> None:
    if len(columns) != width or not set(columns) <= set(Column.values):
        raise ValidationError("Choose from the lists.", code="no_such_column")
    for column in ONCE:
        if list(columns).count(column) > 1:
            words = f"Two columns are “{column.label}”. Choose “Do not use” for one of them."
            raise ValidationError(words, code="two_columns")
    if not {Column.NAME, Column.FIRST, Column.LAST} & set(columns):
        raise ValidationError("Choose the column that holds the names.", code="no_name")


def begin_check(people_import: PeopleImport) -> None:
    """From the first row again. The caller holds the import's lock and has set its state."""
    ImportRow.objects.filter(people_import=people_import).delete()
    people_import.next_byte, people_import.next_row = people_import.first_byte, people_import.first_row
    people_import.counts, people_import.failures = {}, 0
    people_import.touched_at = timezone.now()
    people_import.save()
