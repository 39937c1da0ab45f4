"""Weights of single Pods of StatefulSets behind a CLB: `lb-rs-weight`.

https://cloud.tencent.com/document/product/457/51258 (Services), https://cloud.tencent.com/document/product/457/56112
(Ingresses). A weight is 0 to 100, as in https://cloud.tencent.com/document/product/214/30694.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tkelint import services
from tkelint.checks.service_ports import is_integer
from tkelint.clb_uses import gets_clb
from tkelint.direct_access import direct_access
from tkelint.embedded_json import EmbeddedJson, read
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

KEYS: Final = {
    "Service": "service.cloud.tencent.com/lb-rs-weight",
    "Ingress": "ingress.cloud.tencent.com/lb-rs-weight",
}
_WEIGHTS: Final = range(101)


def without_direct_access(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Weights of Pods, where the CLB sends to nodes."""
    node = target.annotation(KEYS[target.type])
    access = direct_access(target, workspace)
    if not node.value or not gets_clb(target, workspace) or access.state is True:
        return
    yield Problem(
        node=node.key(),
        likelihood="likely" if access.state is False else "possible",
        parameters={"target": target.label},
        related=access.related,
        assumed=access.assumed,
    )


def invalid(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Another shape than the controller reads, weights out of range, and weights of what does not exist."""
    if not gets_clb(target, workspace):
        return
    weights = read(target.annotation(KEYS[target.type]))
    if weights is None or weights.fault is not None:
        return
    if not isinstance(weights.value, dict):
        yield _shape(weights, (), "object")
        return
    yield from _weight(weights, ("defaultWeight",))
    groups = weights.value.get("groups")
    if groups is not None and not isinstance(groups, list):
        yield _shape(weights, ("groups",), "list")
    seen: dict[tuple[str, int], Node] = {}
    for path, group in _objects(weights, ("groups",)):
        yield from _group(weights, path, group, target, seen)
        for set_path, entry in _objects(weights, (*path, "statefulSets")):
            yield from _stateful_set(weights, set_path, entry, target, workspace)
    if _all_zero(weights.value):
        yield Problem(node=weights.at("defaultWeight"), message="all-zero", parameters={"target": target.label})


def _objects(weights: EmbeddedJson, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Each object of the list at a path, with its own path."""
    values = weights.get(*path)
    for index, value in enumerate(values) if isinstance(values, list) else ():
        if isinstance(value, dict):
            yield (*path, index), value


def _group(
    weights: EmbeddedJson,
    path: tuple[str | int, ...],
    group: dict[str, Any],
    target: Resource,
    seen: dict[tuple[str, int], Node],
) -> Iterator[Problem]:
    """The listener of a group: it must be one of the Service's, and have one group."""
    key = group.get("key")
    if not isinstance(key, dict) or not is_integer(key.get("port")) or not isinstance(key.get("proto"), str):
        yield _shape(weights, (*path, "key") if "key" in group else path, "key")
        return
    protocol, port = key["proto"], key["port"]
    node = weights.at(*path, "key")
    if (protocol, port) in seen:
        related = (Related(seen[protocol, port], "first", {}),)
        yield Problem(node=node, message="duplicate", parameters={"listener": f"{protocol}:{port}"}, related=related)
    seen.setdefault((protocol, port), node)
    listeners = services.listeners(target) if target.type == "Service" else ()
    if listeners and not any((each.protocol, each.port) == (protocol, port) for each in listeners):
        parameters = {
            "service": target.label,
            "listener": f"{protocol}:{port}",
            "listeners": [str(each) for each in listeners],
        }
        yield Problem(node=node, message="no-listener", parameters=parameters)


def _stateful_set(
    weights: EmbeddedJson,
    path: tuple[str | int, ...],
    entry: dict[str, Any],
    target: Resource,
    workspace: Workspace,
) -> Iterator[Problem]:
    """The StatefulSet of an entry, its weights, and the indexes of its Pods."""
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        yield _shape(weights, (*path, "name") if "name" in entry else path, "name")
        return
    reference = workspace.find("StatefulSet", name, target)
    if reference.is_missing and not services.is_placeholder(name):
        parameters = {"name": name, "count": reference.searched}
        yield Problem(node=weights.at(*path, "name"), message="stateful-set-missing", parameters=parameters)
    replicas = [each.get("spec", "replicas", default=1) for each in reference.candidates]
    most = max(replicas) if replicas and all(is_integer(each) for each in replicas) else None
    for weight_path, weight in _objects(weights, (*path, "weights")):
        yield from _weight(weights, (*weight_path, "weight"))
        yield from _indexes(weights, weight_path, weight, name, most)


def _indexes(
    weights: EmbeddedJson, path: tuple[str | int, ...], weight: dict[str, Any], name: str, replicas: int | None
) -> Iterator[Problem]:
    """The Pods of an entry: numbers from 0 on, below the replicas where those are known."""
    indexes = weight.get("podIndexes")
    if not isinstance(indexes, list) or not all(is_integer(index) and index >= 0 for index in indexes):
        yield _shape(weights, (*path, "podIndexes") if "podIndexes" in weight else path, "indexes")
        return
    for position, index in enumerate(indexes):
        if replicas is not None and index >= replicas:
            yield Problem(
                node=weights.at(*path, "podIndexes", position),
                message="no-pod",
                likelihood="possible",
                parameters={"index": index, "name": name, "replicas": replicas},
            )


def _weight(weights: EmbeddedJson, path: tuple[str | int, ...]) -> Iterator[Problem]:
    value = weights.get(*path)
    if value is not None and not (is_integer(value) and value in _WEIGHTS):
        yield Problem(node=weights.at(*path), message="weight", parameters={"value": weights.spelt(*path)})


def _shape(weights: EmbeddedJson, path: tuple[str | int, ...], message: str) -> Problem:
    return Problem(node=weights.at(*path), message=message)


def _all_zero(value: dict[str, Any]) -> bool:
    """Whether nothing is left with a weight: the default is 0, and so is each exception."""
    exceptions = [
        weight.get("weight")
        for group in _dicts(value.get("groups"))
        for entry in _dicts(group.get("statefulSets"))
        for weight in _dicts(entry.get("weights"))
    ]
    return value.get("defaultWeight") == 0 and all(weight == 0 for weight in exceptions)


def _dicts(values: object) -> list[dict[str, Any]]:
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []
