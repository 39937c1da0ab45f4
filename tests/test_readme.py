"""The two commands that README.md begins with, and the pictures it shows."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from scripts.docs import ROOT, localised, picture_files
from tests.pages import blocks
from tkelint.commands import Exit
from tkelint.reporters import REPORTERS
from tkelint.rule import LANGUAGES

TRY_IT = (
    "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/tkelint examples/shop --fail-on never"
    " && .venv/bin/tkelint examples/shop-repaired"
)
RUN_THE_TESTS = (
    "python3 -m venv .venv-test && .venv-test/bin/pip install -q --upgrade pip"
    " && .venv-test/bin/pip install -q -e . --group dev && .venv-test/bin/python -m pytest -q -n auto"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_readme_begins_with_the_two_commands(language: str) -> None:
    first, second, *_ = blocks(ROOT / localised("README.md", language), "sh")

    assert first.text == TRY_IT + "\n"
    assert second.text == RUN_THE_TESTS + "\n"


@pytest.mark.parametrize("arguments", [command.split()[1:] for command in TRY_IT.split(" && ")[2:]], ids=" ".join)
def test_first_command_succeeds(arguments: list[str]) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "tkelint", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert outcome.stderr == ""
    assert ("service-loopback" in outcome.stdout) is ("examples/shop" in arguments)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_name_every_format_and_every_exit_status(language: str) -> None:
    rows = re.findall(
        r"(?m)^\| (?:`(\w+)`|(\d+)) \|", (ROOT / localised("README.md", language)).read_text(encoding="utf-8")
    )

    assert {name for name, _ in rows if name} == set(REPORTERS)
    assert [int(number) for _, number in rows if number] == [status.value for status in Exit]


def test_pictures_are_current() -> None:
    for path, content in picture_files().items():
        assert path.read_text(encoding="utf-8") == content, "run: python scripts/docs.py pictures"
