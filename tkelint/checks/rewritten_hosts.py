"""Hosts that clients call and Ingresses serve, and that a Corefile rewrites to a Service: does it serve them too."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint import ingresses, services
from tkelint.corefiles import corefiles_of
from tkelint.dns_chains import chain_for, server_of
from tkelint.mentions import settings
from tkelint.problem import Problem, Related
from tkelint.service_names import ServiceName, service_name
from tkelint.syntax.domain_name import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tkelint.ingresses import ForwardingRule
    from tkelint.mentions import Host, Setting
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_MOST_PATHS = 5  # related places that a finding shows


class Rewritten(NamedTuple):
    """A host that ends at a Service: `node` is the target in the rule that says so."""

    host: str
    node: Node
    target: str
    name: ServiceName

    def services(self, workspace: Workspace) -> Sequence[Resource]:
        """The Services it may be."""
        return workspace.find("Service", self.name.service, self.node.resource, self.name.namespace).candidates


def several_services(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A host whose paths belong to several Services, rewritten to one of them.

    A target that is none of them may be an Ingress controller that divides the paths itself.
    """
    paths = workspace.once(paths_by_host)
    for rewritten in rewritten_hosts(resource, workspace, paths):
        rules = paths[rewritten.host]
        names = sorted({rule.service for rule in rules if rule.service})
        own = [rule for rule in rules if is_backend(rule, rewritten.name)]
        others = [rule for rule in rules if rule.service and rule.service != rewritten.name.service]
        if not own or not others:
            continue
        yield Problem(
            node=rewritten.node,
            parameters={
                "host": rewritten.host,
                "target": rewritten.target,
                "ingress": own[0].node.resource.label,
                "services": names,
                "service": rewritten.name.service,
            },
            related=tuple(
                Related(rule.service_node, "path", {"path": rule.path, "service": rule.service or ""})
                for rule in others[:_MOST_PATHS]
            ),
        )


def port(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A host rewritten to a Service that lacks the port on which clients call it or its Ingress serves it."""
    calls, paths = workspace.once(_calls_by_host), workspace.once(paths_by_host)
    for rewritten in rewritten_hosts(resource, workspace, {*paths, *calls}):
        candidates = rewritten.services(workspace)
        if not candidates:
            continue
        if rewritten.host in calls:
            missing = _missing_call(calls[rewritten.host], candidates)
        else:
            missing = _missing_listener(paths[rewritten.host], candidates)
        if missing is None:
            continue
        role, node, client, number = missing
        service = candidates[0]
        yield Problem(
            node=rewritten.node,
            message=role,
            parameters={
                "host": rewritten.host,
                "service": service.label,
                "ports": [str(entry["port"]) for _, entry in services.ports(service)],
                "client": client.label,
                "port": number,
            },
            related=(
                Related(node, role, {"client": client.label, "host": rewritten.host, "port": number}),
                Related(service.node("spec", "ports"), "ports", {"service": service.label}),
            ),
        )


def _missing_call(
    calls: Sequence[tuple[Setting, Host]], candidates: Sequence[Resource]
) -> tuple[str, Node, Resource, int] | None:
    """The first call of a port that no candidate has."""
    for setting, host in calls:
        number = host.called_port
        if number is not None and not any(services.may_serve(candidate, number) for candidate in candidates):
            client = setting.users[0].workload.resource
            return "called", setting.node.text(host.start, host.end), client, number
    return None


def _missing_listener(
    rules: Sequence[ForwardingRule], candidates: Sequence[Resource]
) -> tuple[str, Node, Resource, int] | None:
    """The first listener of the host's Ingresses, when no candidate has the port of any."""
    found = [(listener.port, rule) for rule in rules for listener in ingresses.listeners(rule.node.resource)]
    if not found or any(services.may_serve(candidate, number) for candidate in candidates for number, _ in found):
        return None
    number, rule = found[0]
    return "listener", rule.node, rule.node.resource, number


def rewritten_hosts(resource: Resource, workspace: Workspace, hosts: Iterable[str]) -> Iterator[Rewritten]:
    """The hosts that the Corefiles of a resource rewrite to a Service in a zone that the block serves."""
    for view in corefiles_of(resource, workspace):
        server = server_of(view, workspace)
        for host in sorted(hosts):
            chain = chain_for(server, normalise(host))
            name, applied = chain.rewrite(normalise(host)) if chain else ("", ())
            if chain is None or not applied or not isinstance(name, str) or name in chain.entries:
                continue
            service = service_name(name, chain.zones)
            if service is not None and not service.prefix:
                node = view.at(chain.rules[applied[-1][0]].target)
                yield Rewritten(host, node, name.rstrip("."), service)


def paths_by_host(workspace: Workspace) -> dict[str, list[ForwardingRule]]:
    """What the Ingresses that TKE serves do with each host; a wildcard is none that a rewrite is compared with."""
    found: dict[str, list[ForwardingRule]] = defaultdict(list)
    for ingress in workspace.of_type("Ingress"):
        if ingresses.is_served_by_tke(ingress, workspace):
            for rule in ingresses.forwarding_rules(ingress):
                if rule.host and "*" not in rule.host:
                    found[rule.host.lower()].append(rule)
    return found


def _calls_by_host(workspace: Workspace) -> dict[str, list[tuple[Setting, Host]]]:
    """The likely calls of each host of which the port is known."""
    found: dict[str, list[tuple[Setting, Host]]] = defaultdict(list)
    for setting in settings(workspace):
        for host in setting.hosts:
            if host.is_likely_call and host.called_port is not None:
                found[host.name].append((setting, host))
    return found


def is_backend(rule: ForwardingRule, name: ServiceName) -> bool:
    """Whether a forwarding rule leads to a Service of this name."""
    return rule.service == name.service and rule.node.resource.namespace in {name.namespace, None}
