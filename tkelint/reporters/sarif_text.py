"""Texts as SARIF and GitHub read them: plain text in which nothing from a manifest is a link, Markdown without HTML."""

from __future__ import annotations

import re
from typing import Final

from tkelint.patterns import pattern
from tkelint.reporters.harmless import harmless, one_line

# A placeholder, section 3.11.5 of the standard.
_PLACEHOLDER: Final = pattern(r"\{(\d+)\}")
_SENTENCE_ENDS: Final = (".", "。", "!", "?", "！", "？")
_FULL_STOP: Final = {"en": ".", "zh": "。"}

_CODE: Final = pattern(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def plain_text(text: str, language: str) -> str:
    """A message as plain text, closed by a full stop as the validator wants it (SARIF2001).

    GitHub drops backquotes from plain text (github/codeql#14128), and the validator wants what is not constant in
    single quotes (SARIF2015), so the one becomes the other. A link (section 3.11.6) is broken by a space, since a
    backslash could itself be escaped by what stands before it.

    >>> plain_text("Service `api` has a port [80](https://evil)", "en")
    "Service 'api' has a port [80] (https://evil)."
    """
    line = one_line(text).replace("`", "'").replace("](", "] (")
    line = _PLACEHOLDER.sub(r"{{\1}}", line)
    return line if line.endswith(_SENTENCE_ENDS) else line + _FULL_STOP[language]


def markdown(text: str) -> str:
    """The Markdown of a rule file, line by line harmless, with its HTML shown instead of obeyed."""
    lines = "\n".join(map(harmless, text.strip().splitlines()))
    parts = _CODE.split(lines)
    return "".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
