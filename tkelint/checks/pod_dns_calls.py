"""Whether the way a Pod resolves names fits the names that it calls.

https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/,
https://cloud.tencent.com/document/product/457/78005.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.checks.nearby import belong_together
from tkelint.checks.pod_dns import LOCAL_CACHE, texts
from tkelint.mentions import mentions_of, settings
from tkelint.pods import Workload
from tkelint.problem import Addition, Edit, Fix, Problem, Related
from tkelint.resolver import cluster_zones
from tkelint.search_list import NODE, OWN, UNSET, answers_itself, in_cluster, meaning_in, policy_of, search_list
from tkelint.service_names import service_name
from tkelint.services import may_serve
from tkelint.short_names import short_settings
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.mentions import Mention
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# What serves the names of the cluster cannot ask them; it needs the resolver of the node.
_SERVES_THE_CLUSTER: Final = ("coredns", "kube-dns", "node-local-dns", "kube-proxy", "cilium", "tke-bridge", "tke-cni")


class _Call(NamedTuple):
    """A name that a workload likely calls, as it is written, and where."""

    text: str
    node: Node


def host_network_without_cluster_dns(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Pod in the network of the node that calls Services by name and asks the resolver of the node."""
    workload = Workload.of(resource)
    if workload is None or workload.spec.get("hostNetwork") is not True or _serves_the_cluster(workload):
        return
    policy = workload.spec.get("dnsPolicy")
    call = _first_call(workload, workspace)
    if policy not in (None, "ClusterFirst") or call is None:
        return
    wanted = "ClusterFirstWithHostNet"
    edit = Edit(workload.node("dnsPolicy"), wanted) if policy else Addition(workload.node(), "dnsPolicy", wanted)
    yield Problem(
        node=workload.node("dnsPolicy" if policy else "hostNetwork"),
        parameters={"name": call.text},
        related=(Related(call.node, "call", {"client": resource.label, "host": call.text}),),
        fix=Fix((edit,)),
    )


def default_policy_with_service_name(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Pod that calls Services by name and only asks the resolver of the node."""
    workload = Workload.of(resource)
    if workload is None or workload.spec.get("dnsPolicy") != "Default" or _serves_the_cluster(workload):
        return
    call = _first_call(workload, workspace)
    if call is not None and not texts(workload, "nameservers"):
        yield Problem(
            node=workload.node("dnsPolicy"),
            parameters={"name": call.text},
            related=(Related(call.node, "call", {"client": resource.label, "host": call.text}),),
        )


def name_without_search(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """DnsPolicy None whose search list does not complete a name that the Pod calls."""
    workload = Workload.of(resource)
    if workload is None or workload.spec.get("dnsPolicy") != "None" or not _asks_the_cluster(workload):
        return
    usual = in_cluster(resource.namespace, workspace)
    own = search_list(workload, workspace) or usual
    for call in workspace.once(_calls).get(resource, ()):
        meant = meaning_in(usual, call.text, resource, workspace)
        if meant is None or meaning_in(own, call.text, resource, workspace) is not None or UNSET in meant.full_name:
            continue
        yield Problem(node=call.node, parameters={"name": call.text, "zone": meant.full_name[len(call.text) + 1 :]})


def ndots_default(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A Pod that calls outside names and goes through the whole search list for each of them first."""
    workload = Workload.of(resource)
    if workload is None or workload.spec.get("dnsPolicy") not in (None, "ClusterFirst", "ClusterFirstWithHostNet"):
        return
    options = resource.items(*workload.pod, "spec", "dnsConfig", "options")
    if any(option.get("name") == "ndots" for _, option in options):
        return
    outside = next(iter(workspace.once(_outside_calls).get(resource, ())), None)
    if outside is not None:
        yield Problem(node=outside.node, parameters={"name": outside.text})


def _first_call(workload: Workload, workspace: Workspace) -> _Call | None:
    return next(iter(workspace.once(_calls).get(workload.resource, ())), None)


def _calls(workspace: Workspace) -> Mapping[Resource, Sequence[_Call]]:
    """The names of Services that each workload likely calls; short ones of those whose search list is not the usual."""
    zones = workspace.once(cluster_zones)
    found: dict[Resource, list[_Call]] = defaultdict(list)
    for setting in (*settings(workspace), *short_settings(workspace)):
        for host in setting.hosts if setting.users else ():
            is_full = host.is_likely_call and service_name(host.name, zones) is not None
            is_short = host.is_likely_call and bool(host.scheme or host.port) and not is_full
            for mention in mentions_of(setting, host) if is_full or is_short else ():
                if is_full or _is_service_here(mention, workspace):
                    found[mention.workload.resource].append(_Call(host.name, mention.node))
    return found


def _is_service_here(mention: Mention, workspace: Workspace) -> bool:
    """Whether a short name would mean a Service that is here, other than the workload's own, with the usual list."""
    if policy_of(mention.workload) not in (NODE, OWN) or answers_itself(mention.host, mention.workload):
        return False
    client = mention.workload.resource
    meaning = meaning_in(in_cluster(client.namespace, workspace), mention.host, client, workspace)
    return any(
        belong_together(client, service) or "." in mention.host
        for service in (meaning.reference.candidates if meaning else ())
        if may_serve(service, mention.port or 0) or not mention.port
        if client not in [server.resource for server in workspace.backends(service)]
    )


def _outside_calls(workspace: Workspace) -> Mapping[Resource, Sequence[_Call]]:
    """The names outside of the cluster that each workload likely calls, written without a final dot."""
    zones = workspace.once(cluster_zones)
    found: dict[Resource, list[_Call]] = defaultdict(list)
    for setting in settings(workspace):
        for host in setting.hosts:
            is_outside = host.is_likely_call and parse_ip(host.name) is None and service_name(host.name, zones) is None
            is_absolute = setting.node.value.startswith(".", host.end)
            for mention in mentions_of(setting, host) if is_outside and not is_absolute else ():
                found[mention.workload.resource].append(_Call(host.name, mention.node))
    return found


def _asks_the_cluster(workload: Workload) -> bool:
    """Whether the nameservers are likely the cluster's: private addresses or the cache of the node."""
    return any(server == LOCAL_CACHE or _is_private(parse_ip(server)) for _, server in texts(workload, "nameservers"))


def _serves_the_cluster(workload: Workload) -> bool:
    name = workload.resource.name
    return workload.resource.namespace == "kube-system" and any(name.startswith(each) for each in _SERVES_THE_CLUSTER)


def _is_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> bool:
    return address is not None and address.is_private
