"""Hosts of TKE's Ingresses that a Corefile rewrites to a Service, and whether it serves them as the CLB would.

https://cloud.tencent.com/document/product/457/80913 leads clients inside of the cluster past the CLB in this way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.checks.nginx_controllers import controllers_of
from tkelint.checks.rewritten_hosts import is_backend, paths_by_host, rewritten_hosts
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.checks.rewritten_hosts import Rewritten
    from tkelint.ingresses import ForwardingRule
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_HTTPS = 443


def target_not_backend(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A target that no Ingress of the host forwards to, and that is no controller either."""
    for rewritten, rules, target in _targets(resource, workspace):
        if any(is_backend(rule, rewritten.name) for rule in rules) or _may_divide(target, workspace):
            continue
        names = sorted({rule.service for rule in rules if rule.service})
        if names:
            yield _problem(rewritten, rules[0], services=names)


def controller_without_ingress(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A controller as target that has no Ingress for the host: it answers 404."""
    for rewritten, rules, target in _targets(resource, workspace):
        if controllers_of(target, workspace) and not _is_served_by_others(rewritten.host, workspace):
            yield _problem(rewritten, rules[0])


def tls_at_clb(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A host whose TLS ends at the CLB, rewritten to a Service whose port 443 leads to the same plain port."""
    for rewritten, rules, target in _targets(resource, workspace):
        rule = next((rule for rule in rules if is_backend(rule, rewritten.name)), None)
        if rule is None or rule.port is None or not _only_https(rules) or _may_forward_tls(rule, workspace):
            continue
        plain, secure = services.port_named(target, rule.port), services.port_named(target, _HTTPS)
        if plain and secure and plain is not secure and _target(plain) == _target(secure):
            yield _problem(rewritten, rule, port=str(_target(plain)))


def _targets(
    resource: Resource, workspace: Workspace
) -> Iterator[tuple[Rewritten, Sequence[ForwardingRule], Resource]]:
    """Each rewritten host with the rules of its Ingresses and the one Service that it ends at."""
    paths = workspace.once(paths_by_host)
    for rewritten in rewritten_hosts(resource, workspace, paths):
        candidates = rewritten.services(workspace)
        if len(candidates) == 1:
            yield rewritten, paths[rewritten.host], candidates[0]


def _problem(rewritten: Rewritten, rule: ForwardingRule, **parameters: object) -> Problem:
    ingress = rule.node.resource
    host = {"target": ingress.label, "host": rewritten.host}
    return Problem(
        node=rewritten.node,
        parameters={"host": rewritten.host, "target": rewritten.target, "ingress": ingress.label, **parameters},
        related=(Related(rule.node, "host", host),),
    )


def _may_divide(service: Resource, workspace: Workspace) -> bool:
    """Whether a Service may lead to a controller or a proxy, which sends each path where it belongs."""
    behind = workspace.backends(service)
    texts = [service.name, *(str(each.get("image")) for one in behind for _, each in one.containers("containers"))]
    words = ("ingress", "nginx", "gateway", "proxy", "traefik", "kong", "apisix", "envoy", "haproxy", "istio")
    return not behind or any(word in text for text in texts for word in words)


def _is_served_by_others(host: str, workspace: Workspace) -> bool:
    """Whether an Ingress of another controller has the host, a wildcard for it, or every host."""
    served = workspace.once(_foreign_hosts)
    return not {host, "*." + host.partition(".")[2], ""}.isdisjoint(served)


def _foreign_hosts(workspace: Workspace) -> frozenset[str]:
    """The hosts of Ingresses that TKE does not serve; "" where one has rules, or a default backend, for every host."""
    found = set()
    for ingress in workspace.of_type("Ingress"):
        if not ingresses.is_served_by_tke(ingress, workspace):
            found |= {rule.host.lower() for rule in ingresses.forwarding_rules(ingress)}
            found |= {""} if ingress.get("spec", "defaultBackend") or ingress.get("spec", "backend") else set()
    return frozenset(found)


def _only_https(rules: Sequence[ForwardingRule]) -> bool:
    owners = {rule.node.resource for rule in rules}
    listeners = [listener for ingress in owners for listener in ingresses.listeners(ingress)]
    return bool(listeners) and all(listener.protocol == "HTTPS" for listener in listeners)


def _may_forward_tls(rule: ForwardingRule, workspace: Workspace) -> bool:
    """Whether a TkeServiceConfig makes the CLB speak HTTPS to backends, or is not here to tell (page 457/45700)."""
    config = ingresses.service_config(rule.node.resource, workspace)
    if config is None:
        return False
    entries = [
        entry
        for each in config[1].candidates
        for listener, _ in each.items("spec", "loadBalancer", "l7Listeners")
        for domain, _ in each.items(*listener.path, "domains")
        for _, entry in each.items(*domain.path, "rules")
    ]
    return not config[1].candidates or any(entry.get("forwardType") not in (None, "HTTP") for entry in entries)


def _target(entry: dict[str, object]) -> object:
    return entry.get("targetPort", entry.get("port"))
