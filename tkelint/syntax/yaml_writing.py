"""How a value is written into a document: as the text that reads back as exactly that value.

Values go on one line. Nothing here knows where they go.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from tkelint.syntax.yaml_scalars import UnreadableScalarError, scalar_value

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def item_lines(value: Json, indent: str, after_dash: str) -> list[str] | None:
    """An item of a list as it stands on lines of its own; `None` as in `written`.

    >>> item_lines({"port": 80, "name": "http"}, "  ", " ")
    ['  - port: 80', '    name: http']
    """
    if not isinstance(value, dict) or not value:
        text = written(value)
        return None if text is None else [f"{indent}-{after_dash}{text}"]
    lines = block_lines(value, f"{indent} {' ' * len(after_dash)}")
    if lines is None:
        return None
    return [f"{indent}-{after_dash}{lines[0].lstrip(' ')}", *lines[1:]]


def flow_entries(value: dict[str, Json], *, as_json: bool) -> list[str] | None:
    """The entries of a mapping as they stand between braces; `None` as in `written`."""
    entries = [(written(key, as_json=as_json), written(child, as_json=as_json)) for key, child in value.items()]
    if any(part is None for entry in entries for part in entry):
        return None
    return [f"{key}: {child}" for key, child in entries]


def spelt_inside(text: str, style: str, line_end: str) -> Iterator[str]:
    r"""How a text may be spelt as a part of a scalar of a style, the best first; `line_end` is with the indentation.

    >>> list(spelt_inside('"x"', '"', "")), list(spelt_inside("it's", "'", ""))
    (['\\"x\\"'], ["it''s"])
    """
    if style == '"':
        yield json.dumps(text, ensure_ascii=False)[1:-1]
    elif style == "'":
        yield text.replace("'", "''")
    else:
        lines = text.split("\n")
        yield line_end.join(lines)
        if style == ">" and len(lines) > 1:  # where lines are folded, only a blank line after it ends one
            blank = line_end.rstrip(" ")
            yield line_end.join(lines) + blank
            yield (blank + line_end).join(lines)


def _is_word(text: str) -> bool:
    try:
        return bool(_WORD.match(text)) and scalar_value(text) == text
    except UnreadableScalarError:
        return False
