"""What keeps an Ingress from being reached: rules that lead nowhere, and ports that a security group keeps shut.

Only Ingresses that TKE's controller serves are judged. A rule it cannot carry out stops the whole Ingress from being
synchronised: https://cloud.tencent.com/document/product/457/81004.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import ingress_rules, ingresses, services
from tkelint.checks.nearby import Neighbourhood, belong_together
from tkelint.checks.patches import may_be_patched_in
from tkelint.direct_access import is_direct
from tkelint.problem import Fix, Problem, Related, Removal
from tkelint.workspace import may_share_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.ingresses import ForwardingRule
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace


def backend_service_missing(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A backend that is no Service of the Ingress's namespace."""
    for name, rule in judged_backends(ingress, workspace).items():
        reference = workspace.find("Service", name, ingress)
        elsewhere = [] if reference.is_found else _in_other_namespaces(name, ingress, workspace)
        missing = reference.is_missing and _is_searched(ingress, workspace)
        if elsewhere:
            other = elsewhere[0]
            yield Problem(
                node=rule.service_node,
                message="other-namespace",
                likelihood="certain" if missing else "possible",
                parameters={"ingress": ingress.label, "service": name, "other": other.label},
                related=(Related(other.node("metadata", "name"), "other", {"service": name}),),
            )
        elif missing:
            nearest = reference.nearest
            yield Problem(
                node=rule.service_node,
                message="missing" if nearest is None else "misspelt",
                parameters={
                    "ingress": ingress.label,
                    "service": name,
                    "count": reference.searched,
                    "nearest": nearest.label if nearest else "",
                },
                related=(Related(nearest.node("metadata", "name"), "nearest", {}),) if nearest else (),
            )


