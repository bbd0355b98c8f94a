"""The manners of the house. Each test lists every offender, with what to do about it."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.apps import apps

from tests import house
from tests.house import DOORS, FLOORS, HALL, LADDER, LENT, ROOF, ROOT, app_and_room, files, floor_of, modules, name_of

LONGEST_FILE = 300
LONGEST_TEST = 500
LONGEST_TEMPLATE = 120
LONGEST_FUNCTION = 40

STARTS_WORK = {"delay", "apply_async", "send_task"}
STARTS_WORK_AFTER_COMMIT = {"delay_on_commit", "apply_async_on_commit"}
# The one place that rings by name, from inside `on_commit`: see its comment.
RINGS_AFTER_COMMIT = {("sanctuary.post.actions", "_ring")}

BANNED_WORDS = re.compile(r"\b(asylum[\s-]+seekers?|sanctuary[\s-]+seekers?|illegals?)\b", re.IGNORECASE)


def test_imports_point_down_the_ladder():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"NO_COLOR": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Contracts: [1-9]\d* kept, 0 broken", done.stdout), done.stdout


def test_signatures_of_the_plain_rooms_hold():
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_ladder_here_and_in_pyproject_are_one():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert [layer for layer in reversed(contracts[0]["layers"]) if layer in LADDER] == LADDER


def test_foreign_keys_point_down_the_ladder():
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        app = _app_of(model)
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            ours = not field.auto_created and target is not None and _app_of(target) in LADDER
            if app in LADDER and ours and LADDER.index(_app_of(target)) > LADDER.index(app):
                wrong.append(f"{model.__module__}.{field} points up to {target.__name__}")
    assert wrong == []


def _app_of(model) -> str:
    return apps.get_app_config(model._meta.app_label).name


def test_lower_apps_never_reach_up_through_a_reverse_relation():
    wrong = []
    for model in apps.get_models():
        for relation in model._meta.related_objects:
            above, below = _app_of(relation.related_model), _app_of(model)
            if above == below or not {above, below} <= set(LADDER) or relation.hidden:
                continue
            wrong += _uses(relation.get_accessor_name(), relation.name, below=above)
    assert wrong == [], "ask from above instead: a panel, the roof or a signal"


def _uses(accessor: str, lookup: str, *, below: str) -> list[str]:
    """Where an app under `below` names a relation that belongs to `below`."""
    found = []
    for module in modules():
        app, _ = app_and_room(module.dotted)
        if app not in LADDER or LADDER.index(app) >= LADDER.index(below):
            continue
        for node in ast.walk(module.tree):
            text = node.arg if isinstance(node, ast.keyword) else getattr(node, "value", "")
            asked = isinstance(text, str) and re.search(rf"\b{lookup}__", text)
            if asked or (isinstance(node, ast.Attribute) and node.attr == accessor and _is_row(node.value)):
                found.append(f"{name_of(module.path)}:{node.lineno} reaches up to {below} by {accessor}")
    return found


def _is_row(value: ast.expr) -> bool:
    """`group.pledges` is a row's relation; `self.pledges` or `module.pledges` in capitals is not worth a guess."""
    return isinstance(value, ast.Name) and value.id.islower() and value.id not in {"self", "cls", "models", "views"}


def test_apps_have_no_rooms_but_the_known_ones():
    wrong = []
    for module in modules():
        app, room = app_and_room(module.dotted)
        if not room:
            continue
        known = room in HALL | ROOF if app == "sanctuary" else floor_of(app, room) is not None
        if not known:
            wrong.append(name_of(module.path))
    assert wrong == [], f"the rooms are {', '.join(FLOORS)}; a floor room's name is listed in tests/house.py"


def test_rooms_import_only_from_floors_below():
    wrong = []
    for module in modules():
        app, room = app_and_room(module.dotted)
        if app == "sanctuary" or not room:
            continue
        for line, name in module.imports():
            other_app, other = app_and_room(name)
            floor = floor_of(other_app, other)
            if other_app != app or other == room or floor is None:
                continue
            bedrock = floor == 0 == floor_of(app, room)
            if floor >= floor_of(app, room) and not bedrock:
                wrong.append(f"{name_of(module.path)}:{line} ({room}) imports {name} ({other})")
    assert wrong == []


def test_apps_enter_each_other_by_the_doors():
    wrong = []
    for module in modules():
        app, room = app_and_room(module.dotted)
        if app == "sanctuary" and room in ROOF:
            continue
        for line, name in module.imports():
            other_app, other = app_and_room(name)
            if other_app in {app, "sanctuary"} or other in DOORS:
                continue
            if not any(name == lent or name.startswith(f"{lent}.") for lent in LENT):
                wrong.append(f"{name_of(module.path)}:{line} imports {name}")
    assert wrong == [], f"another app lends only {', '.join(sorted(DOORS))}"


