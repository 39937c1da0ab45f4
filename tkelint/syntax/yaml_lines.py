"""The fast way to read YAML: ordinary manifests, line by line.

`read_lines` knows one line at a time: indentation, dashes, a key, and a value that ends on its line (or a block
scalar). What it knows it reads exactly as libyaml and go-yaml do; at the first thing beyond (an anchor, a tag, a
value on several lines, odd indentation, a duplicate key, an error) it gives up, and the exact way decides.

Why not a library: rapidyaml, the fastest there is, takes 0.07 s for a tree of 1.7 MB and 36 ms to import, writes each
parse error to standard error by itself, and reads badly indented lines, the most common mistake of all, as something
else instead of refusing them. Lines of manifests repeat; each different one is taken apart once, which is as fast.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint.syntax.yaml_limits import MAX_DEPTH, MAX_KNOWN_LINES
from tkelint.syntax.yaml_scalars import MERGE_KEY, UnreadableScalarError, scalar_key, scalar_value

if TYPE_CHECKING:
    from tkelint.syntax.document import Json

# A plain scalar in block context: no indicator at its start, no ": " and no " #" in it, no blank at its end.
_PLAIN: Final = r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=\S))(?:[^\s:#]|(?<=\S)\#|:(?=\S)|[ ]+(?=[^\s#:]))*"
_QUOTED: Final = r"""(?:"(?:[^"\\\t]|\\["\\nrt])*"|'(?:[^'\t]|'')*')"""
# Inside brackets only what needs no closer look, and nothing nested.
_WORD: Final = r"-{0,2}[A-Za-z0-9_./$][A-Za-z0-9_./$=+%()-]*(?:[ ]+[A-Za-z0-9_./$=+%()-]+)*"
_ITEM: Final = rf"(?:{_QUOTED}|{_WORD})"
_ENTRY: Final = rf"(?:{_QUOTED}|[A-Za-z0-9_./$][A-Za-z0-9_./$-]*):[ ]+{_ITEM}"
_LINE: Final = re.compile(
    rf"""
    ([ ]*) ((?:-[ ]+)*)
    (?: ({_PLAIN} | {_QUOTED}) : (?=[ ]|\Z) [ ]* )?
    ( {_PLAIN} | {_QUOTED} )?
    ( [|>](?:[-+]?[1-9]?|[1-9][-+])
    | \[[ ]* (?:{_ITEM}(?:[ ]*,[ ]*{_ITEM})*)? [ ]*\]
    | \{{[ ]* (?:{_ENTRY}(?:[ ]*,[ ]*{_ENTRY})*)? [ ]*\}}
    )?
    [ ]* (?:(?<=[ ])\#.*)? \Z
    """,
    re.VERBOSE,
)
_NOTHING_ON_LINE: Final = re.compile(r"[ ]*(?:#.*)?\Z")
_ENTRY_PARTS: Final = re.compile(rf"({_QUOTED}|[^\s:,{{}}]+):[ ]+({_ITEM})")
_LINE_BREAKS: Final = re.compile(r"\n+")
# libyaml looks for the ':' of a key on one line and within 1,024 bytes.
_MAX_KEY: Final = 250
_MAX_LINE: Final = 20_000
_MAX_KNOWN_LINE: Final = 300


class NotOrdinaryError(Exception):
    """The text has something that only the exact way can judge."""


class _Line(NamedTuple):
    """One line taken apart. `column` is that of the first dash, key or value; `inner` that of what follows dashes."""

    column: int
    dashes: tuple[int, ...]
    inner: int
    key: str | None
    value: Any  # of a block scalar, its header
    value_kind: int


# A scalar; nothing here, perhaps a block on the next lines; brackets; the header of a block scalar.
_SCALAR, _AWAITED, _BRACKETS, _BLOCK = range(4)
# A column that no line has: the list on top takes no keys.
_NO_COLUMN: Final = -2


def read_lines(text: str) -> Json:
    """The value of one document; `None` when it is empty. Line ends must be LF.

    Raises `NotOrdinaryError`.
    """
    lines = text.split("\n")
    index, count = _after_separator(lines[0]), len(lines)
    # Open collections and the columns they stand in, below them a holder of the root.
    holder: dict[str, Json] = {"": None}
    stack: list[tuple[int, Any]] = [(-1, holder)]
    container: Any = holder
    key_column = _NO_COLUMN
    awaiting: str | None = ""
    while index < count:
        source = lines[index]
        line = _known_line(source) if len(source) < _MAX_KNOWN_LINE else _take_apart(source)
        index += 1
        if line is None:
            continue
        column, dashes, _, key, value, kind = line
        # Most lines add a key to the mapping on top; any other changes which collections are open.
        if dashes or column != key_column or awaiting is not None:
            _adapt(stack, line, awaiting)
            key_column, container = stack[-1]
        awaiting = None
        if kind != _SCALAR:
            if kind == _AWAITED:
                awaiting = key
            elif kind == _BLOCK:
                value, index = _block_scalar(lines, index, value, stack[-1][0])
            else:
                value = value.copy()
        if key is None:
            container.append(value)
            key_column = _NO_COLUMN
        elif key in container:
            raise NotOrdinaryError
        else:
            container[key] = value
    return holder[""]


def _after_separator(line: str) -> int:
    """The index of the first line after `---`, where a document begins with one."""
    return 1 if line == "---" or (line.startswith("--- ") and "\t" not in line) else 0


