"""Source text and places in it.

A `SourceFile` is decoded text under the name it is reported with; a `Span` is a range of its code points;
a `Region` is the same range as lines and columns, computed only for what is reported.

Nothing here knows YAML, Kubernetes or the disk.
"""

from __future__ import annotations

import bisect
import codecs
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from tkelint.patterns import pattern

_LINE_END = pattern(r"\r\n|\n|\r")

# Longest first: the UTF-32 LE mark starts with the UTF-16 LE one.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class NotTextError(ValueError):
    """The bytes are no text in an encoding that YAML 1.2 (section 5.2) allows; the message says where they fail."""


class Span(NamedTuple):
    """A half-open range `[start, end)` of code points in `SourceFile.text`."""

    start: int
    end: int


class Region(NamedTuple):
    """Lines and columns, 1-based, counted in code points; the end is exclusive, as in SARIF."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int


class SourceFile:
    """Text and the name it is reported with; nothing of it ever changes.

    `path` is relative to the project root where it can be, with `/` separators. `text` has no byte order mark
    (editors and SARIF do not count it) and keeps its line ends.
    """

    def __init__(self, path: str, text: str, encoding: str = "utf-8", byte_order_mark: bytes = b"") -> None:
        self.path = path
        self.text = text
        self.encoding = encoding
        self.byte_order_mark = byte_order_mark

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of the first code point of each line; LF, CRLF and lone CR end a line."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both 1-based, of a code point offset (clamped to the text)."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect.bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def region(self, span: Span) -> Region:
        """The lines and columns of a span."""
        return Region(*self.position(span.start), *self.position(span.end))

    def offset(self, line: int, column: int = 1) -> int:
        """Code point offset of a 1-based line and column, clamped to the text."""
        starts = self.line_starts
        if line > len(starts):
            return len(self.text)
        return min(starts[max(line, 1) - 1] + max(column, 1) - 1, len(self.text))

    def line(self, number: int) -> str:
        """The text of a 1-based line without its line end; empty beyond the last one."""
        starts = self.line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


class Precision(str, Enum):
    """How well a place is known. What a tool rendered is written elsewhere than it is read."""

    EXACT = "exact"  # it stands there, letter by letter
    KEY_PATH = "key-path"  # the keys that lead to it were found there; what stands beside them makes it
    OBJECT = "object"  # its object begins there
    FILE = "file"  # it comes from somewhere in this file

    @property
    def rank(self) -> int:
        """0 is the best."""
        return list(Precision).index(self)


class Place(NamedTuple):
    """A span in a file: where something is, and how well that is known."""

    source: SourceFile
    span: Span
    precision: Precision = Precision.EXACT

    @property
    def region(self) -> Region:
        """The lines and columns of the place."""
        return self.source.region(self.span)


def decode(path: str, data: bytes) -> SourceFile:
    """Decode a file's bytes: UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises `NotTextError` when the bytes are in none of them.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return SourceFile(path, _decode(data[len(mark) :], encoding), encoding, mark)
    encoding = _guess_without_mark(data)
    return SourceFile(path, _decode(data, encoding), encoding)


def _guess_without_mark(data: bytes) -> str:
    """The encoding by the pattern of NUL bytes (YAML 1.2, section 5.2): a stream starts with an ASCII character."""
    match [byte == 0 for byte in data[:4]]:
        case [True, True, True, False]:
            return "utf-32-be"
        case [False, True, True, True]:
            return "utf-32-le"
        case [True, False, *_]:
            return "utf-16-be"
        case [False, True, *_]:
            return "utf-16-le"
    return "utf-8"


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        byte = data[error.start] if error.start < len(data) else 0
        raise NotTextError(f"not {encoding.upper()}: byte 0x{byte:02x} at offset {error.start}") from None
