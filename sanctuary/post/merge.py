"""The merge language of mailings: ((field)) and ((field|what to say when it is empty)), and nothing else.

It can only look up a name in a fixed set. It cannot run, read or repeat anything, and a value is never looked at again:
a person called "((email))" gets exactly that name in their message.
"""

import difflib
import re
from collections.abc import Collection
from typing import NamedTuple

_FIELD = re.compile(r"\(\(([^()\n]*)\)\)")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_GAPS = re.compile(r"[\s-]+")
_OPEN = re.compile(r"\(\([^()\n]*")
_FOREIGN = re.compile(r"\{\{[^{}\n]{0,60}\}\}|\*\|[^*|\n]{0,60}\|\*|\[\[[^\[\]\n]{0,60}\]\]")


class Field(NamedTuple):
    """One field in a text; `fallback` is what to say when the value is empty (None when nothing was given)."""

    name: str
    fallback: str | None = None

    def written(self) -> str:
        """The field as a writer writes it."""
        return f"(({self.name}))" if self.fallback is None else f"(({self.name}|{self.fallback}))"


class Problem(NamedTuple):
    """Something the writer must put right; `start` and `end` mark the place in the text, in characters."""

    code: str
    message: str
    start: int
    end: int


def split(text: str) -> list[str | Field]:
    """The text as literals and fields, in order. What is not a well-formed field stays as it was written."""
    parts: list[str | Field] = []
    literal = ""
    for index, piece in enumerate(_FIELD.split(text)):
        if index % 2 == 0:
            literal += piece
        elif (field := _read(piece)) is None:
            literal += f"(({piece}))"
        else:
            parts += [literal, field] if literal else [field]
            literal = ""
    return [*parts, literal] if literal else parts


def fields_in(text: str) -> set[str]:
    """The names of the fields that the text uses."""
    return {part.name for part in split(text) if isinstance(part, Field)}


def problems(text: str, allowed: Collection[str], may_be_empty: Collection[str] = ()) -> list[Problem]:
    """All that is wrong with the fields of a text, in the order of reading, in words for the person who wrote it."""
    found = [p for match in _FIELD.finditer(text) if (p := _problem_of(match, allowed, may_be_empty))]
    rest = _FIELD.sub(lambda match: "\0" * len(match[0]), text)
    found += _broken(rest, text)
    found += [
        _at(match, "foreign", f"“{match[0]}” is how another mail tool writes a field. Write it as ((name)).")
        for match in _FOREIGN.finditer(rest)
    ]
    return sorted(found, key=lambda problem: problem.start)


def _read(inside: str) -> Field | None:
    name, bar, fallback = inside.partition("|")
    name = _GAPS.sub("_", name.strip().lower())
    return Field(name, fallback.strip() if bar else None) if _NAME.fullmatch(name) else None


def _problem_of(match: re.Match, allowed: Collection[str], may_be_empty: Collection[str]) -> Problem | None:
    field = _read(match[1])
    if field is None or field.name not in allowed:
        close = difflib.get_close_matches(field.name if field else match[1].lower(), allowed, n=1)
        hint = f"Did you mean (({close[0]}))?" if close else f"You can use {_listed(allowed)}."
        return _at(match, "unknown", f"There is no field called {match[0]}. {hint}")
    if field.name in may_be_empty and not field.fallback:
        return _at(
            match,
            "no_fallback",
            f"We do not know {match[0]} for everyone. Say what to write instead, like (({field.name}|friend)).",
        )
    return None


def _broken(rest: str, text: str) -> list[Problem]:
    """Double brackets that open and do not close, or that hold other brackets; fields in `rest` are blacked out."""
    found = []
    for match in _OPEN.finditer(rest):
        shown = text[match.start() : match.start() + 40].partition("\n")[0].rstrip()
        if "\0" in match[0] or rest[match.end() : match.end() + 1] == "(":
            words = f"“{shown}” has brackets inside a field. A field holds a name and, after |, plain words."
            found.append(_at(match, "nested", words))
        else:
            words = f"“{shown}” opens a field with (( but does not close it with )) on the same line."
            found.append(_at(match, "unclosed", words))
    return found


def _listed(allowed: Collection[str]) -> str:
    names = [f"(({name}))" for name in sorted(allowed)]
    return ", ".join(names[:-1]) + (" and " if names[1:] else "") + "".join(names[-1:]) or "no fields here"


def _at(match: re.Match, code: str, message: str) -> Problem:
    return Problem(code, message, match.start(), match.end())
