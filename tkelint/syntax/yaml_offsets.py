"""Which code points of the source stand for which code point of a decoded scalar.

Escapes, folded lines, the indentation of block scalars and doubled quotes make the two differ. The source is decoded
once more, with places; where the result is not what libyaml decoded, there are no places rather than wrong ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.syntax.yaml_nodes import Node

# A decoded code point (or several that are one range of the source) and that range.
_Piece: TypeAlias = "tuple[str, int, int]"

_BREAK = r"(?:\r\n|[\n\r\x85\u2028\u2029])"
_FOLD = rf"[ \t]*{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*"
_PROPERTIES: Final = pattern(rf"(?:[&!][^\s]*(?:[ \t]|{_BREAK})+)*")
_ANY_BREAK: Final = pattern(_BREAK)
_PLAIN: Final = pattern(rf"(?P<fold>{_FOLD})|.", re.DOTALL)
_SINGLE_QUOTED: Final = pattern(rf"(?P<fold>{_FOLD})|(?P<quote>'')|.", re.DOTALL)
_DOUBLE_QUOTED: Final = pattern(
    rf"(?P<joined>\\{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*)"
    r"|(?P<escape>\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.))"
    rf"|(?P<fold>{_FOLD})|.",
    re.DOTALL,
)
_LINE: Final = pattern(rf"(?=.)(?P<text>[^\n\r\x85\u2028\u2029]*)(?:{_BREAK}|\Z)", re.DOTALL)
_BLANK_LINES: Final = pattern(rf"[ \t]*(?:{_BREAK}[ \t]*)*")
_ESCAPES: Final = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}


def scalar_offsets(source: str, node: Node) -> list[tuple[int, int]] | None:
    """For each code point of a decoded scalar, the range of the file's text it stands for; `None` if unknown.

    `source` is the text of the whole file.
    """
    properties = _PROPERTIES.match(source, node.start, node.end)
    start = properties.end() if properties else node.start
    decoders = {"'": _quoted, '"': _quoted, "|": _block, ">": _block}
    pieces = list(decoders.get(node.style, _plain)(source, start, node))
    if "".join(text for text, _, _ in pieces) != node.text:
        return None
    return [(begin, end) for text, begin, end in pieces for _ in text]


def block_indentation(source: str, node: Node) -> int:
    """How far the lines of a block scalar are indented."""
    lines = [match["text"] for match in _block_lines(source, node.start, node.end)]
    return _indentation(lines[1:], node.text)


def _plain(source: str, start: int, node: Node) -> Iterator[_Piece]:
    for match in _PLAIN.finditer(source, start, node.end):
        yield (_folded(match[0]) if match["fold"] else match[0]), match.start(), match.end()


def _quoted(source: str, start: int, node: Node) -> Iterator[_Piece]:
    pattern = _SINGLE_QUOTED if node.style == "'" else _DOUBLE_QUOTED
    for match in pattern.finditer(source, start + 1, node.end - 1):
        match match.lastgroup:
            case "fold":
                text = _folded(match[0])
            case "quote":
                text = "'"
            case "joined":
                text = "\n" * (len(_ANY_BREAK.findall(match[0])) - 1)
            case "escape":
                text = _unescaped(match[0])
            case _:
                text = match[0]
        yield text, match.start(), match.end()


def _folded(blanks: str) -> str:
    """What a line break inside a flow scalar stands for: a space, or the further line breaks after it."""
    return "\n" * (len(_ANY_BREAK.findall(blanks)) - 1) or " "


def _unescaped(escape: str) -> str:
    """The character of an escape sequence of a double-quoted scalar."""
    if len(escape) > 2:
        return chr(min(int.from_bytes(bytes.fromhex(escape[2:]), "big"), 0x10FFFF))
    return _ESCAPES.get(escape[1], escape[1])


def _block(source: str, start: int, node: Node) -> Iterator[_Piece]:
    """The lines of a block scalar, joined as libyaml's `yaml_parser_scan_block_scalar` joins them."""
    header, *lines = [(match["text"], match.start(), match.end()) for match in _block_lines(source, start, node.end)]
    indent = _indentation([text for text, _, _ in lines], node.text)
    line_break: _Piece | None = None  # the one before this line
    blank_lines: list[_Piece] = []
    after_blank = False
    for text, begin, end in lines:
        content = text[indent:]
        next_break = ("\n", begin + len(text), end)
        if not content:
            blank_lines.append(next_break)
            continue
        starts_blank = content[0] in " \t"
        if line_break and (node.style == "|" or starts_blank or after_blank):
            yield line_break
        elif line_break and not blank_lines:
            yield " ", line_break[1], line_break[2]
        yield from blank_lines
        yield from ((character, begin + at, begin + at + 1) for at, character in enumerate(content, indent))
        line_break, blank_lines, after_blank = next_break, [], starts_blank
    indicators = header[0].partition("#")[0]
    if line_break and "-" not in indicators:
        yield line_break
    if "+" in indicators:
        yield from blank_lines


def _block_lines(source: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The lines of a block scalar and the blank ones after it, which may belong to it; a node ends before them."""
    blanks = _BLANK_LINES.match(source, end)
    limit = blanks.end() if blanks else end
    if limit < len(source):
        # The last of them is the indentation of what comes next.
        limit = max(end, source.rfind("\n", start, limit) + 1)
    return _LINE.finditer(source, start, limit)


def _indentation(lines: list[str], decoded: str) -> int:
    """How far a block scalar is indented: the blanks of its first line less those that belong to the text."""
    first_source = next((line for line in lines if line.strip(" ")), "")
    first_decoded = decoded.lstrip("\n")
    return _leading_spaces(first_source) - _leading_spaces(first_decoded)


def _leading_spaces(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
