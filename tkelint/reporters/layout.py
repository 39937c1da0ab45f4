"""How wide text is on a terminal, and how it is broken into lines.

Chinese characters take two cells, combining marks none, and Chinese text may break between any two characters except
before closing and after opening punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where a line may break: at spaces and around each wide character, with the punctuation that belongs to it. Curly
# quotes are punctuation beside a wide character and part of the word in English ("don’t").
_CLOSING = "，。、；：？！）》」』】〕”’…),.:;?!"
_OPENING = r"（《「『【〔“‘(\["
_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60"
    "\U00020000-\U0003ffff"
)
_SPACES = " +"
_SHORT_CODE = rf"`[^`]{{1,60}}`[{_CLOSING}]*"  # stays in one piece, so that it can be copied
_WORD = rf"[{_OPENING}]*(?:[{_WIDE}]|(?:(?![{_WIDE}{_OPENING}])[^ ])(?:(?![{_WIDE}])[^ ])*)?[{_CLOSING}]*"
_PIECE = rf"{_SPACES}|{_SHORT_CODE}|{_WORD}"  # compiled, and kept, when the first text is wrapped

_ZERO_WIDTH_CATEGORIES = frozenset({"Mn", "Me", "Cf"})


def width(text: str) -> int:
    """How many cells the text takes.

    >>> width("port"), width("端口"), width("e\u0301")
    (4, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 2
    # The vowels and finals of a Hangul syllable written in parts are drawn over its first letter.
    is_drawn_over = unicodedata.category(character) in _ZERO_WIDTH_CATEGORIES or "\u1160" <= character <= "\u11ff"
    return 0 if is_drawn_over else 1


def wrap(text: str, room: int, first_indent: int = 0, indent: int = 0) -> list[str]:
    """Break one paragraph into lines of at most `room` cells; lines after the first start with `indent` spaces.

    `first_indent` is what already stands before the first line. A word that is longer than a line is not broken, since
    it is a URL or a name that someone copies.

    >>> wrap("IPVS 模式下访问不通，或者联通不稳定。", 20)
    ['IPVS 模式下访问不', '通，或者联通不稳定。']
    """
    if first_indent + width(text) <= room:
        return [text.rstrip()]
    lines: list[str] = []
    line, used = "", first_indent
    for piece in _pieces(text):
        cells = width(piece)
        if line.strip() and used + cells > room and not piece.isspace():
            lines.append(line.rstrip())
            line, used = " " * indent, indent
        if piece.isspace() and not line.strip() and lines:
            continue
        line += piece
        used += cells
    return [*lines, line.rstrip()]


def paragraphs(text: str, room: int, indent: int = 0) -> Iterator[str]:
    """A text of several paragraphs and list items as indented lines; single line ends inside a paragraph are spaces."""
    for number, block in enumerate(blocks(text)):
        if number:
            yield ""
        for marker, item in block:
            yield from wrap(" " * indent + marker + item, room, 0, indent + len(marker))


def blocks(text: str) -> Iterator[list[tuple[str, str]]]:
    r"""The paragraphs of a text, each as its items: the marker of a list item (`- `), if it is one, and its text.

    >>> list(blocks("It fails.\nAlways.\n\n- one\n- two"))
    [[('', 'It fails. Always.')], [('- ', 'one'), ('- ', 'two')]]
    """
    for block in re.split(r"\n\s*\n", text.strip()):
        yield [_item(joined(item)) for item in re.split(r"\n(?=\s*(?:[-*]|\d+\.) )", block)]


def _item(text: str) -> tuple[str, str]:
    marker = re.match(r"(?:[-*]|\d+\.) +", text)
    return (marker[0], text[marker.end() :]) if marker else ("", text)


def joined(text: str) -> str:
    """The lines of a text as one: with a space between, but none between two wide characters."""
    text = re.sub(rf"(?<=[{_WIDE}])\s*\n\s*(?=[{_WIDE}])", "", text.strip())
    return re.sub(r"\s*\n\s*", " ", text)


def _pieces(text: str) -> Iterator[str]:
    return (match[0] for match in re.finditer(_PIECE, text) if match[0])
