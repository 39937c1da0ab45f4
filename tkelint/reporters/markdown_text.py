"""Text from manifests in Markdown and Mermaid, where it must be neither markup nor a link."""

from __future__ import annotations

import re
import string
import urllib.parse
from typing import TYPE_CHECKING

from tkelint.patterns import pattern
from tkelint.reporters.harmless import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PUNCTUATION = pattern("([" + re.escape(string.punctuation) + "])")
_LABEL_LENGTH = 160
_STEPS_SHOWN = 30


def plain(text: str) -> str:
    r"""Text that shows as it is, on one line: all ASCII punctuation is escaped, which CommonMark allows everywhere.

    >>> plain("a|b <img> [x](y)")
    'a\\|b \\<img\\> \\[x\\]\\(y\\)'
    """
    return _PUNCTUATION.sub(r"\\\1", one_line(text))


def link(text: str, address: str | None) -> str:
    """A link to an https address, or only the text."""
    if address is None or not address.startswith("https://"):
        return plain(text)
    return f"[{plain(text)}](<{urllib.parse.quote(address, safe=':/?#&=%+~@!,;')}>)"


def row(cells: Iterable[str]) -> str:
    """A row of a table; its cells have been made Markdown before."""
    return "| " + " | ".join(cells) + " |"


def flowchart(labels: Sequence[str]) -> str:
    """A Mermaid diagram of steps, one after the other."""
    shown = labels[:_STEPS_SHOWN]
    nodes = [f'  n{number}["{label(text)}"]' for number, text in enumerate(shown)]
    arrows = [f"  n{number} --> n{number + 1}" for number in range(len(shown) - 1)]
    return "\n".join(["```mermaid", "flowchart TD", *nodes, *arrows, "```"])


def label(text: str) -> str:
    """A label of Mermaid: what is no letter, digit or plain separator is written as its code point.

    So no text can end the label or the code fence, start a directive (`%%{init}`), a Markdown string or HTML.

    >>> label('a"]; click b %%{x}')
    'a#34;#93;#59; click b #37;#37;#123;x#125;'

    An empty label would be an error of syntax, so there is none.
    """
    cut = text if len(text) <= _LABEL_LENGTH else text[: _LABEL_LENGTH - 1] + "…"
    written = "".join(
        character if character.isalnum() or character in " ,.:/-_" or not character.isascii() else f"#{ord(character)};"
        for character in one_line(cut)
    )
    return written or "…"
