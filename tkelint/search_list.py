"""How the resolver of a Pod completes a name, and which Service the name then means.

https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/: `dnsPolicy`, `dnsConfig` and `hostNetwork`
decide over nameservers, search domains and ndots; the namespace of the Pod is the first search domain.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.pods import Workload
from tkelint.resolver import cluster_zones
from tkelint.service_names import ServiceName, service_name
from tkelint.workspace import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Resource
    from tkelint.workspace import Reference, Workspace

CLUSTER_FIRST = "ClusterFirst"
CLUSTER_FIRST_HOST_NET = "ClusterFirstWithHostNet"
NODE = "Default"
OWN = "None"

# The namespace of a Pod that does not state one: Helm or kustomize sets it later. No label of a name can be this.
UNSET = "*"

_CLUSTER_NDOTS = 5  # kubelet writes it for ClusterFirst
_USUAL_NDOTS, _MOST_NDOTS = 1, 15  # resolv.conf(5)


class SearchList(NamedTuple):
    """What stands in /etc/resolv.conf of a Pod. Without `is_complete` the node's own search domains follow.

    `asks_cluster` is false for the resolvers of the node, and `None` where the nameservers do not tell.
    """

    domains: tuple[str, ...]
    ndots: int
    nameservers: tuple[str, ...]
    is_complete: bool
    asks_cluster: bool | None

    def candidates(self, name: str) -> Iterator[str]:
        """The absolute names (without final dot) that a name may become, in the order in which they are asked.

        >>> usual = SearchList(("prod.svc.cluster.local", "svc.cluster.local"), 5, (), False, True)
        >>> list(usual.candidates("web.shop"))
        ['web.shop.prod.svc.cluster.local', 'web.shop.svc.cluster.local', 'web.shop']
        >>> list(usual._replace(ndots=1).candidates("web.shop"))[0], list(usual.candidates("web.shop."))
        ('web.shop', ['web.shop'])
        """
        if name.endswith("."):
            yield name[:-1]
            return
        is_asked_first = name.count(".") >= self.ndots
        if is_asked_first:
            yield name
        yield from (f"{name}.{domain}" for domain in self.domains)
        if not is_asked_first:
            yield name


class Meaning(NamedTuple):
    """The Service that a name means: `full_name` is the name that cluster DNS is asked, `reference` what was found."""

    full_name: str
    service: ServiceName
    reference: Reference


def policy_of(workload: Workload) -> object:
    """The dnsPolicy that applies; in the network of the node `ClusterFirst` falls back to `Default`."""
    policy = workload.spec.get("dnsPolicy") or CLUSTER_FIRST
    return NODE if policy == CLUSTER_FIRST and workload.spec.get("hostNetwork") is True else policy


def search_list(workload: Workload, workspace: Workspace) -> SearchList | None:
    """The search list of a workload's Pods; `None` for a policy that does not exist."""
    zone = min(workspace.once(cluster_zones)).rstrip(".")
    return _search_list(workload.resource, zone)


def in_cluster(namespace: str | None, workspace: Workspace) -> SearchList:
    """The search list of a Pod that says nothing of DNS."""
    domains = _cluster_domains(namespace or UNSET, min(workspace.once(cluster_zones)).rstrip("."))
    return SearchList(domains, _CLUSTER_NDOTS, (), is_complete=False, asks_cluster=True)


@functools.lru_cache(maxsize=64)  # the names of one workload are asked one after the other
def _search_list(resource: Resource, zone: str) -> SearchList | None:
    workload = Workload.of(resource)
    if workload is None:
        return None
    policy = policy_of(workload)
    config = workload.spec.get("dnsConfig")
    config = config if isinstance(config, dict) else {}
    domains = tuple(text.rstrip(".") for text in _texts(config.get("searches")))
    nameservers = tuple(_texts(config.get("nameservers")))
    if policy in (CLUSTER_FIRST, CLUSTER_FIRST_HOST_NET):
        domains = tuple(dict.fromkeys((*_cluster_domains(resource.namespace or UNSET, zone), *domains)))
        return SearchList(domains, _ndots(config, _CLUSTER_NDOTS), nameservers, is_complete=False, asks_cluster=True)
    if policy not in (NODE, OWN):
        return None
    asks_cluster = None if nameservers else False
    return SearchList(domains, _ndots(config, _USUAL_NDOTS), nameservers, policy == OWN, asks_cluster)


