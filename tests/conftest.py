"""What all tests share: outputs kept in files, brought up to date with `pytest --update-expected`; what is built once.

Marked `slow` are tests that build something. They share it, also between the processes of `pytest -n`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from git_command import git

FIXTURES = Path(__file__).parent / "fixtures"
PROJECT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-expected",
        action="store_true",
        help="write the outputs of this run as the expected ones; review the diff",
    )


@pytest.fixture
def check_expected(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`check_expected(name, actual)` compares with the file of that name under `tests/fixtures/`."""

    def check(name: str, actual: str) -> None:
        path = FIXTURES / name
        if request.config.getoption("--update-expected"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, encoding="utf-8", newline="\n")
        assert path.read_text(encoding="utf-8") == actual

    return check


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """`once(name, make)` is a folder that `make` fills, once in this run of all processes."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def share(name: str, make: Callable[[Path], None]) -> Path:
        folder, complete = base / name, base / f"{name}.complete"
        with FileLock(base / f"{name}.lock"):
            if not complete.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                complete.touch()
        return folder

    return share


@pytest.fixture(scope="session")
def checkout(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A Git repository with one commit: this tree as it is, without what Git ignores."""

    def make(folder: Path) -> None:
        for name in git(PROJECT, "ls-files", "-z", "-co", "--exclude-standard").split("\0"):
            if PROJECT.joinpath(name).is_file():
                folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(PROJECT / name, folder / name)
        git(folder, "init", "--quiet")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message=All of it")

    return once("checkout", make)


@pytest.fixture(scope="session")
def distributions(checkout: Path, once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A folder with the source distribution, and the wheel that was built from that."""

    def make(folder: Path) -> None:
        command = [sys.executable, "-m", "build", "--outdir", str(folder), str(checkout)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    return once("distributions", make)
