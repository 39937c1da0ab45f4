"""Values that stand for one to be filled in: `lb-xxxxxxxx`, `<subnet>`, `${SUBNET}`, `your-domain`.

No rule judges such a value; one of its own says that it was left in.
"""

from __future__ import annotations

import functools
from typing import Final

from tkelint.patterns import pattern

_ANY_CASE: Final = (
    r"x{4,}|(?<![a-z0-9])x{3}(?![a-z0-9])",  # lb-xxxxxxxx, sg-xxx
    r"\byour[-_ ]|change[-_]?me\b|replace[-_ ]?(?:me\b|this|with)",
)
_EXACT_CASE: Final = (
    r"\$\{?\w|\$\(\w|\$\{\{",  # the shell, envsubst, kustomize's vars, GitHub Actions
    r"\{\{|<%|#\{\w",  # Helm, Go and Jinja templates, ERB, token replacement
    r"(?<![\w$])\{[A-Za-z_][\w.-]*\}(?!\w)",  # {name}
    r"<[^<>=]*>|%[A-Z][A-Z0-9_]*%|@[A-Z][A-Z0-9_]+@|__[A-Z][A-Z0-9_]*__",
    r"\*{3,}|…|(?<![\w.])\.{3}(?![\w.])",
    r"\b[A-Z][A-Z_]*_ID\b",  # SUBNET_ID
    r"\bTODO\b|\bFIXME\b|\bTBD\b|\bREPLACE\b",
    r"[你您]的|请?替换|请?填写|请输入|待填",
)
_PLACEHOLDER: Final = pattern("|".join((*_EXACT_CASE, *(f"(?i:{each})" for each in _ANY_CASE))))


@functools.lru_cache(maxsize=10_000)  # "true" stands in a thousand annotations
def placeholder_in(text: str) -> tuple[int, int] | None:
    """Where the first placeholder in a text begins and ends; `None` when there is none.

    >>> placeholder_in("sg-abcd1234,sg-xxxxxxxx")
    (15, 23)
    >>> [placeholder_in(text) for text in ("lb-6swt12ab", "/todo/replaced", "*.example.com", '{"a": {}}')]
    [None, None, None, None]
    """
    found = _PLACEHOLDER.search(text)
    return found.span() if found else None


def is_template(text: str) -> bool:
    """Whether a text is one that a template engine has yet to fill in, as every file of a chart has them."""
    return "{{" in text or "<%" in text