def backend_port_missing(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A port that the backend Service does not have."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    for rule in ingresses.forwarding_rules(ingress):
        port = rule.port
        if rule.service is None or port is None or services.is_placeholder(port):
            continue
        named = workspace.named("Service", rule.service, ingress)
        candidates = [service for service in named if belong_together(ingress, service)]
        if not named:
            yield from _external_port(rule, ingress, workspace)
        elif candidates and not any(_has_port(service, port) for service in candidates):
            service = candidates[0]
            intended = _port_meant(service, port, workspace)
            yield Problem(
                node=rule.port_node,
                message="missing" if intended is None else "target-port",
                parameters={
                    "service": service.label,
                    "port": port,
                    "declared": [_spoken_port(entry) for _, entry in services.ports(service)],
                    "intended": _spoken_port(intended.value) if intended else "",
                },
                related=(Related(intended or service.node("spec", "ports"), "ports", {"service": service.label}),),
            )


def _external_port(rule: ForwardingRule, ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A port that a Service declared in the configuration does not have."""
    name, port = rule.service or "", rule.port
    external = workspace.external("Service", name, ingress.namespace)
    if external is not None and port is not None and external.has_port(port) is False:
        parameters = {"service": name, "port": port, "declared": list(external.ports), "intended": ""}
        yield Problem(node=rule.port_node, message="external", parameters=parameters)


def backend_without_node_port(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A backend without node ports, while the CLB sends to nodes and not to Pods."""
    if is_direct(ingress, workspace) is not False:
        return
    # From v2.11.0 on the controller may add direct access to new objects by itself: page 457/131136.
    is_older = workspace.facts.at_least("controllerVersion", (2, 11, 0)) is False
    likelihood = "certain" if is_older else "likely" if ingresses.states_tke(ingress) else "possible"
    for name, rule in judged_backends(ingress, workspace).items():
        named = workspace.named("Service", name, ingress)
        candidates = [service for service in named if belong_together(ingress, service)]
        if candidates and not any(_may_have_node_ports(service, workspace) for service in candidates):
            service = candidates[0]
            type_ = service.get("spec", "type") or "ClusterIP"
            yield Problem(
                node=rule.service_node,
                likelihood=likelihood,
                parameters={"ingress": ingress.label, "service": service.label, "type": type_},
                related=(Related(service.node("spec", "type"), "type", {"service": service.label, "type": type_}),),
                assumed=() if is_older else ("controllerVersion<2.11.0",),
            )


def _may_have_node_ports(service: Resource, workspace: Workspace) -> bool:
    """Whether a Service has node ports, or may have them: a patch shows no type, and a patch may add one."""
    if not service.get("spec", "ports") or services.is_placeholder(service.get("spec", "type")):
        return True
    if service.get("spec", "type") not in (None, "ClusterIP", "ExternalName"):
        return True
    return any(may_be_patched_in(type_, workspace) for type_ in ("NodePort", "LoadBalancer"))


def rule_duplicate(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """One host and path twice on one listener: the CLB has one forwarding rule for both."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return
    reported: set[Node] = set()
    for rules in _sides(ingress):
        first: dict[tuple[object, ...], ForwardingRule] = {}
        for rule in rules:
            if rule.service is None or services.is_placeholder(rule.host) or services.is_placeholder(rule.path):
                continue
            earlier = first.setdefault((rule.host.lower(), rule.path, _path_type(rule)), rule)
            if earlier is not rule and rule.node not in reported:
                reported.add(rule.node)
                yield _duplicate(rule, earlier)


def _duplicate(rule: ForwardingRule, earlier: ForwardingRule) -> Problem:
    same = (earlier.service, earlier.port) == (rule.service, rule.port)
    return Problem(
        node=_path_node(rule),
        message="same-backend" if same else "different-backend",
        likelihood="likely" if same else "certain",
        parameters={"url": rule.host + rule.path, "service": rule.service, "earlier": earlier.service},
        related=(Related(_path_node(earlier), "earlier", {"service": earlier.service}),),
        fix=Fix((Removal(_with_its_rule(rule.node)),), safe=True) if same else None,
    )


def _with_its_rule(path: Node) -> Node:
    """A path, or the rule of the Ingress that has no other: one without paths stops the controller."""
    *rule, http, paths, _ = path.path
    alone = (http, paths) == ("http", "paths") and len(path.resource.get(*rule, http, paths)) == 1
    return path.resource.node(*rule) if alone else path


def _sides(ingress: Resource) -> tuple[tuple[ForwardingRule, ...], ...]:
    """The rules that share listeners; none where annotations that cannot be read part them."""
    placed = ingress_rules.placement(ingress)
    if placed.is_known:
        return placed.https, placed.http
    return () if ingress_rules.is_mixed(ingress) else (ingresses.forwarding_rules(ingress),)


def rules_empty(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An Ingress, or a rule of it, without any path to forward."""
    spec = ingress.get("spec")
    if not isinstance(spec, dict) or not ingresses.is_served_by_tke(ingress, workspace):
        return
    default = next((key for key in ("defaultBackend", "backend") if isinstance(spec.get(key), dict)), None)
    rules = spec.get("rules")
    if not rules and default:
        parameters = {"ingress": ingress.label}
        yield Problem(
            node=ingress.node("spec", default).key(),
            message="default",
            likelihood="likely" if ingresses.states_tke(ingress) else "possible",
            parameters=parameters,
        )
    elif not rules and "rules" in spec:
        yield Problem(node=ingress.node("spec", "rules"), message="no-rule", parameters={"ingress": ingress.label})
    for node, rule in ingress.items("spec", "rules"):
        http = rule.get("http")
        if not http or (isinstance(http, dict) and not http.get("paths")):
            host = rule.get("host")
            yield Problem(
                node=_nearest_part(node),
                message="no-path",
                parameters={"ingress": ingress.label, "host": host if isinstance(host, str) and host else "*"},
            )


def judged_backends(ingress: Resource, workspace: Workspace) -> Mapping[str, ForwardingRule]:
    """Each backend name to be judged with the first rule that names it."""
    if not ingresses.is_served_by_tke(ingress, workspace):
        return {}
    found: dict[str, ForwardingRule] = {}
    for rule in ingresses.forwarding_rules(ingress):
        if rule.service and not services.is_placeholder(rule.service):
            found.setdefault(rule.service, rule)
    return found


def _is_searched(ingress: Resource, workspace: Workspace) -> bool:
    """Whether Services that certainly live with the Ingress are here; far ones without a namespace prove nothing."""
    if ingress.namespace is not None:
        return True
    return workspace.once(_loose_services).has(ingress)


def _loose_services(workspace: Workspace) -> Neighbourhood:
    return Neighbourhood(service for service in workspace.of_type("Service") if service.namespace is None)


def _in_other_namespaces(name: str, ingress: Resource, workspace: Workspace) -> Sequence[Resource]:
    named = workspace.once(_services_by_name).get(name, ())
    return [service for service in named if not may_share_namespace(service.namespace, ingress.namespace)]


def _services_by_name(workspace: Workspace) -> Mapping[str, Sequence[Resource]]:
    found: dict[str, list[Resource]] = {}
    for service in workspace.of_type("Service"):
        found.setdefault(service.name, []).append(service)
    return found


def _has_port(service: Resource, port: int | str) -> bool:
    """Whether a Service has a port of this number or name, or does not show its ports."""
    if not service.get("spec", "ports") or services.port_named(service, port) is not None:
        return True
    return isinstance(port, str) and port.isdigit() and services.port_named(service, int(port)) is not None


def _port_meant(service: Resource, port: int | str, workspace: Workspace) -> Node | None:
    """The entry whose target port, by name or number, was given instead of its port."""
    names = {port}
    for workload in workspace.backends(service):
        for _, container in workload.containers():
            ports = container.get("ports")
            declared = [each for each in ports if isinstance(each, dict)] if isinstance(ports, list) else []
            names |= {str(each.get("name")) for each in declared if each.get("containerPort") == port}
    entries = services.ports(service)
    return next((node for node, entry in entries if any(entry.get("targetPort") == name for name in names)), None)


def _spoken_port(entry: Mapping[str, Any]) -> str:
    name, number = entry.get("name"), entry.get("port")
    return f"{number} ({name})" if isinstance(name, str) and name else str(number)


def _path_type(rule: ForwardingRule) -> object:
    path_type = rule.node.child("pathType").value
    return path_type if isinstance(path_type, str) else ""


def _path_node(rule: ForwardingRule) -> Node:
    return rule.node.child("path") if rule.node.child("path").exists else rule.service_node


def _nearest_part(rule: Node) -> Node:
    """The deepest part of a rule that should lead to paths and does not."""
    for steps in (("http", "paths"), ("http",), ("host",)):
        node = rule.child(*steps)
        if node.exists:
            return node
    return rule
