"""JSON as text that a person can still scroll through and a diff can compare: one line for each entry of a report.

`json.dumps` with an indent is ten times slower, since it leaves the C encoder, and doubles the size.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tkelint.reporters.harmless import harmless_json

if TYPE_CHECKING:
    from collections.abc import Iterator


def json_text(value: Any, depth: int) -> Iterator[str]:
    """JSON with line ends between the entries of objects and lists down to a depth, harmless, a line end at the end."""
    yield from _pieces(value, depth)
    yield "\n"


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if depth == 0 or not value or not isinstance(value, (dict, list)):
        yield harmless_json(json.dumps(value, ensure_ascii=False))
        return
    is_object = isinstance(value, dict)
    entries = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    separator = "{\n" if is_object else "[\n"
    for key, item in entries:
        yield separator
        if is_object:
            yield harmless_json(json.dumps(key, ensure_ascii=False)) + ": "
        yield from _pieces(item, depth - 1)
        separator = ",\n"
    yield "\n}" if is_object else "\n]"
