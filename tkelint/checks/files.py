"""Files that cannot be read as the API server would read them, or not as they look."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from tkelint.compiled import table
from tkelint.patterns import pattern
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.reader import Reading
    from tkelint.resource import Node, Resource
    from tkelint.source import Span
    from tkelint.syntax.yaml import YamlError
    from tkelint.workspace import Workspace

# The keys every object has, at the start of a line or quoted as in JSON; a full-width colon may be what is wrong.
_OBJECT_KEYS = tuple(
    re.compile(rf"^(?:{key}|[\s{{]*[\"']{key}[\"'])[ \t]*[:：]", re.MULTILINE) for key in ("apiVersion", "kind")
)
# Template languages other than Go's, which the parser knows: Jinja's and ERB's.
_OTHER_TEMPLATE = pattern(r"\{%|<%")


def syntax_error(file: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Text that is no YAML or JSON. Only what looks like a Kubernetes object is certain to be meant as one."""
    for error in _errors(file, workspace, "syntax"):
        text = _document_text(file, error.span)
        certain = _is_object(text)
        if _OTHER_TEMPLATE.search(text) or (file.name.endswith(".json") and not certain):
            continue  # JSON with comments and the like is listed as not looked at.
        yield _problem(file, error, certain=certain)


def limit_exceeded(file: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Text that is too large, too deep or expands to too much, and was therefore not read."""
    for error in _errors(file, workspace, "limit"):
        yield _problem(file, error, certain=_is_object(_document_text(file, error.span)))


def render_failed(file: Resource, workspace: Workspace) -> Iterator[Problem]:
    """What Helm or kustomize could not render, in its own words."""
    for error in _errors(file, workspace, "render"):
        yield Problem(node=_node(file, error.span), parameters={"detail": error.message})


def render_refused(file: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A chart that cannot be rendered without values that are not its own."""
    for error in _errors(file, workspace, "refused"):
        yield Problem(node=_node(file, error.span), parameters={"detail": error.message})


def duplicate_key(file: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A key that a Kubernetes object has twice in one mapping. Other files are not ours to judge."""
    reading = workspace.once(_readings)[file.name]
    objects = {resource.document.index for resource in reading.resources}
    for error in reading.errors:
        if error.kind == "duplicate-key" and error.document in objects and error.related is not None:
            first, second = _node(file, error.related), _node(file, error.span)
            key = file.get("text")[error.span.start : error.span.end].strip("\"'")
            yield Problem(node=second, parameters={"key": key}, related=(Related(first, "first", {"key": key}),))


def _errors(file: Resource, workspace: Workspace, kind: str) -> Iterator[YamlError]:
    return (error for error in workspace.once(_readings)[file.name].errors if error.kind == kind)


def _readings(workspace: Workspace) -> dict[str, Reading]:
    return {reading.source.path: reading for reading in workspace.readings}


def _problem(file: Resource, error: YamlError, *, certain: bool) -> Problem:
    return Problem(
        node=_node(file, error.span),
        parameters={"detail": in_both_languages(error.message)},
        likelihood="certain" if certain else "possible",
    )


def _node(file: Resource, span: Span) -> Node:
    return file.node("text").text(span.start, span.end)


def _document_text(file: Resource, span: Span) -> str:
    """The text between the separators around a place; a place in a separator belongs to what follows."""
    text: str = file.get("text")
    end = text.find("\n---", span.end)
    return text[text.rfind("\n---", 0, span.start) + 1 : end if end >= 0 else len(text)]


def _is_object(text: str) -> bool:
    return all(key.search(text) for key in _OBJECT_KEYS)


def in_both_languages(message: str) -> dict[str, str]:
    """The message of a `YamlError` in English and Chinese; one that the table lacks stays English."""
    for english, chinese in _translations():
        match = english.fullmatch(message)
        if match:
            return {"en": message, "zh": _filled(chinese, match.groupdict())}
    return {"en": message, "zh": message}


@functools.cache
def _translations() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(text["en"]), text["zh"]) for text in table("yaml-errors"))


_HOLE = pattern(r"\{([a-z]+)\}")


def _pattern(template: str) -> re.Pattern[str]:
    fixed = [
        re.escape(part) if number % 2 == 0 else f"(?P<{part}>.*)" for number, part in enumerate(_HOLE.split(template))
    ]
    return re.compile("".join(fixed), re.DOTALL)


def _filled(template: str, values: dict[str, str]) -> str:
    return _HOLE.sub(lambda hole: values[hole[1]], template)
