"""How Pods resolve names: dnsPolicy, dnsConfig, and NodeLocal DNSCache in them.

https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/,
https://cloud.tencent.com/document/product/457/40613 (NodeLocal DNSCache).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tkelint import services
from tkelint.pods import Workload
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.resolver import cluster_zones
from tkelint.syntax.golang_net import parse_ip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

POLICIES: Final = ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")
LOCAL_CACHE: Final = "169.254.20.10"  # NodeLocal DNSCache on every node

# https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config
_MOST_NAMESERVERS: Final = 3
_MOST_SEARCHES, _MOST_CHARACTERS = 32, 2048
_FEW_SEARCHES, _FEW_CHARACTERS = 6, 256
_MORE_SEARCHES_SINCE: Final = (1, 26)

_NETWORKS: Final = "tke.cloud.tencent.com/networks"
_KNOWN_NETWORKS: Final = ("tke-bridge", "tke-route-eni", "tke-direct-eni", "flannel")
_INSTANCE_TYPE: Final = "node.kubernetes.io/instance-type"


def policy_invalid(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """A dnsPolicy that the API server refuses."""
    workload = Workload.of(resource)
    policy = workload.spec.get("dnsPolicy") if workload else None
    if workload is None or policy is None or policy in POLICIES or services.is_placeholder(policy):
        return
    node = workload.node("dnsPolicy")
    meant = next((name for name in POLICIES if name.lower() == str(policy).lower()), "")
    yield Problem(
        node=node,
        message="case" if meant else "unknown",
        parameters={"policy": node.source_text, "meant": meant, "policies": list(POLICIES)},
        fix=Fix((Edit(node, meant),), safe=True) if meant else None,
    )


def none_without_nameserver(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """DnsPolicy None without any nameserver, which the API server refuses."""
    workload = Workload.of(resource)
    if workload is not None and workload.spec.get("dnsPolicy") == "None" and not texts(workload, "nameservers"):
        yield Problem(node=workload.node("dnsPolicy"))


def config_invalid(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A dnsConfig that the API server refuses: too much of something, or something of the wrong form."""
    workload = Workload.of(resource)
    config = workload.spec.get("dnsConfig") if workload else None
    if workload is None or not isinstance(config, dict):
        return
    servers = texts(workload, "nameservers")
    if len(servers) > _MOST_NAMESERVERS:
        yield _too_many(workload.node("dnsConfig", "nameservers").key(), "nameservers", len(servers), _MOST_NAMESERVERS)
    for node, server in servers:
        if parse_ip(server) is None and not services.is_placeholder(server):
            yield Problem(node=node, message="no-address", parameters={"value": server})
    yield from _searches_invalid(workload, workspace)
    for node, option in resource.items(*workload.pod, "spec", "dnsConfig", "options"):
        value = option.get("value")
        if not option.get("name"):
            yield Problem(node=node, message="unnamed")
        elif value is not None and not isinstance(value, str):
            text = node.child("value").source_text
            fix = Fix((Edit(node.child("value"), f'"{text}"'),), safe=True)
            yield Problem(node=node.child("value"), message="no-text", parameters={"value": text}, fix=fix)


def _searches_invalid(workload: Workload, workspace: Workspace) -> Iterator[Problem]:
    searches = [text for _, text in texts(workload, "searches")]
    is_old = workspace.facts.at_least("kubernetesVersion", _MORE_SEARCHES_SINCE) is False
    most, characters = (_FEW_SEARCHES, _FEW_CHARACTERS) if is_old else (_MOST_SEARCHES, _MOST_CHARACTERS)
    node = workload.node("dnsConfig", "searches").key()
    if len(searches) > most:
        yield _too_many(node, "searches", len(searches), most)
    elif len(" ".join(searches)) > characters:
        parameters = {"count": len(" ".join(searches)), "most": characters}
        yield Problem(node=node, message="too-long", parameters=parameters)


def _too_many(node: Node, field: str, count: int, most: int) -> Problem:
    return Problem(
        node=node, message="too-many", parameters={"field": f"dnsConfig.{field}", "count": count, "most": most}
    )


def search_of_other_namespace(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """DnsPolicy None with the search list of another namespace: short names then mean its Services."""
    workload = Workload.of(resource)
    namespace = resource.namespace
    if workload is None or workload.spec.get("dnsPolicy") != "None" or namespace is None:
        return
    zones = [zone.rstrip(".") for zone in workspace.once(cluster_zones)]
    found = {text.rstrip("."): node for node, text in texts(workload, "searches")}
    others = {text: node for text, node in found.items() if any(text.endswith(f".svc.{zone}") for zone in zones)}
    if others and not any(text.startswith(f"{namespace}.svc.") for text in others):
        text, node = next(iter(others.items()))
        yield Problem(node=node, parameters={"search": text, "namespace": namespace})


def local_cache_appended(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """NodeLocal DNSCache named as a nameserver beside ClusterFirst, which puts the cluster's DNS before it."""
    workload = Workload.of(resource)
    if workload is None or workload.spec.get("dnsPolicy") not in (None, "ClusterFirst", "ClusterFirstWithHostNet"):
        return
    for node, server in texts(workload, "nameservers"):
        if server == LOCAL_CACHE:
            yield Problem(node=node)


def local_cache_alone(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """NodeLocal DNSCache as the only nameserver: out of reach, or without anything to fall back on."""
    workload = Workload.of(resource)
    if workload is None or workload.spec.get("dnsPolicy") != "None":
        return
    servers = texts(workload, "nameservers")
    if [server for _, server in servers] != [LOCAL_CACHE]:
        return
    obstacle = _out_of_reach(workload)
    yield Problem(
        node=servers[0][0],
        message="out-of-reach" if obstacle else "no-fallback",
        likelihood="likely" if obstacle else "possible",
        related=(Related(obstacle, "obstacle"),) if obstacle else (),
    )


def _out_of_reach(workload: Workload) -> Node | None:
    """What keeps a Pod from the cache of its node: an interface of its own, or no node at all."""
    networks = workload.annotations.get(_NETWORKS)
    if isinstance(networks, str) and "tke-direct-eni" in networks:
        return workload.resource.node(*workload.pod, "metadata", "annotations", _NETWORKS)
    selector = workload.spec.get("nodeSelector")
    if isinstance(selector, dict) and selector.get(_INSTANCE_TYPE) == "eklet":
        return workload.node("nodeSelector", _INSTANCE_TYPE)
    return None


def networks_annotation_invalid(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """A network that no CNI of TKE has, in the annotation that chooses the networks of a Pod."""
    workload = Workload.of(resource)
    value = workload.annotations.get(_NETWORKS) if workload else None
    if workload is None or not isinstance(value, str) or services.is_placeholder(value):
        return
    node = resource.node(*workload.pod, "metadata", "annotations", _NETWORKS)
    position = 0
    for item in value.split(","):
        name = item.strip()
        if name not in _KNOWN_NETWORKS:
            start = position + len(item) - len(item.lstrip())
            part = node.text(start, start + len(name)) if name else node
            yield Problem(node=part, parameters={"name": name, "known": list(_KNOWN_NETWORKS)})
        position += len(item) + 1


def texts(workload: Workload, field: str) -> list[tuple[Node, str]]:
    """Each text of a list of dnsConfig, with its node."""
    values: Any = workload.resource.get(*workload.pod, "spec", "dnsConfig", field)
    node = workload.node("dnsConfig", field)
    return [
        (node.child(index), value)
        for index, value in enumerate(values if isinstance(values, list) else ())
        if isinstance(value, str)
    ]
