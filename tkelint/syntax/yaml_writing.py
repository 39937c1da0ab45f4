"""How a value is written into a document: as the text that reads back as exactly that value.

Values go on one line. Nothing here knows where they go.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from tkelint.syntax.yaml_scalars import UnreadableScalarError, scalar_value

if TYPE_CHECKING:
    from tkelint.syntax.document import Json

# A word that no YAML reader takes for anything else, in brackets or outside of them.
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z")


def written(value: Json, *, as_json: bool = False) -> str | None:
    """A value as YAML or, for a document in JSON, as JSON; `None` when it needs escapes that go-yaml may not know.

    >>> [written(value) for value in ("web", "true", "a: b", 80, {"a": ["x"]})]
    ['web', '"true"', '"a: b"', '80', '{"a": ["x"]}']
    """
    if isinstance(value, str) and not as_json and _is_word(value):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else None


def block_lines(value: dict[str, Json], indent: str) -> list[str] | None:
    """The entries of a mapping, one a line and mappings below their keys; `None` as in `written`.

    >>> block_lines({"annotations": {"key": "true"}}, "  ")
    ['  annotations:', '    key: "true"']
    """
    lines: list[str] = []
    for key, child in value.items():
        name = written(key)
        below = block_lines(child, indent + "  ") if isinstance(child, dict) and child else None
        text = None if below is not None else written(child)
        if name is None or (text is None and below is None):
            return None
        lines += [f"{indent}{name}:", *below] if below is not None else [f"{indent}{name}: {text}"]
    return lines


def flow_entries(value: dict[str, Json], *, as_json: bool) -> list[str] | None:
    """The entries of a mapping as they stand between braces; `None` as in `written`."""
    entries = [(written(key, as_json=as_json), written(child, as_json=as_json)) for key, child in value.items()]
    if any(part is None for entry in entries for part in entry):
        return None
    return [f"{key}: {child}" for key, child in entries]


def _is_word(text: str) -> bool:
    try:
        return bool(_WORD.match(text)) and scalar_value(text) == text
    except UnreadableScalarError:
        return False
