"""A page that needs nothing else: no network, no fonts, no framework.

What comes from manifests travels as JSON in a block that is not a script, with `<`, `>` and `&` as escapes, and the
scripts set it as text only. A Content-Security-Policy allows that one script and style sheet, by their hashes, and
nothing from anywhere else; so even a mistake could not make a manifest's text run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from tkelint.reporters.harmless import harmless_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


def web_page(page: Path, scripts: Iterable[Path], styles: Iterable[Path], data: Mapping[str, Any]) -> Iterator[str]:
    """The page of a template with its scripts, in the order in which they build on each other, styles and data."""
    script = _joined(scripts)
    style = "".join(path.read_text(encoding="utf-8") for path in styles)
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    rest = page.read_text(encoding="utf-8")
    for name, text in (("policy", policy), ("style", style), ("data", _embedded(data)), ("script", script)):
        before, _, rest = rest.partition("{{" + name + "}}")
        yield from (before, text)
    yield rest


def _joined(scripts: Iterable[Path]) -> str:
    """The parts of the script as one function, so that none of their names can be reached from outside."""
    parts = (path.read_text(encoding="utf-8") for path in scripts)
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def _digest(text: str) -> str:
    """The hash by which the policy knows a text: https://www.w3.org/TR/CSP3/#grammardef-hash-source."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _embedded(data: Mapping[str, Any]) -> str:
    r"""JSON that cannot end the block it stands in.

    >>> _embedded({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    text = harmless_json(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
