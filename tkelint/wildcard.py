"""Git's wildcards as regular expressions that match as Git's own matcher does (wildmatch.c).

Patterns may come from a pull request, so none can make matching take more than quadratic time.
"""

from __future__ import annotations

import itertools
import re
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAGIC = re.compile(rb"[*?\[\\]")

# Pieces of a pattern that stand for more than one character; all others are regular expressions of one.
_STAR = "*"
_FOLDERS = "**/"
_EVERYTHING = ".*"

_CLASSES = {
    b"alnum": (string.ascii_letters + string.digits).encode(),
    b"alpha": string.ascii_letters.encode(),
    b"blank": b" \t",
    b"cntrl": bytes([*range(32), 127]),
    b"digit": string.digits.encode(),
    b"graph": (string.ascii_letters + string.digits + string.punctuation).encode(),
    b"lower": string.ascii_lowercase.encode(),
    b"print": (string.ascii_letters + string.digits + string.punctuation + " ").encode(),
    b"punct": string.punctuation.encode(),
    b"space": string.whitespace.encode(),
    b"upper": string.ascii_uppercase.encode(),
    b"xdigit": string.hexdigits.encode(),
}


def translate(pattern: bytes) -> re.Pattern[bytes] | None:
    """A regular expression for a pattern with wildcards; `None` when nothing can match (`[` without its end).

    `**/` stands for any number of folders and parts the pattern into units. Each star but the last of its unit, and
    each `**/` but the last, is atomic: the first place where what follows fits is as good as any later one. So nothing
    is tried twice, and the time does not explode for `*a*a*a*b`.
    """
    units = _units(pattern)
    if units is None:
        return None
    names = (f"atom{number}" for number in itertools.count())
    first, *inner = [_unit_regex(unit, names) for unit in units]
    regex = first
    if inner:
        regex += "".join(_atomic(f"(?:.*?/)??{unit}", names) for unit in inner[:-1]) + f"(?:.*/)?{inner[-1]}"
    return re.compile((regex + r"\Z").encode("latin-1"), re.DOTALL)


def _unit_regex(unit: Sequence[str], names: Iterator[str]) -> str:
    """The regular expression of what stands between two `**/`: pieces for one character each, and stars."""
    start, *runs = _split(unit, _STAR)
    regex = "".join(start)
    for run in runs[:-1]:
        regex += _atomic("[^/]*?" + "".join(run), names)
    return regex + "[^/]*" + "".join(runs[-1]) if runs else regex


def _atomic(regex: str, names: Iterator[str]) -> str:
    """A group that is not entered again once it matched. Python 3.10 has no `(?>...)`, but lookaheads are atomic."""
    name = next(names)
    return f"(?=(?P<{name}>{regex}))(?P={name})"


def _split(pieces: Sequence[str], at: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for piece in pieces:
        if piece == at:
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def _units(pattern: bytes) -> list[list[str]] | None:
    """The pieces of a pattern, parted at each `**/`; `None` when it cannot match."""
    pieces: list[str] = []
    prefix = MAGIC.search(pattern)
    position = start = prefix.start() if prefix else len(pattern)
    pieces += map(_literal, pattern[:start])
    while position < len(pattern):
        piece, position = _piece(pattern, position, start)
        if piece is None:
            return None
        pieces.append(piece)
    return _split(pieces, _FOLDERS)


def _piece(pattern: bytes, position: int, start: int) -> tuple[str | None, int]:
    """The piece that begins at a position, and where the next one does. `start` is the first wildcard."""
    match pattern[position : position + 1]:
        case b"?":
            return "[^/]", position + 1
        case b"*":
            return _stars(pattern, position, start)
        case b"[":
            return _character_class(pattern, position + 1)
        case b"\\" if position + 1 == len(pattern):
            return None, position
        case b"\\":
            return _literal(pattern[position + 1]), position + 2
    return _literal(pattern[position]), position + 1


def _stars(pattern: bytes, position: int, start: int) -> tuple[str, int]:
    """One star or several. Two or more are special when they are a whole part of the path.

    As in Git, a text without wildcards before them counts as a boundary too: in `/gen**/x` the stars cross folders.
    """
    end = position + 1
    while pattern[end : end + 1] == b"*":
        end += 1
    at_boundary = position == start or pattern[position - 1 : position] == b"/"
    if end - position > 1 and at_boundary:
        if end == len(pattern):
            return _EVERYTHING, end
        if pattern[end : end + 1] == b"/":
            return _FOLDERS, end + 1
    return _STAR, end


def _character_class(pattern: bytes, position: int) -> tuple[str | None, int]:
    """The class whose `[` ends at a position, as the set of the bytes in it; it never matches a slash."""
    negated = pattern[position : position + 1] in (b"!", b"^")
    position += negated
    members: set[int] = set()
    first = position
    previous = None  # the byte that a range may begin with
    while position == first or pattern[position : position + 1] != b"]":
        named = re.compile(rb"\[:([^\]]*):\]").match(pattern, position)
        if named:
            if named[1] not in _CLASSES:
                return None, position
            members.update(_CLASSES[named[1]])
            previous, position = None, named.end()
            continue
        is_range = previous is not None and re.compile(rb"-[^\]]", re.DOTALL).match(pattern, position)
        position += bool(is_range)
        position += pattern[position : position + 1] == b"\\"
        if position >= len(pattern):
            return None, position
        byte = pattern[position]
        members.update(range(previous, byte + 1) if is_range and previous is not None else (byte,))
        previous = None if is_range else byte
        position += 1
    members = (set(range(256)) - members if negated else members) - {0x2F}
    text = "".join(f"\\x{byte:02x}" for byte in sorted(members))
    return (f"[{text}]" if text else "(?!)"), position + 1


def _literal(byte: int) -> str:
    return re.escape(chr(byte))
