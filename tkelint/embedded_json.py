"""JSON that stands as a string in a field, as many annotations of TKE do: its value, and the place of each part of it.

`read` never raises. What is wrong with a text is data: what, and at which code point of the string.
"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint.compiled import table
from tkelint.source import Span
from tkelint.syntax.yaml_errors import ReadFailure
from tkelint.syntax.yaml_limits import MAX_PLACED_NODES

if TYPE_CHECKING:
    from tkelint.resource import Node
    from tkelint.syntax.document import Json
    from tkelint.syntax.yaml_places import Places

# A controller's parameters are a few hundred characters; whatever is far beyond is not worth a parser's time.
MOST_CHARACTERS: Final = 100_000
# Punctuation of a Chinese keyboard, where JSON needs that of an English one.
_FULL_WIDTH: Final = tuple("“”‘’：，｛｝【】")

_LONGEST_EXCERPT: Final = 60


class JsonFault(NamedTuple):
    """Why a text is no JSON: the place, and the reason in each language, ready to be a parameter of a message."""

    node: Node
    reason: dict[str, str]


class EmbeddedJson(NamedTuple):
    """The JSON in the string at `node`. `value` is `None` where there is a fault, and for the JSON text `null`."""

    node: Node
    value: Json
    fault: JsonFault | None = None

    def at(self, *path: str | int) -> Node:
        """The place of a value inside; of its longest prefix when the path does not exist."""
        places = _places(self.node.value)
        return self._node(places.span_of(path) if places else None)

    def key(self, *path: str | int) -> Node:
        """The place of the key at the end of a path; of an item of a list, the item."""
        places = _places(self.node.value)
        return self._node(places.key_span_of(path) if places else None)

    def get(self, *path: str | int, default: Any = None) -> Any:
        """The value at a path; `default` where a step does not exist or passes through a scalar."""
        value: Any = self.value
        for step in path:
            is_there = (
                step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
            )
            if not is_there:
                return default
            value = value[step]
        return value

    def spelt(self, *path: str | int) -> str:
        """What the text has at a path, quotes included: `"80"`, `true`."""
        text: str = self.node.value
        part = self.at(*path).part
        return text[slice(*part)] if part else text

    def excerpt(self, *path: str | int) -> str:
        """What the text has at a path, cut to what a message can hold."""
        spelt = self.spelt(*path)
        return spelt if len(spelt) <= _LONGEST_EXCERPT else spelt[: _LONGEST_EXCERPT - 1] + "…"

    def duplicate_keys(self) -> tuple[tuple[str, Node, Node], ...]:
        """Each key that an object has twice: the key, the earlier and the later place. Go takes the later value."""
        from tkelint.syntax.yaml_nodes import compose  # noqa: PLC0415 - only what is reported needs a place
        from tkelint.syntax.yaml_values import construct  # noqa: PLC0415

        try:
            root = compose(self.node.value, 0, MAX_PLACED_NODES).root
            found = construct(root).duplicates if root is not None else ()
        except ReadFailure:
            return ()
        return tuple(
            (key, self.node.text(first.start, first.end), self.node.text(second.start, second.end))
            for key, first, second in found
        )

    def _node(self, span: Span | None) -> Node:
        return self.node if span is None else self.node.text(span.start, span.end)


def read(node: Node) -> EmbeddedJson | None:
    """The JSON in the string value of a node; `None` where the value is no string.

    Read as Go's `encoding/json` reads it: no comments, no single quotes, no trailing commas, no `NaN`, nothing after
    the value. Blank text is a fault, too.
    """
    text = node.value
    if not isinstance(text, str):
        return None
    if len(text) > MOST_CHARACTERS:
        return EmbeddedJson(node, None, JsonFault(node, _reason("too-long", text)))
    try:
        return EmbeddedJson(node, json.loads(text, parse_constant=_refuse))
    except json.JSONDecodeError as error:
        at = min(error.pos, max(len(text) - 1, 0))
        problem = "full-width" if text[at : at + 1] in _FULL_WIDTH else error.msg
        return EmbeddedJson(node, None, JsonFault(node.text(at, min(at + 1, len(text))), _reason(problem, text)))
    except RecursionError:
        return EmbeddedJson(node, None, JsonFault(node, _reason("too-deep", text)))
    except ValueError:  # NaN, Infinity, and numbers with thousands of digits
        return EmbeddedJson(node, None, JsonFault(node, _reason("number", text)))


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _reason(problem: str, text: str) -> dict[str, str]:
    """The text for a problem; what people write instead of JSON has texts of its own."""
    if not text.strip():
        problem = "empty"
    elif problem.startswith("Expecting property name") and "'" in text and '"' not in text:
        problem = "single-quotes"
    reasons = table("json-errors")
    return dict(reasons.get(problem.partition(" starting at")[0], reasons["other"]))


@functools.lru_cache(maxsize=8)  # all that is reported inside one text asks one after the other
def _places(text: str) -> Places | None:
    """Where the parts of a JSON text are: nearly all JSON is YAML, whose places are known; `None` for the rest."""
    from tkelint.syntax.yaml_places import Places  # noqa: PLC0415 - only what is reported needs a place

    try:
        return Places(text, Span(0, len(text)))
    except ReadFailure:
        return None