def test_launcher_stands_alone():
    """The demonstration alone borrows its supervisor."""
    wrong = []
    for module in modules():
        if module.dotted == "sanctuary.demo.__main__":
            continue
        inside = module.dotted.startswith("sanctuary.launch")
        for line, name in module.imports():
            if name.startswith("sanctuary.launch") != inside:
                wrong.append(f"{name_of(module.path)}:{line} imports {name}")
    assert wrong == []


def test_imports_stand_at_the_top_of_the_module():
    wrong = []
    for module in modules():
        for outer in ast.walk(module.tree):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = [n for n in ast.walk(outer) if isinstance(n, ast.Import | ast.ImportFrom)]
                wrong += [f"{name_of(module.path)}:{node.lineno}" for node in inner]
        wrong += [f"{name_of(module.path)}:{c.lineno}" for c in module.calls() if _name(c.func) in INLINE]
    assert wrong == []


INLINE = {"import_module", "__import__", "import_string", "get_model"}


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def test_nothing_is_started_before_commit():
    wrong = []
    for module in modules():
        for function in [n for n in ast.walk(module.tree) if isinstance(n, ast.FunctionDef)]:
            if (module.dotted, function.name) in RINGS_AFTER_COMMIT:
                continue
            calls = [n for n in ast.walk(function) if isinstance(n, ast.Call) and _name(n.func) in STARTS_WORK]
            wrong += [f"{name_of(module.path)}:{call.lineno} {_name(call.func)}" for call in calls]
    assert wrong == [], "use delay_on_commit"


def test_only_doors_start_tasks():
    doors = {"views", "tasks", "admin", "receivers", "management", "api"}
    wrong = []
    for module in modules():
        _, room = app_and_room(module.dotted)
        for call in module.calls():
            if _name(call.func) in STARTS_WORK_AFTER_COMMIT and room not in doors:
                wrong.append(f"{name_of(module.path)}:{call.lineno}")
    assert wrong == []


def test_actions_never_see_a_request():
    wrong = []
    for module in modules():
        if app_and_room(module.dotted)[1] != "actions":
            continue
        for node in ast.walk(module.tree):
            taken = isinstance(node, ast.arg) and node.arg == "request"
            if taken or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.http")):
                wrong.append(f"{name_of(module.path)}:{node.lineno}")
    assert wrong == []


def test_no_row_signals_and_no_form_of_all_fields():
    wrong = []
    for module in modules():
        for node in ast.walk(module.tree):
            hooked = isinstance(node, ast.alias) and node.name in {"post_save", "pre_save", "m2m_changed"}
            if hooked or (isinstance(node, ast.Constant) and node.value == "__all__"):
                wrong.append(f"{name_of(module.path)}:{node.lineno}")
    assert wrong == []


def test_files_are_short():
    wrong = []
    for path in files(".py", ".html"):
        if "migrations" in path.parts:
            continue
        longest = LONGEST_TEMPLATE if path.suffix == ".html" else LONGEST_FILE
        longest = LONGEST_TEST if path.suffix == ".py" and path.relative_to(ROOT).parts[0] == "tests" else longest
        if (length := len(path.read_text().splitlines())) > longest:
            wrong.append(f"{name_of(path)} has {length} lines of at most {longest}")
    assert wrong == [], "split by noun"


def test_functions_are_short():
    wrong = []
    for path in files(".py"):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(house.Module(path).tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    wrong.append(f"{name_of(path)}:{node.lineno} {node.name} has {length} lines")
    assert wrong == []


def test_words_about_people_are_kind():
    wrong = []
    for path in files(".html", ".txt", ".js", ".svg", ".csv"):
        wrong += [f"{name_of(path)}: {m[0]}" for m in BANNED_WORDS.finditer(path.read_text())]
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                wrong += [f"{name_of(module.path)}:{node.lineno}: {m[0]}" for m in BANNED_WORDS.finditer(node.value)]
    assert wrong == [], "people seeking sanctuary"


def test_nothing_speaks_of_this_machine():
    """Neither where this copy lies, nor whose package index it was built with."""
    secrets = [r"(?<![\w./-])/(?:home|Users|root)/\w", r"(?<!emit-)index-url|--find-links"]
    if len(ROOT.parts) > 2:
        secrets.append(re.escape(str(ROOT)) + r"\b")
    hosts = {urlsplit(os.environ.get(name, "")).hostname for name in ("PIP_INDEX_URL", "UV_INDEX_URL")}
    secrets += [re.escape(host) for host in hosts - {None}]
    spoken = re.compile("|".join(secrets))
    wrong = []
    for path in files():
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_bytes().decode(errors="replace").splitlines(), 1):
            if spoken.search(line):
                wrong.append(f"{name_of(path)}:{number}: {line.strip()[:80]}")
    assert wrong == []


@pytest.mark.parametrize("name", ["services", "selectors", "utils", "helpers", "managers", "constants", "common"])
def test_no_room_is_called(name):
    assert [name_of(p) for p in files(".py") if name in {p.stem, *p.relative_to(ROOT).parts[:-1]}] == []
