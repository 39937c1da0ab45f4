"""The texts of what is wrong with Corefiles, by the codes of the parser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.compiled import table

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_QUOTE = 160


def what(code: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """The text for a code in each language."""
    texts = table("corefile-errors")[code]
    return {language: texts[language].format_map(parameters) for language in ("en", "zh")}


def quoted(text: str) -> str:
    """What CoreDNS prints, on one line; it may hold the rest of the file."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
