"""Finding people by the beginnings of their names' words, in any script, through an index."""

import re
import unicodedata

from django.db import models

# As in the database's function people_words (migration 0007), which a test compares with this.
BREAKS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02b9-\u02bf\u060c\u061b\u061f\u06d4"
    r"\u2000-\u200b\u200e-\u206f\u3000-\u303f\u30fb\ufeff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_BREAK = re.compile(rf"[{BREAKS}]+")
LONGEST = 200
# Shorter text begins too many addresses to be of use.
SHORTEST_ADDRESS = 3


class Words(models.Field):
    """The words of a name as PostgreSQL's tsvector."""

    def db_type(self, connection):
        return "tsvector"


@Words.register_lookup
class BeginWith(models.Lookup):
    """Every word that was asked begins a word of the name. What was asked holds no operators: see `words_of`."""

    lookup_name = "begin_with"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        name, given = self.process_lhs(compiler, connection)
        return f"{name} @@ lower(%s)::tsquery", [*given, " & ".join(f"'{word}':*" for word in self.rhs)]


def words_of(text: str) -> list[str]:
    """The words in what somebody typed: no punctuation of any script, so nothing that could be an operator."""
    return [word for word in _BREAK.split(_plain(text)) if word]


def _plain(text: str) -> str:
    """In one spelling, not too long, and without what PostgreSQL refuses."""
    return unicodedata.normalize("NFC", text[:LONGEST]).replace("\0", " ")


def found_by(text: str, path: str = "") -> models.Q:
    """Supporters whose name or contact person has words that begin so, or whose address begins so.

    `path` leads to the supporter, such as "supporter__". Accents count as typed.
    """
    words, address = words_of(text), _plain(text).strip().lower()
    if not words:
        return models.Q(pk__in=[])
    by_address = models.Q(**{f"{path}email__startswith": address})
    if "@" in address:
        return by_address
    by_name = models.Q(**{f"{path}words__begin_with": words})
    is_one_piece = len(address) >= SHORTEST_ADDRESS and len(address.split()) == 1
    return by_name | by_address if is_one_piece else by_name