def meaning_of(name: str, workload: Workload, workspace: Workspace) -> Meaning | None:
    """The Service that a name means to a workload, found or not; `None` for what is no name of a Service there."""
    found = search_list(workload, workspace)
    if found is None or found.asks_cluster is False or answers_itself(name, workload):
        return None
    return meaning_in(found, name, workload.resource, workspace)


def meaning_in(searches: SearchList, name: str, near: Resource, workspace: Workspace) -> Meaning | None:
    """The Service that a name means with a search list: the first candidate that exists, else the one that is meant."""
    zones = workspace.once(cluster_zones)
    is_spelt_out = ".svc" in name
    missing = None
    for candidate in searches.candidates(name):
        service = service_name(candidate, zones) if candidate.endswith(_endings(zones)) else None
        if service is None:
            continue
        reference = _find(service, near, workspace, is_exact="." in name and not is_spelt_out)
        if reference.is_found:
            # Below a Service that is not headless there are no names of Pods.
            if not service.prefix or service.prefix.startswith("_") or _is_headless(reference):
                return Meaning(candidate, service, reference)
        elif missing is None and (is_spelt_out or not service.prefix):
            missing = Meaning(candidate, service, reference)
    return missing


def _find(service: ServiceName, near: Resource, workspace: Workspace, *, is_exact: bool) -> Reference:
    """The Service itself. With `is_exact` it must state its namespace: `example` is no answer to `example.com`."""
    namespace = None if service.namespace == UNSET else service.namespace
    reference = workspace.find("Service", service.service, near, namespace)
    if not is_exact or not reference.candidates:
        return reference
    stated = tuple(each for each in reference.candidates if each.namespace == namespace)
    return reference._replace(candidates=stated, state=reference.state if stated else State.UNKNOWN)


def answers_itself(name: str, workload: Workload) -> bool:
    """Whether a Pod needs no DNS for a name: it stands in its hosts file, or is its own."""
    return name in _own_names(workload.resource)


@functools.lru_cache(maxsize=64)
def _own_names(resource: Resource) -> frozenset[str]:
    """What the Pod itself answers: the names in its hosts file, and its own."""
    workload = Workload.of(resource)
    spec = workload.spec if workload else {}
    aliases = spec.get("hostAliases")
    names = {"localhost", *_texts([spec.get("hostname")])}
    for alias in aliases if isinstance(aliases, list) else ():
        names.update(_texts(alias.get("hostnames")) if isinstance(alias, dict) else ())
    return frozenset(names)


def _is_headless(reference: Reference) -> bool:
    return not reference.candidates or any(each.get("spec", "clusterIP") == "None" for each in reference.candidates)


@functools.lru_cache(maxsize=8)
def _endings(zones: frozenset[str]) -> tuple[str, ...]:
    return tuple("." + zone.rstrip(".") for zone in zones)


@functools.lru_cache(maxsize=64)
def _cluster_domains(namespace: str, zone: str) -> tuple[str, ...]:
    return (f"{namespace}.svc.{zone}", f"svc.{zone}", zone)


def _ndots(config: Mapping[str, Any], usual: int) -> int:
    options = config.get("options")
    for option in options if isinstance(options, list) else ():
        value = option.get("value") if isinstance(option, dict) and option.get("name") == "ndots" else None
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return min(int(value[:3]), _MOST_NDOTS)
    return usual


def _texts(values: object) -> Iterator[str]:
    return (value for value in (values if isinstance(values, list) else ()) if isinstance(value, str))
