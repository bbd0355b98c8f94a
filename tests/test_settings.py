"""The settings of production, read as production reads them: by a process of its own."""

import os
import re
import subprocess
import sys

import pytest

from tests.house import ROOT

# What a deployment must say for itself, with values that are as good as real ones.
SANE = {
    "SECRET_KEY": "s3-" + "Zq7vX1mK9pLw2Rt8" * 4,
    "LINK_KEY": "l1-" + "Hn4cB6yUe0Jd5Gf3" * 3,
    "SUPPRESSION_KEY": "u9-" + "Pa2sW8zQk7Vx6Mb1" * 3,
    "FIELD_KEY": "f5-" + "Tr0yE3iOu9Lh4Nc8" * 3,
    "PUBLIC_URL": "https://sanctuary.example.org",
    "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
    "REDIS_URL": os.environ.get("REDIS_URL", ""),
}


def manage(*words: str, without: str = "", **settings: str) -> subprocess.CompletedProcess:
    """manage.py with production settings and nothing of this shell but what finds Python."""
    environment = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error::ResourceWarning"} | SANE | settings
    environment.pop(without, None)
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def _no_dot_env():
    if (ROOT / ".env").exists():
        pytest.fail("Move .env away: it would answer for what this test leaves out.")


def test_deploy_check_is_silent():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


def test_deploy_check_would_have_spoken():
    """The control: a weak key is seen."""
    done = manage("check", "--deploy", "--fail-level", "WARNING", SECRET_KEY="short")
    assert done.returncode == 1
    assert "security.W009" in done.stderr


def test_no_check_is_silenced_anywhere():
    text = (ROOT / "sanctuary" / "settings.py").read_text()
    assert "SILENCED" not in text


@pytest.mark.parametrize("name", sorted(SANE))
def test_a_missing_variable_says_what_to_do(name):
    done = manage("check", without=name)
    assert done.returncode != 0
    assert done.stderr.rstrip().endswith(f"Set {name}; see .env.example.")


def test_the_example_names_every_required_variable():
    example = (ROOT / ".env.example").read_text()
    assert [name for name in SANE if not re.search(rf"^{name}=", example, re.MULTILINE)] == []


def test_the_example_names_every_variable_the_settings_read():
    text = (ROOT / "sanctuary" / "settings.py").read_text()
    read = set(re.findall(r'(?:env(?:\.\w+)?|required)\(\s*"([A-Z_]+)"', text))
    example = (ROOT / ".env.example").read_text()
    assert len(read) > 10
    assert sorted(name for name in read if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)) == []


def test_models_and_migrations_agree():
    done = manage("makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr


NIGHT = "from django.conf import settings; print(*settings.QUIET_HOURS)"


@pytest.mark.parametrize(
    ("night", "hours"), [("22:30-07:15", "22:30:00 07:15:00"), ("01:00-05:00", "01:00:00 05:00:00"), ("", "")]
)
def test_quiet_hours_are_two_times_or_none(night, hours):
    assert manage("shell", "--no-imports", "-c", NIGHT, QUIET_HOURS=night).stdout == f"{hours}\n"


@pytest.mark.parametrize("night", ["21:00", "x", "21:00-21:00", "21-8", "25:00-08:00", "21:00-08:00-09:00"])
def test_malformed_quiet_hours_say_what_to_do(night):
    """Read as no night at all, they would wake people; read wrongly, they would hold the mail for ever."""
    done = manage("check", QUIET_HOURS=night)
    assert done.returncode == 1
    assert "Write two different times, like 21:00-08:00, or nothing." in done.stderr
