"""GitHub's hash of a line, by which code scanning follows an alert from one commit to the next.

The `upload-sarif` action adds it to every result; when it is there already both must agree, and who uploads by the API
has to bring it. The algorithm is the one of github/codeql-action, `src/fingerprints.ts`: the hundred UTF-16 code units
from the start of the line, without spaces and tabs and with LF for every line end, as a polynomial of base 37 modulo
2^64, then the how-manieth line with this hash it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Collection

    from tkelint.source import SourceFile

_BLOCK: Final = 100
_BASE: Final = 37
_MODULUS: Final = 2**64
_END_OF_FILE: Final = "\uffff"

_LINE_END = pattern(r"\r\n?|\n")
_BEYOND_UTF_16_UNIT = re.compile("[\U00010000-\U0010ffff]")
_WITHOUT_SPACES_AND_TABS = str.maketrans("", "", " \t")


def line_hashes(source: SourceFile, lines: Collection[int]) -> dict[int, str]:
    """GitHub's hashes of these lines (1-based) of a file, without those that GitHub does not see.

    It reads every file as UTF-8, and so counts lines of its own in one in UTF-16.
    """
    text = _LINE_END.sub("\n", _as_github_reads(source)).translate(_WITHOUT_SPACES_AND_TABS)
    text += _END_OF_FILE + "\0" * _BLOCK
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    blocks = [text[start : start + _BLOCK] for start in starts[: max(lines, default=0)]]
    seen: dict[str, int] = {}
    hashes = {}
    for number, block in enumerate(blocks, start=1):
        seen[block] = seen.get(block, 0) + 1
        if number in lines:
            hashes[number] = f"{_polynomial(block):x}:{seen[block]}"
    return hashes


def _as_github_reads(source: SourceFile) -> str:
    """The bytes of the file read as UTF-8, whatever they are, with one character for each UTF-16 code unit."""
    if source.encoding == "utf-8":
        text = source.byte_order_mark.decode() + source.text
    else:
        data = source.byte_order_mark + source.text.encode(source.encoding, "surrogatepass")
        text = data.decode("utf-8", "replace")
    return _BEYOND_UTF_16_UNIT.sub(_as_surrogates, text)


def _as_surrogates(match: re.Match[str]) -> str:
    code = ord(match[0]) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def _polynomial(block: str) -> int:
    value = 0
    for character in block:
        value = value * _BASE + ord(character)
    return value % _MODULUS
