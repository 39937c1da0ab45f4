"""Ingresses that a self-hosted ingress-nginx serves: rules that another one takes, hosts that its CLB does not know.

https://cloud.tencent.com/document/product/457/50504
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.checks.nearby import are_installed_together, belong_together
from tkelint.checks.nginx_controllers import controllers_of, nginx_controllers
from tkelint.checks.specify_protocol import known_protocols, stated_ports
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.ingresses import ForwardingRule
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_CONTROLLER = "k8s.io/ingress-nginx"
# Annotations with which two Ingresses share a host and path on purpose.
_SHARED_ON_PURPOSE = ("nginx.ingress.kubernetes.io/canary", "nginx.org/mergeable-ingress-type")
_LAYER_7 = ("HTTP", "HTTPS")
_MOST_COMPARED = 50  # rules of one URL, and hosts of one controller: no tree may cost quadratic time


def rule_duplicate(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A host and path that another Ingress of the same class has already: the older object wins."""
    if not _is_nginx(ingresses.class_name(ingress), workspace) or _shares_on_purpose(ingress):
        return
    index = workspace.once(_rules_by_url)
    for rule in ingresses.forwarding_rules(ingress):
        if not rule.host or services.is_placeholder(rule.host):
            continue
        for other in index[_url(rule)][:_MOST_COMPARED]:
            if other.node.resource is ingress:
                break
            if _collides(ingress, other.node.resource):
                where = rule.node.child("path")
                yield Problem(
                    node=where if where.exists else rule.service_node,
                    parameters={
                        "url": rule.host + rule.path,
                        "class": ingresses.class_name(ingress),
                        "other": other.node.resource.label,
                    },
                    related=(Related(other.node, "other", {"other": other.node.resource.label}),),
                )
                break


def _rules_by_url(workspace: Workspace) -> Mapping[tuple[object, ...], Sequence[ForwardingRule]]:
    found: dict[tuple[object, ...], list[ForwardingRule]] = defaultdict(list)
    for ingress in workspace.of_type("Ingress"):
        if _is_nginx(ingresses.class_name(ingress), workspace) and not _shares_on_purpose(ingress):
            for rule in ingresses.forwarding_rules(ingress):
                found[_url(rule)].append(rule)
    return found


def _url(rule: ForwardingRule) -> tuple[object, ...]:
    path_type = rule.node.child("pathType").value
    type_ = path_type if isinstance(path_type, str) else ""
    return ingresses.class_name(rule.node.resource), rule.host.lower(), rule.path, type_


def _collides(one: Resource, other: Resource) -> bool:
    """Whether two Ingresses are two objects of one cluster: alternatives and overlays have the same name."""
    if (one.name, one.namespace) == (other.name, other.namespace):
        return False
    return belong_together(one, other) or are_installed_together(one, other)


def _shares_on_purpose(ingress: Resource) -> bool:
    return any(ingress.annotations.get(key) not in (None, "false") for key in _SHARED_ON_PURPOSE)


def _is_nginx(name: str, workspace: Workspace) -> bool:
    """Whether a class is one of ingress-nginx: an IngressClass or TKE's add-on says so, or its name does."""
    if not name or name == ingresses.QCLOUD or services.is_placeholder(name):
        return False
    return "nginx" in name or name in workspace.once(_nginx_classes)


def _nginx_classes(workspace: Workspace) -> frozenset[str]:
    classes = workspace.of_type("IngressClass")
    return frozenset(
        [each.name for each in classes if str(each.get("spec", "controller")).startswith(_CONTROLLER)]
        + [str(each.get("spec", "ingressClass") or each.name) for each in workspace.of_type("NginxIngress")]
    )


def listener_host_missing(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Layer-7 listeners in front of the only controller, and hosts of its Ingresses that they do not name."""
    if len(workspace.once(nginx_controllers)) != 1 or not controllers_of(service, workspace):
        return
    for stated, key, port, members in stated_ports(service):
        hosts = members.get("hosts")
        if not isinstance(hosts, dict) or not any(name in _LAYER_7 for _, name in known_protocols(members)):
            continue
        missing = [
            (host, node)
            for host, node in workspace.once(_hosts)
            if {host, "*." + host.partition(".")[2]}.isdisjoint(hosts)
        ]
        if missing and hosts:
            host, node = missing[0]
            yield Problem(
                node=stated.key(key, "hosts"),
                parameters={
                    "service": service.label,
                    "port": port,
                    "hosts": [each for each, _ in missing],
                },
                related=(Related(node, "host", {"target": node.resource.label, "host": host}),),
            )


def _hosts(workspace: Workspace) -> Sequence[tuple[str, Node]]:
    """The hosts of Ingresses of ingress-nginx, each once."""
    found: dict[str, Node] = {}
    for ingress in workspace.of_type("Ingress"):
        if _is_nginx(ingresses.class_name(ingress), workspace):
            for host, node in ingresses.hosts(ingress):
                if not services.is_placeholder(host):
                    found.setdefault(host, node)
    return list(found.items())[:_MOST_COMPARED]
