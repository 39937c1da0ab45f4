"""What rendered Helm charts look like: the comment that `helm template` writes above each document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint.patterns import pattern

if TYPE_CHECKING:
    from tkelint.syntax.yaml import YamlDocument

# Only comments, blank lines and the separator may stand above it.
_SOURCE: Final = pattern(r"(?:---[^\n]*\n)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*?# Source: ([^\r\n]*[^\s])")


def template_of(document: YamlDocument) -> str | None:
    """The chart file that a rendered document came from: `web/templates/service.yaml`; `None` if nothing says so."""
    match = _SOURCE.match(document.source.text, document.span.start, document.span.end)
    return match[1] if match else None
