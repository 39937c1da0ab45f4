"""In which overlays, charts and clusters a finding was found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint.language import text

if TYPE_CHECKING:
    from tkelint.problem import Finding

_MOST_NAMED: Final = 6


def world_names(finding: Finding, language: str) -> str:
    """`prod and staging`; empty where there is only one world, and for plain manifests."""
    names = finding.worlds
    if len(names) > _MOST_NAMED:
        shown = text("separator", language).join(names[: _MOST_NAMED - 1])
        return text("worlds-more", language, names=shown, count=len(names) - _MOST_NAMED + 1)
    if len(names) > 1:
        return text("worlds", language, names=text("separator", language).join(names[:-1]), last=names[-1])
    return names[0] if names else ""


def message_in_worlds(finding: Finding, language: str) -> str:
    """The message, with the names of the worlds behind it."""
    names = world_names(finding, language)
    message = finding.message[language]
    return text("message-in", language, message=message, names=names) if names else message
