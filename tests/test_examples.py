"""The shop of `examples/`: the whole terminal output, in both languages, and the silence of its repaired twin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from tkelint.cli import cli

ENVIRONMENT = {"LC_ALL": "C", "COLUMNS": "100", "NO_COLOR": "1"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_shop_is_told_what_is_wrong(language: str, check_expected: Callable[[str, str], None]) -> None:
    result = CliRunner().invoke(cli, ["examples/shop", "--lang", language], env=ENVIRONMENT)

    assert result.exit_code == 1
    check_expected(f"examples/shop.{language}.txt", result.stdout)


def test_repaired_shop_is_silent() -> None:
    result = CliRunner().invoke(cli, ["examples/shop-repaired", "--format", "concise", "--quiet"], env=ENVIRONMENT)

    assert (result.exit_code, result.output) == (0, "")
