"""NodeLocal DNSCache as a workload: its addresses, its upstream Service, and whether anything asks it.

https://cloud.tencent.com/document/product/457/40613, https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import services
from tkelint.kubernetes import label_selector_matches
from tkelint.node_local_dns import CLUSTER_DNS, PILLAR, node_cache_of, node_caches
from tkelint.problem import Problem, Related
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.node_local_dns import LocalAddress, NodeCache
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_CLUSTER_DNS_SERVICE = "kube-dns"
_DNS_PORT = 53
_REDIRECT = "CiliumLocalRedirectPolicy"
# Placeholders of the sample that node-cache does not fill in.
_TO_BE_FILLED_IN = "__PILLAR__DNS__"
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def address_invalid(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An item of `-localip` that is no address: node-cache stops with "invalid localip specified"."""
    cache = node_cache_of(resource)
    for item in cache.local_addresses if cache else ():
        is_placeholder = PILLAR in item.text
        if cache is None or parse_ip(item.text) is not None:
            continue
        views = cache.views(workspace) if is_placeholder else ()
        if any(_TO_BE_FILLED_IN in view.corefile.text for view in views):
            continue  # a sample that a script fills in; the rule on its Corefile speaks for both
        if is_placeholder or not services.is_placeholder(item.text):
            yield Problem(
                node=item.node,
                message="placeholder" if is_placeholder else "no-address",
                parameters={"value": item.text},
                likelihood="certain" if views or not is_placeholder else "likely",
            )