def _adapt(stack: list[tuple[int, Any]], line: _Line, awaiting: str | None) -> None:
    """Open and close collections until what the line adds belongs into the one on top."""
    column, dashes, inner, key, _, _ = line
    top, container = stack[-1]
    if awaiting is not None and (column > top or (dashes and column == top)):
        child: list[Json] | dict[str, Json] = [] if dashes else {}
        container[awaiting] = child
        stack.append((column, child))
    else:
        _close(stack, column, list if dashes else dict)
    if dashes:
        for dash in dashes[1:]:
            _open_item(stack, dash, [])
        if key is not None:
            _open_item(stack, inner, {})
    if len(stack) > MAX_DEPTH:
        raise NotOrdinaryError


def _close(stack: list[tuple[int, Any]], column: int, wanted: type) -> None:
    """Close collections until the one at `column` is on top, which must be of the wanted type."""
    while stack[-1][0] > column:
        stack.pop()
    if wanted is dict and type(stack[-1][1]) is list:
        # A list may stand in the column of the key that it belongs to; the next key ends it.
        stack.pop()
    if stack[-1][0] != column or type(stack[-1][1]) is not wanted:
        raise NotOrdinaryError


def _open_item(stack: list[tuple[int, Any]], column: int, child: list[Json] | dict[str, Json]) -> None:
    """Open a collection that is an item of the list on top."""
    stack[-1][1].append(child)
    stack.append((column, child))


def _take_apart(source: str) -> _Line | None:
    """What a line says; `None` for a comment or nothing. Raises `NotOrdinaryError`."""
    if len(source) > _MAX_LINE or _has_odd_characters(source):
        raise NotOrdinaryError
    match = _LINE.match(source)
    if match is None:
        if _NOTHING_ON_LINE.match(source):
            return None
        raise NotOrdinaryError
    indent, dashes, key_source, scalar, other = match.groups()
    if key_source is None and scalar is None and other is None and not dashes:
        return None
    if not _is_ordinary(source, dashes, key_source, scalar, other):
        raise NotOrdinaryError
    column = len(indent)
    dash_columns = tuple(column + at for at, character in enumerate(dashes) if character == "-") if dashes else ()
    try:
        key = None if key_source is None else _key(key_source)
        value, kind = _scalar(scalar), _SCALAR if scalar else _AWAITED
        if other:
            value, kind = (other, _BLOCK) if other[0] in "|>" else (_in_brackets(other), _BRACKETS)
    except UnreadableScalarError:
        raise NotOrdinaryError from None
    return _Line(column, dash_columns, column + len(dashes), key, value, kind)


_known_line = lru_cache(maxsize=MAX_KNOWN_LINES)(_take_apart)


def _is_ordinary(source: str, dashes: str, key: str | None, scalar: str | None, other: str | None) -> bool:
    """Whether a line that fits the pattern has one value or key in a place where it is no part of something longer."""
    if key is None:
        return bool(dashes) and (scalar is None) is not (other is None)
    if scalar is not None and other is not None:
        return False
    return len(key) <= _MAX_KEY and key != MERGE_KEY and not source.startswith("...")


def _has_odd_characters(text: str) -> bool:
    """Whether a line has more than visible characters, blanks and tabs: control characters, Unicode's line ends."""
    return not (text.isprintable() or text.replace("\t", " ").replace("\u3000", " ").isprintable())


def _key(source: str) -> str:
    return scalar_key(source) if source[0] not in "\"'" else str(_scalar(source))


def _scalar(source: str | None) -> Json:
    """The value of a scalar on one line."""
    if source is None:
        return None
    if source[0] == '"':
        # The escapes that the pattern lets through mean the same in JSON.
        value: str = json.loads(source) if "\\" in source else source[1:-1]
        return value
    return source[1:-1].replace("''", "'") if source[0] == "'" else scalar_value(source)


def _in_brackets(source: str) -> Json:
    """The value of a list or mapping in brackets."""
    if source[0] == "[":
        return [_scalar(item) for item in re.findall(_ITEM, source)]
    entries = [(_key(key), _scalar(value)) for key, value in _ENTRY_PARTS.findall(source)]
    mapping: dict[str, Json] = dict(entries)
    if len(mapping) < len(entries):
        raise NotOrdinaryError
    return mapping


def _block_scalar(lines: list[str], index: int, header: str, parent: int) -> tuple[str, int]:
    """The text of the block scalar whose lines begin at `index`, and the index of the line after it."""
    if "+" in header:
        raise NotOrdinaryError
    indent = next((parent + int(character) for character in header if character.isdigit()), 0)
    indent = indent or _indentation(lines, index, parent)
    prefix = " " * indent
    content: list[str] = []
    while index < len(lines):
        line = lines[index]
        if line.startswith(prefix):
            content.append(line[indent:])
        elif line.strip(" "):
            break
        else:
            content.append("")
        index += 1
    while content and not content[-1]:
        content.pop()
    if not content or _has_odd_characters("".join(content)):
        raise NotOrdinaryError
    text = "\n".join(content) if header[0] == "|" else _folded(content)
    return (text if "-" in header else text + "\n"), index


def _indentation(lines: list[str], index: int, parent: int) -> int:
    """The indentation of a block scalar: that of its first line that is not empty."""
    for line in lines[index:]:
        if line:
            text = line.lstrip(" ")
            if not text or text[0] == "\t" or len(line) - len(text) <= parent:
                break
            return len(line) - len(text)
    raise NotOrdinaryError


def _folded(content: list[str]) -> str:
    """The text of `>`: one line break is a space, n of them are n - 1; lines that start with a blank are kept apart."""
    if not content[0] or any(line[:1] in (" ", "\t") for line in content if line):
        raise NotOrdinaryError
    return _LINE_BREAKS.sub(lambda match: "\n" * (len(match[0]) - 1) or " ", "\n".join(content))
