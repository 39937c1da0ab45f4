"""What all tests share: outputs kept in files, brought up to date with `pytest --update-expected`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


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
