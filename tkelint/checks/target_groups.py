"""Target groups that a Service binds its listeners to: https://cloud.tencent.com/document/product/457/122522."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint import services
from tkelint.checks.backend_weights import KEYS as WEIGHTS
from tkelint.checks.service_ports import is_integer, protocol_of
from tkelint.direct_access import direct_access
from tkelint.embedded_json import EmbeddedJson, read
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

TARGET_GROUPS: Final = "service.cloud.tencent.com/target-groups"
_FEATURE: Final = "target-group-v2"
_MOST_USERS: Final = 100  # of one TargetGroup that are compared with each other


class _Binding(NamedTuple):
    """One item of the annotation."""

    json: EmbeddedJson
    position: int
    value: dict[str, Any]

    def at(self, *path: str) -> Node:
        return self.json.at(self.position, *path)

    @property
    def name(self) -> str:
        name = self.value.get("name")
        return name if isinstance(name, str) and not services.is_placeholder(name) else ""


def _stated(service: Resource) -> EmbeddedJson | None:
    """The JSON of the annotation, on a Service whose controller reads it."""
    type_ = service.get("spec", "type") or "ClusterIP"
    if TARGET_GROUPS not in service.annotations or not (services.has_clb(service) or type_ == "ClusterIP"):
        return None
    stated = read(service.annotation(TARGET_GROUPS))
    return stated if stated is not None and stated.fault is None else None


def _bindings(service: Resource) -> Iterator[_Binding]:
    stated = _stated(service)
    if stated is not None and isinstance(stated.value, list):
        for index, value in enumerate(stated.value):
            if isinstance(value, dict):
                yield _Binding(stated, index, value)


def invalid(service: Resource, _: Workspace) -> Iterator[Problem]:
    """Another shape than `[{"protocol": "TCP", "port": 80, "name": "web"}]`, or a listener that is not there."""
    stated = _stated(service)
    if stated is None:
        return
    if not isinstance(stated.value, list):
        yield Problem(node=stated.at(), message="not-a-list", parameters={"service": service.label})
        return
    for index, value in enumerate(stated.value):
        if not isinstance(value, dict):
            yield Problem(node=stated.at(index), message="not-an-object", parameters={"service": service.label})
    seen: dict[tuple[str, int], Node] = {}
    for binding in _bindings(service):
        yield from _invalid_binding(service, binding, seen)


def _invalid_binding(service: Resource, binding: _Binding, seen: dict[tuple[str, int], Node]) -> Iterator[Problem]:
    protocol, port = binding.value.get("protocol"), binding.value.get("port")
    parameters = {"service": service.label, "listener": f"{protocol}:{port}"}
    if not isinstance(protocol, str) or not is_integer(port):
        yield Problem(node=binding.at(), message="incomplete", parameters=parameters)
        return
    if services.has_clb(service):
        listeners = {(each.protocol, each.port) for each in services.listeners(service)}
    else:
        entries = (entry for _, entry in services.ports(service))
        listeners = {(protocol_of(entry), entry["port"]) for entry in entries if is_integer(entry.get("port"))}
        if not binding.value.get("name"):
            yield Problem(node=binding.at(), message="name-missing", parameters=parameters)
    if listeners and (protocol, port) not in listeners:
        spoken = [f"{each}:{number}" for each, number in sorted(listeners)]
        yield Problem(node=binding.at(), message="no-listener", parameters={**parameters, "listeners": spoken})
    elif (protocol, port) in seen:
        related = (Related(seen[protocol, port], "first", {}),)
        yield Problem(node=binding.at(), message="duplicate", parameters=parameters, related=related)
    seen.setdefault((protocol, port), binding.at())


def missing(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A name that no TargetGroup here has, where there are some; those with a dot are the controller's own."""
    groups = workspace.once(_groups_by_name)
    for binding in _bindings(service):
        if not binding.name or binding.name in groups or not groups or "." in binding.name:
            continue
        if workspace.find("TargetGroup", binding.name, service).is_found:
            continue
        parameters = {"service": service.label, "name": binding.name, "count": len(groups)}
        yield Problem(node=binding.at("name"), parameters=parameters)


def shared(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A TargetGroup that two ports or two Services bind."""
    users = workspace.once(_users)
    for binding in _bindings(service):
        for other, node in users.get(binding.name, ())[:_MOST_USERS] if binding.name else ():
            if node == binding.at("name"):
                break
            if other is not service and (other.name, other.namespace) == (service.name, service.namespace):
                continue
            related = (Related(node, "first", {"other": other.label}),)
            parameters = {"service": service.label, "name": binding.name, "other": other.label}
            message = "one-service" if other is service else "two-services"
            yield Problem(node=binding.at("name"), message=message, parameters=parameters, related=related)
            break


def unsupported(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Target groups without what they take: Pods with addresses of the VPC, the allow-list, no other weights."""
    if not services.has_clb(service) or not service.annotations.get(TARGET_GROUPS):
        return
    node = service.annotation(TARGET_GROUPS).key()
    parameters = {"service": service.label}
    weights = service.annotation(WEIGHTS["Service"])
    if weights.exists:
        yield Problem(node=node, message="weights", parameters=parameters, related=(Related(weights, "weights", {}),))
    if workspace.facts.has_feature(_FEATURE) is False:
        yield Problem(node=node, message="allow-list", parameters=parameters)
    access = direct_access(service, workspace)
    if access.state is False:
        yield Problem(node=node, message="nodes", parameters=parameters, related=access.related, assumed=access.assumed)
    elif workspace.facts.value("networkMode") == "GlobalRouter":
        yield Problem(node=node, message="global-router", parameters=parameters)


def _groups_by_name(workspace: Workspace) -> Mapping[str, Resource]:
    return {group.name: group for group in workspace.of_type("TargetGroup")}


def _users(workspace: Workspace) -> Mapping[str, list[tuple[Resource, Node]]]:
    """Who binds each TargetGroup, in the order of files."""
    found: dict[str, list[tuple[Resource, Node]]] = {}
    for service in workspace.of_type("Service"):
        for binding in _bindings(service):
            if binding.name:
                found.setdefault(binding.name, []).append((service, binding.at("name")))
    return found
