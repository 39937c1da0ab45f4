"""The declarative half of rules: JSON Schema on one field path of one object.

A value at `at` that fails `assert`, in an object whose other fields satisfy `when`, is a problem. Nothing else: what
needs a second object or a grammar is a check.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from tkelint.json_schema import KEYWORDS
from tkelint.patterns import pattern
from tkelint.pods import Workload
from tkelint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tkelint.resource import Node, Resource
    from tkelint.syntax.document import FieldPath
    from tkelint.workspace import Workspace

    Predicate = Callable[[Any], bool]

_STEP = pattern(r"\.?([^.\[\]]+)|\[([^\]]+)\]")


def matcher(match: Mapping[str, Any]) -> Callable[[Resource, Workspace], Iterator[Problem]]:
    """The check that a `match` of a rule file describes. Its problems have the parameters value, field and object."""
    at = parse_field(match["at"])
    holds = predicate(match["assert"])
    guards = [(parse_field(path), predicate(schema)) for path, schema in match.get("when", {}).items()]

    def check(resource: Resource, _: Workspace) -> Iterator[Problem]:
        if all(any(guard(node.value) for node in nodes(resource, path)) for path, guard in guards):
            for node in nodes(resource, at):
                if node.exists and not holds(node.value):
                    parameters = {"value": node.source_text, "field": node.field, "object": resource.label}
                    yield Problem(node=node, parameters=parameters)

    return check


def parse_field(path: str) -> FieldPath:
    """The steps of a path in a rule file; `*` stands for every item.

    >>> parse_field("spec.ports[*].nodePort")
    ('spec', 'ports', '*', 'nodePort')
    >>> parse_field("metadata.annotations[kubernetes.io/ingress.class]")
    ('metadata', 'annotations', 'kubernetes.io/ingress.class')
    """
    return tuple(plain or bracketed for plain, bracketed in _STEP.findall(path))


def nodes(resource: Resource, path: FieldPath) -> Iterable[Node]:
    """The nodes a path of a rule file leads to; `pod` and `container` start at each Pod template and container."""
    match path:
        case ("pod", *rest):
            workload = Workload.of(resource)
            starts = [workload.pod] if workload else []
        case ("container", *rest):
            workload = Workload.of(resource)
            starts = [node.path for node, _ in workload.containers()] if workload else []
        case _:
            starts, rest = [()], list(path)
    for start in starts:
        for found in _expand(resource, start, rest):
            yield resource.node(*found)


def _expand(resource: Resource, start: FieldPath, steps: Iterable[str | int]) -> list[FieldPath]:
    paths = [start]
    for step in steps:
        if step == "*":
            values = [(path, resource.get(*path)) for path in paths]
            paths = [(*path, index) for path, value in values if isinstance(value, list) for index in range(len(value))]
        else:
            paths = [(*path, step) for path in paths]
    return paths


def predicate(schema: Any) -> Predicate:
    """Whether a value satisfies a JSON Schema.

    The keywords that rules use all the time are decided here, since importing jsonschema costs more than linting a
    small repository; a test holds the two against each other. Any other keyword goes to jsonschema.
    """
    if isinstance(schema, dict) and schema.keys() <= KEYWORDS.keys():
        tests = [functools.partial(KEYWORDS[keyword], argument) for keyword, argument in schema.items()]
        return lambda value: all(test(value) for test in tests)
    return _jsonschema_predicate(schema)


def _jsonschema_predicate(schema: Any) -> Predicate:
    @functools.cache
    def validator() -> Any:
        import jsonschema  # noqa: PLC0415 - 150 ms that few rules need

        return jsonschema.Draft202012Validator(schema)

    return lambda value: bool(validator().is_valid(value))
