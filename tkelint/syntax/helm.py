"""What `helm template` leaves in its output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tkelint.syntax.yaml import YamlDocument

# Helm writes it as the first line of each rendered document; other comments of the template may follow or precede it.
_SOURCE: Final = re.compile(r"(?:(?:---)?[ \t]*(?:#[^\r\n]*)?\r?\n)*?# Source: (?P<path>[^\r\n]+?)[ \t]*(?:\r?\n|\Z)")
_LONGEST_HEADER: Final = 4096


def template_of(document: YamlDocument) -> str | None:
    """The chart file a rendered document came from (`chart/templates/x.yaml`); `None` where Helm did not say."""
    text = document.source.text
    if "# Source: " not in text[document.span.start : document.span.start + _LONGEST_HEADER]:
        return None
    match = _SOURCE.match(text, document.span.start, document.span.start + _LONGEST_HEADER)
    return match["path"] if match else None
