"""People from a file: taken in, matched, asked about, checked, imported, undone, forgotten."""

from groups.actions.importing.adding import start_import
from groups.actions.importing.agreeing import say_how_they_agreed
from groups.actions.importing.forgetting import forget_imports, forget_in_files, throw_away
from groups.actions.importing.matching import match_columns
from groups.actions.importing.reading import samples
from groups.actions.importing.taking import take_file
from groups.actions.importing.undoing import start_undo
from groups.actions.importing.working import work_for

__all__ = [
    "forget_imports",
    "forget_in_files",
    "match_columns",
    "samples",
    "say_how_they_agreed",
    "start_import",
    "start_undo",
    "take_file",
    "throw_away",
    "work_for",
]
