"""JSON as kubectl reads it before it tries YAML: one value, or objects one after the other.

JSON is not quite a subset of the YAML that go-yaml reads (escaped surrogate pairs, long keys), and is read ten times
faster by Python's own reader.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from tkelint.patterns import pattern
from tkelint.source import Span
from tkelint.syntax.yaml_limits import MAX_DEPTH, MAX_PLACED_NODES
from tkelint.syntax.yaml_scalars import scalar_value

if TYPE_CHECKING:
    from tkelint.syntax.document import Json

_STARTS_JSON: Final = pattern(r"[ \t\r\n]*[{\[]")
_BLANKS: Final = pattern(r"[ \t\r\n]*")
# Any escape sequence; the group is the escape of half a character that has lost its other half.
_ESCAPE: Final = pattern(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)

_DIGITS_OF_64_BITS: Final = 19


class NotJsonError(ValueError):
    """The text is no JSON, or has something that the exact reader must judge, such as a duplicate key."""


class JsonValue(NamedTuple):
    """One value of a stream and where it is written."""

    value: Json
    span: Span


def looks_like_json(text: str) -> bool:
    """Whether the first thing in the text is a brace or a bracket."""
    return _STARTS_JSON.match(text) is not None


def json_stream(text: str, start: int) -> list[JsonValue]:
    """The values of a JSON text that begins at offset `start` of its file. Raises `NotJsonError`."""
    if text.count("{") + text.count("[") > MAX_PLACED_NODES:
        raise NotJsonError
    # Of the same length, so that places stay: Go reads half a character as U+FFFD.
    text = _ESCAPE.sub(lambda match: r"\ufffd" if match[1] else match[0], text) if "\\u" in text else text
    values: list[JsonValue] = []
    index = _skip_blanks(text, 0)
    try:
        while index < len(text):
            value, end = _DECODER.raw_decode(text, index)
            values.append(JsonValue(value, Span(start + index, start + end)))
            index = _skip_blanks(text, end)
    except (ValueError, RecursionError):
        raise NotJsonError from None
    if len(values) > 1 and not all(isinstance(item.value, dict) for item in values):
        raise NotJsonError
    # A nesting that deep needs as many brackets; only a text that has them is walked.
    if text.count("{") + text.count("[") > MAX_DEPTH and any(_is_too_deep(item.value) for item in values):
        raise NotJsonError
    return values


def _skip_blanks(text: str, index: int) -> int:
    match = _BLANKS.match(text, index)
    return match.end() if match else index


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise NotJsonError
    return result


def _integer(text: str) -> Json:
    return int(text) if len(text) < _DIGITS_OF_64_BITS else _number(text)


def _number(text: str) -> Json:
    """The number as the API server gets it; one out of range is none to Go's JSON reader."""
    value = scalar_value(text)
    if isinstance(value, str):
        raise NotJsonError
    return value


def _constant(text: str) -> NoReturn:
    """Refuse `NaN` and `Infinity`, which Python's reader takes and JSON has not."""
    raise NotJsonError(text)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_integer, parse_constant=_constant
)


def _is_too_deep(value: Json) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return any(isinstance(value, (dict, list)) for value in level)
