"""What all tests share: outputs kept in files, brought up to date with `pytest --update-expected`; what is built once.

Marked `slow` are tests that build something. They share it, also between the processes of `pytest -n`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from git_command import git

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - few tests open a page

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        assert os.environ.get("CI") != "true", "no Chromium: .ci/run installs it where it can"
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without network, on which an error or a dialog fails the test."""
    context = browser.new_context(viewport={"width": 1600, "height": 900}, offline=True)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    opened.on("request", lambda request: None if request.url.startswith("file:") else complaints.append(request.url))
    yield opened
    context.close()
    assert complaints == []
