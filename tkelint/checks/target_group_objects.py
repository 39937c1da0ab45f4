"""TargetGroups by themselves: https://cloud.tencent.com/document/product/457/122522."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import json_schema, services
from tkelint.compiled import table
from tkelint.problem import Problem, Related
from tkelint.syntax.document import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace


def invalid(group: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Names and ids that are not a user's to give, fields that exclude each other, and undocumented values."""
    spec = group.get("spec")
    if not isinstance(spec, dict):
        return
    if not group.is_exported:
        yield from _identity(group, spec)
    yield from _fields(group, spec)
    identity = spec.get("id")
    first = workspace.once(_groups_by_id).get(identity) if isinstance(identity, str) else None
    if first is not None and first.name != group.name:
        related = (Related(first.node("spec", "id"), "first", {}),)
        yield Problem(node=group.node("spec", "id"), message="id-twice", parameters={"id": identity}, related=related)


def _identity(group: Resource, spec: dict[str, Any]) -> Iterator[Problem]:
    """A name like those that the controller gives, and fields beside the id of a group that exists already."""
    if "." in group.name and not services.is_placeholder(group.name):
        yield Problem(node=group.node("metadata", "name"), message="dot", parameters={"name": group.name})
    others = [key for key in spec if key != "id"]
    if spec.get("id") and others and not services.is_placeholder(spec["id"]):
        yield Problem(node=group.node("spec", "id"), message="beside-id", parameters={"keys": others})


def _fields(group: Resource, spec: dict[str, Any]) -> Iterator[Problem]:
    if not spec.get("id") and "protocol" not in spec:
        yield Problem(node=group.node("spec").key(), message="missing", parameters={"field": "spec", "key": "protocol"})
    for violation in json_schema.violations(table("target-group-schema"), spec, path=("spec",)):
        field = group.node(*violation.path)
        if services.is_placeholder(field.value) or field.value is None:
            continue
        if violation.keyword == "required":
            parameters: dict[str, object] = {"field": format_path(violation.path), "key": violation.key}
            yield Problem(node=field.key(), message="missing", parameters=parameters)
        else:
            wanted = json_schema.wanted(violation.schema)
            parameters = {"field": field.field, "value": _shown(field), "wanted": wanted}
            yield Problem(node=field, message="value", parameters=parameters)


def _shown(node: Node) -> str:
    return node.source_text if isinstance(node.value, (str, int, float)) else type(node.value).__name__


def _groups_by_id(workspace: Workspace) -> Mapping[str, Resource]:
    """The first TargetGroup of each id."""
    found: dict[str, Resource] = {}
    for group in workspace.of_type("TargetGroup"):
        identity = group.get("spec", "id")
        if isinstance(identity, str) and identity and not services.is_placeholder(identity):
            found.setdefault(identity, group)
    return found
