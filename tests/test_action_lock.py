"""`action/requirements.txt`: what the action installs is what `pyproject.toml` asks for, all of it with hashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import lock_action

PROJECT = Path(__file__).parents[1]
LOCK = (PROJECT / "action" / "requirements.txt").read_text(encoding="utf-8")
PINNED = re.compile(r"^([\w.-]+)==([^\s;\\]+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+)", re.MULTILINE)


def test_lock_is_made_for_what_the_project_requires() -> None:
    assert LOCK.startswith(lock_action.header(lock_action.wanted())), "run scripts/lock_action.py"


def test_every_requirement_is_pinned_to_a_version_that_it_allows() -> None:
    pinned = {canonicalize_name(name): version for name, version, _ in PINNED.findall(LOCK)}

    for requirement in map(Requirement, lock_action.wanted()):
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier


def test_every_line_is_a_version_with_hashes_or_a_comment() -> None:
    rest = PINNED.sub("", LOCK)

    assert [line for line in rest.splitlines() if line and not line.lstrip().startswith("#")] == ["--only-binary :all:"]


def test_lock_names_no_other_source() -> None:
    assert not re.search(r"https?:|--index|--find-links|--extra|--trusted| @ ", LOCK)


@pytest.mark.parametrize("python", ["3.10.1", "3.11.9", "3.12.0", "3.13.5", "3.14.0"])
def test_each_python_finds_one_version_of_a_package(python: str) -> None:
    lines = re.findall(r"^([\w.-]+)==[^\s;\\]+(?: ; ([^\\\n]+))?", LOCK, re.MULTILINE)
    holding = [name for name, marker in lines if not marker or Marker(marker).evaluate({"python_full_version": python})]

    assert len(holding) == len(set(holding))
    assert {"click", "rpds-py", "ruamel-yaml-clib"} <= set(holding)
    assert ("tomli" in holding) == (python < "3.11")
