"""Papers drift unless they are tested: every path and every `make` target they name exists."""

import re

import pytest

from tests.house import ROOT, files, name_of

PAPERS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
# Something with a slash and a known beginning, or a file with an ending that we use.
PATH = re.compile(r"(?:\.?/?(?:[\w.-]+/)+[\w.*-]*|[\w.-]+\.(?:py|md|html|css|js|toml|lock|txt|csv|example))")
TARGET = re.compile(r"\bmake ((?:[a-z]+-?)+)")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("paper", PAPERS)
def test_paths_exist(paper):
    text = (ROOT / paper).read_text()
    named = {words.strip() for words in CODE.findall(FENCE.sub("", text)) if PATH.fullmatch(words.strip())}
    named = {name for name in named if not name.startswith("/")} | set(LINK.findall(text))
    assert named, "a paper that names nothing is not checked"
    assert sorted(name for name in named if not exists(name)) == []


def exists(name: str) -> bool:
    """As a path from the root, or for a bare name as any file of that name; `<app>` and `*` stand for anything."""
    pattern = name.strip("/").removeprefix("./")
    if (ROOT / pattern).exists() or list(ROOT.glob(pattern)):
        return True
    known = {name_of(path) for path in files()}
    return any(path.endswith("/" + pattern) or f"/{pattern}/" in f"/{path}" for path in known)


@pytest.mark.parametrize("paper", PAPERS)
def test_make_targets_exist(paper):
    named = set(TARGET.findall(" ".join(CODE.findall((ROOT / paper).read_text()))))
    named |= set(TARGET.findall("\n".join(FENCE.findall((ROOT / paper).read_text()))))
    assert named - targets() == set()


def test_ci_runs_the_test_command_of_the_readme():
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("\nmake test")
    assert "make test" in (ROOT / "README.md").read_text()
