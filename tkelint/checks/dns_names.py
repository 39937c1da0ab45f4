"""Names of Services that nothing resolves however they are completed: another zone, wildcards, short aliases.

https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/,
https://coredns.io/2022/02/09/coredns-1.9.0-release/ (wildcards).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint import services
from tkelint.checks.dns import calls
from tkelint.corefiles import corefiles, corefiles_of
from tkelint.mentions import all_texts, lines_of
from tkelint.patterns import pattern
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.resolver import cluster_zones
from tkelint.search_list import in_cluster, meaning_in
from tkelint.service_names import service_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.checks.dns import Call
    from tkelint.dns_chains import Chain
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# What answers here is an implementation of the multi-cluster Services API, beside the zone of the cluster.
_CLUSTER_SET = "clusterset.local"
# `any` was the same as `*` while CoreDNS had wildcards.
_WILDCARDS = frozenset({"*", "any"})
_NO_WILDCARDS_SINCE = (1, 9, 0)
_LABELS_OF_SHORT_NAME = 2  # `service.namespace`
_URL_WITH_WILDCARD = pattern(r"://((?:[\w-]{1,63}\.|\*\.){2,8}svc(?:\.[\w.-]{1,200})?)")


def zone_unknown(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The full name of a Service that is here, in a zone that is none of this cluster's."""
    for call in calls(resource, workspace):
        zone = call.text.partition(".svc.")[2]
        chains = workspace.once(_cluster_chains) if zone and zone != _CLUSTER_SET else ()
        service = _named_here(call, zone, workspace) if chains else None
        if service is None or any(_is_served(zone + ".", chain) for chain in chains):
            continue
        kubernetes = chains[0].block.plugin("kubernetes")
        at = chains[0].view.at(kubernetes.name) if kubernetes else chains[0].view.node
        yield Problem(
            node=call.node,
            parameters={"name": call.text, "zone": zone, "zones": [each.rstrip(".") for each in chains[0].zones]},
            likelihood="likely" if call.is_likely else "possible",
            related=(Related(at, "zone"), Related(service.node("metadata", "name"), "service")),
        )


def _cluster_chains(workspace: Workspace) -> tuple[Chain, ...]:
    """The server blocks of the cluster's DNS, those that name its zones first; none where no block names any."""
    if not corefiles(workspace):
        return ()
    from tkelint.dns_chains import chains_of  # noqa: PLC0415 - most trees have no Corefile

    views = [view for view in corefiles(workspace) if view.serves_cluster]
    chains = [chain for view in views for chain in chains_of(view, workspace)]
    chains.sort(key=lambda chain: not chain.zones)
    return tuple(chains) if chains and chains[0].zones else ()


def _named_here(call: Call, zone: str, workspace: Workspace) -> Resource | None:
    """The Service that a full name would mean in the right zone."""
    name = service_name(call.text, {zone + "."})
    if name is None or zone + "." in workspace.once(cluster_zones):
        return None
    found = workspace.find("Service", name.service, call.node.resource, name.namespace).candidates
    return next((service for service in found if service.namespace == name.namespace), None)


def _is_served(zone: str, chain: Chain) -> bool:
    """Whether a block is for this zone, or sends it to someone who may know it; what cannot be read may do anything."""
    from tkelint.syntax.corefile_plugins import forward_views  # noqa: PLC0415 - see _cluster_chains
    from tkelint.syntax.domain_name import covers  # noqa: PLC0415

    forward = chain.block.plugin("forward")
    zones = {*chain.served, *chain.zones, *(view.zone for view in (forward_views(forward) if forward else ()))}
    return not chain.is_known or any(each != "." and (not each or covers(each, zone)) for each in zones)


def wildcard(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A name with a wildcard in the place of a Service or namespace, which CoreDNS answers no more."""
    is_gone = workspace.facts.at_least("corednsVersion", _NO_WILDCARDS_SINCE)
    if is_gone is False:
        return
    for node, name in (*_wildcards_called(resource, workspace), *_wildcards_in_corefiles(resource, workspace)):
        yield Problem(
            node=node,
            message="certain" if is_gone else "unknown",
            parameters={"name": name},
            likelihood="certain" if is_gone else "likely",
        )


def _wildcards_called(resource: Resource, workspace: Workspace) -> Iterator[tuple[Node, str]]:
    yield from workspace.once(_urls_with_wildcards).get(resource, ())
    for call in calls(resource, workspace):
        is_called = call.is_likely and (call.scheme or call.port or resource.type == "Service")
        if is_called and "any" in call.text and _is_wildcard(call.text, call.node.resource, workspace):
            yield call.node, call.text


def _is_wildcard(text: str, near: Resource, workspace: Workspace) -> bool:
    """Whether a name of a Service has a wildcard where one was allowed, and no Service is called so."""
    name = service_name(text, workspace.once(cluster_zones))
    if name is None or not _WILDCARDS & {name.service, name.namespace, *name.prefix.split(".")}:
        return False
    return not workspace.find("Service", name.service, near, name.namespace).is_found


def _urls_with_wildcards(workspace: Workspace) -> dict[Resource, list[tuple[Node, str]]]:
    """The URLs with `*` for a label of a Service's name that workloads likely call."""
    found: dict[Resource, dict[Node, str]] = defaultdict(dict)
    for _, text, (node, setting, _) in workspace.once(all_texts):
        for line in lines_of(text, setting) if _may_hold_wildcard(text) else ():
            for match in _URL_WITH_WILDCARD.finditer(text, line.start, line.end):
                name = match[1].rstrip(".").lower()
                is_called = "*" in name and match.start() <= line.weak_from
                if is_called and _is_wildcard(name, node.resource, workspace):
                    found[node.resource][node.text(match.start(1), match.start(1) + len(name))] = name
    return {resource: list(nodes.items()) for resource, nodes in found.items()}


def _may_hold_wildcard(text: str) -> bool:
    return "*." in text and ".svc" in text


def _wildcards_in_corefiles(resource: Resource, workspace: Workspace) -> Iterator[tuple[Node, str]]:
    """The targets of rewrites with a wildcard."""
    views = corefiles_of(resource, workspace)
    if not views:
        return
    from tkelint.dns_chains import chains_of  # noqa: PLC0415 - see _cluster_chains

    for view in views:
        for chain in chains_of(view, workspace):
            for rule in chain.rules:
                if not rule.errors and rule.target is not None and _is_wildcard(rule.target.text, resource, workspace):
                    yield view.at(rule.target), rule.target.text


def external_name_short(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An ExternalName that only a search list would complete: cluster DNS gives it out as it is."""
    node = service.node("spec", "externalName")
    if service.get("spec", "type") != "ExternalName" or not isinstance(node.value, str):
        return
    text = node.value.lower().rstrip(".")
    labels = text.split(".")
    if services.is_placeholder(text) or not (len(labels) <= _LABELS_OF_SHORT_NAME or labels[-1] == "svc"):
        return
    meaning = meaning_in(in_cluster(service.namespace, workspace), text, service, workspace)
    if meaning is None or meaning.full_name == text:
        return
    named = [each for each in meaning.reference.candidates if each is not service]
    if labels[-1] != "svc" and not any(each.namespace == meaning.reference.namespace for each in named):
        return
    is_known = "*" not in meaning.full_name
    yield Problem(
        node=node,
        parameters={"name": text, "full": meaning.full_name.replace("*", "<namespace>")},
        related=tuple(Related(each.node("metadata", "name"), "service") for each in named[:1]),
        fix=Fix((Edit(node, meaning.full_name),)) if is_known and named else None,
    )
