"""What the API server refuses in any object, whatever its kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tkelint import services
from tkelint.kubernetes import API_GROUPS, POD_PATHS
from tkelint.patterns import pattern
from tkelint.problem import Edit, Fix, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.syntax.document import FieldPath
    from tkelint.workspace import Workspace

_STRING_MAPS = ("annotations", "labels")

# Groups of files that look like objects but never reach an API server.
_NEVER_SERVED = ("backstage.io", "skaffold", "kustomize.config.k8s.io")
# Groups whose Pod templates the API server decodes itself; a custom resource may keep anything in its template.
_BUILT_IN = frozenset({"", "apps", "batch", "extensions"})

_FULL_WIDTH_COLON = "："
_TYPED_ENTRY = pattern(
    rf"([A-Za-z0-9][\w./-]*)\s*{_FULL_WIDTH_COLON}\s*[\"'“‘]?([^\s\"'“”‘’{_FULL_WIDTH_COLON}]*)[\"'”’]?"
)


def annotation_value_not_string(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """An annotation or label whose value is no string: an unquoted `true`, `10`, or JSON without quotes around it."""
    if resource.api_group.endswith(_NEVER_SERVED):
        return
    for metadata in _metadata_paths(resource):
        for field in _STRING_MAPS:
            for key, value in resource.mapping(*metadata, field).items():
                # A null value is read as an empty string.
                if not isinstance(value, str) and value is not None:
                    yield from _not_a_string(resource.node(*metadata, field, key), value, field)


def _not_a_string(node: Node, value: Any, field: str) -> Iterator[Problem]:
    if isinstance(value, (dict, list)):
        message = "mapping" if isinstance(value, dict) else "list"
        yield Problem(node=node, message=message, parameters={"field": field, "key": node.path[-1]})
        return
    quoted = f'"{str(value).lower()}"' if isinstance(value, bool) else f'"{node.source_text}"'
    yield Problem(
        node=node,
        message="boolean" if isinstance(value, bool) else "number",
        parameters={"field": field, "key": node.path[-1], "value": node.source_text},
        fix=Fix((Edit(node, quoted),), safe=True),
    )


def string_map_malformed(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """Annotations or labels that are no mapping at all."""
    if resource.type not in API_GROUPS and resource.type not in POD_PATHS:
        return
    for metadata in _metadata_paths(resource):
        for field in _STRING_MAPS:
            node = resource.node(*metadata, field)
            value = node.value
            if value is None or isinstance(value, dict) or services.is_placeholder(value):
                continue
            typed = isinstance(value, str) and _FULL_WIDTH_COLON in value
            yield Problem(
                node=node,
                message="full-width-colon" if typed else "list" if isinstance(value, list) else "scalar",
                parameters={"field": node.field, "object": resource.label},
                fix=_with_ascii_colon(node) if typed else None,
            )


def _with_ascii_colon(node: Node) -> Fix | None:
    """The fix of a single entry that was typed with a full-width colon."""
    match = _TYPED_ENTRY.fullmatch(node.value)
    if match is None:
        return None
    key, value = match.groups()
    return Fix((Edit(node, json.dumps({key: value}, ensure_ascii=False)),), safe=True)


def _metadata_paths(resource: Resource) -> Iterator[FieldPath]:
    """Where the API server decodes an ObjectMeta: the object's own, and those of what its templates make."""
    yield ("metadata",)
    if resource.api_group not in _BUILT_IN:
        return
    pod = POD_PATHS.get(resource.type)
    if pod:
        yield (*pod, "metadata")
    if resource.type == "CronJob":
        yield ("spec", "jobTemplate", "metadata")
    if resource.type == "StatefulSet":
        for node, _ in resource.items("spec", "volumeClaimTemplates"):
            yield (*node.path, "metadata")