def address_mismatch(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A probe of an address, or a `bind` to one, that `-localip` does not have."""
    cache = node_cache_of(resource)
    addresses = _addresses(cache) if cache else None
    if cache is None or not addresses or cache.is_switched_off("setupinterface"):
        return
    flag = cache.flag("localip")
    related = (Related(flag.value_node, "local-address"),) if flag else ()
    for node, host in _probed_hosts(cache):
        if parse_ip(host) is not None and host not in addresses and cache.is_in_host_network:
            yield Problem(
                node=node, message="probe", parameters={"address": host, "addresses": addresses}, related=related
            )
    yield from _bound_elsewhere(cache, addresses, workspace)


def _bound_elsewhere(cache: NodeCache, addresses: list[str], workspace: Workspace) -> Iterator[Problem]:
    from tkelint.node_local_dns import bound_addresses  # noqa: PLC0415 - only for a node-cache

    flag = cache.flag("localip")
    for chain in cache.chains(workspace):
        for token in bound_addresses(chain):
            address = parse_ip(token.text)
            if token.text not in addresses and address is not None and not address.is_unspecified and flag:
                yield Problem(
                    node=flag.value_node,
                    message="bind",
                    parameters={"address": token.text, "addresses": addresses},
                    related=(Related(chain.view.at(token), "bind"),),
                )
                return


def _addresses(cache: NodeCache) -> list[str] | None:
    """The addresses of `-localip`; `None` where one is yet to be filled in."""
    items = cache.local_addresses
    return [item.text for item in items] if all(parse_ip(item.text) is not None for item in items) else None


def _probed_hosts(cache: NodeCache) -> Iterator[tuple[Node, str]]:
    for name in _PROBES:
        node = cache.server.container.child(name, "httpGet", "host")
        if isinstance(node.value, str):
            yield node, node.value


def binds_cluster_ip(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """In IPVS mode: the address of the cluster's DNS in `-localip`, which kube-proxy has on an interface of its own."""
    cache = node_cache_of(resource)
    if cache is None or workspace.facts.value("kubeProxyMode") != "ipvs" or cache.is_switched_off("setupinterface"):
        return
    named = workspace.named("Service", _CLUSTER_DNS_SERVICE, resource)
    known = {str(service.get("spec", "clusterIP")): service for service in named}
    for item in cache.local_addresses:
        service = known.get(item.text)
        if service is not None or _is_private(item):
            yield Problem(
                node=item.node,
                message="known" if service else "likely",
                parameters={"address": item.text},
                likelihood="certain" if service else "likely",
                related=(Related(service.node("spec", "clusterIP"), "cluster-ip"),) if service else (),
            )


def _is_private(item: LocalAddress) -> bool:
    """Whether an address is one of a Service: private, and not of the kind that NodeLocal DNSCache takes for itself."""
    address = parse_ip(item.text)
    return address is not None and address.is_private and not address.is_link_local and not address.is_loopback


def upstream_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The Service of `-upstreamsvc`, of whose address node-cache hears by environment variables of its Pod."""
    cache = node_cache_of(resource)
    flag = cache.flag("upstreamsvc") if cache else None
    if cache is None or flag is None or not flag.value or not flag.is_literal:
        return
    is_needed = any(CLUSTER_DNS in view.corefile.text for view in cache.views(workspace))
    likelihood = "certain" if is_needed else "possible"
    parameters: dict[str, Any] = {"service": flag.value}
    reference = workspace.find("Service", flag.value, resource)
    if cache.server.workload.spec.get("enableServiceLinks") is False:
        node = cache.server.workload.node("enableServiceLinks")
        yield Problem(node=node, message="links", parameters=parameters, likelihood=likelihood)
    elif reference.is_missing:
        yield Problem(node=flag.value_node, message="missing", parameters=parameters, likelihood=likelihood)
    elif reference.candidates and not any(_is_upstream(service) for service in reference.candidates):
        related = (Related(reference.candidates[0].node("spec"), "service"),)
        yield Problem(
            node=flag.value_node, message="other", parameters=parameters, likelihood=likelihood, related=related
        )


def _is_upstream(service: Resource) -> bool:
    """Whether a Service leads to CoreDNS: one without selector has Endpoints of its own."""
    selector = service.mapping("spec", "selector")
    ports = [entry.get("port") for _, entry in service.items("spec", "ports")]
    return (not selector or selector.get("k8s-app") == "kube-dns") and (not ports or _DNS_PORT in ports)


def unused(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A NodeLocal DNSCache that takes no queries for the cluster's DNS, and that nothing here is told to ask."""
    cache = node_cache_of(resource)
    reason = _why_not_hijacked(cache, workspace) if cache else None
    # In a network of its own it is made for a redirect of Cilium, which may be elsewhere.
    if cache is None or reason is None or not cache.is_in_host_network or workspace.of_type(_REDIRECT):
        return
    addresses = {item.text for item in cache.local_addresses if parse_ip(item.text) is not None}
    if addresses and not workspace.once(_asked_addresses) & addresses:
        message, node = reason
        yield Problem(node=node, message=message, parameters={"addresses": sorted(addresses)})


def _why_not_hijacked(cache: NodeCache, workspace: Workspace) -> tuple[str, Node] | None:
    """Why queries to the cluster's DNS do not come to the cache by themselves, if they do not."""
    flag, local = cache.flag("setupiptables"), cache.flag("localip")
    if flag is not None and cache.is_switched_off("setupiptables"):
        return "iptables", flag.node
    if local is None:
        return None
    if workspace.facts.value("networkMode") == "Cilium-Overlay":
        return "cilium", local.value_node
    only_local = all(not _is_private(item) for item in cache.local_addresses)
    return ("ipvs", local.value_node) if only_local and workspace.facts.value("kubeProxyMode") == "ipvs" else None


def _asked_addresses(workspace: Workspace) -> frozenset[str]:
    """The nameservers of all Pods, and what kubelets are told to give them."""
    found = set()
    for workload in workspace.workloads:
        config = workload.spec.get("dnsConfig")
        found |= _strings(config.get("nameservers") if isinstance(config, dict) else None)
    for type_ in workspace.types():
        if type_.startswith("KubeletConfiguration"):
            for resource in workspace.of_type(type_):
                found |= _strings(resource.get("clusterDNS"))
    return frozenset(found)


def _strings(values: object) -> set[str]:
    return {value for value in (values if isinstance(values, list) else ()) if isinstance(value, str)}


def redirect_to_host_network(policy: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A CiliumLocalRedirectPolicy to Pods of node-cache that are in the network of the node."""
    selector = policy.get("spec", "redirectBackend", "localEndpointSelector")
    for cache in node_caches(workspace) if selector else ():
        workload = cache.server.workload
        if cache.is_in_host_network and label_selector_matches(selector, workload.labels):
            yield Problem(
                node=policy.node("spec", "redirectBackend", "localEndpointSelector"),
                parameters={"workload": workload.resource.label},
                related=(Related(workload.node("hostNetwork"), "host-network"),),
            )
