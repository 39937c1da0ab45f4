"""The objects around CoreDNS: its image, its Pods' resolver, its role, its ConfigMap and that of its autoscaler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint import embedded_json
from tkelint.coredns import NAME, NAMESPACE, Version, dns_servers, serves_cluster
from tkelint.corefiles import corefiles
from tkelint.kubernetes import parse_tke_revision
from tkelint.problem import Addition, Edit, Fix, Item, Problem, Related
from tkelint.syntax.corefile_plugins import forward_views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.corefiles import CorefileView
    from tkelint.resource import Node, Resource
    from tkelint.syntax.document import Json
    from tkelint.workspace import Workspace

_ROLE = "system:coredns"
# https://coredns.io/2021/01/20/coredns-1.8.1-release/: Services' endpoints are read from EndpointSlices.
_READS_SLICES = (1, 8, 1)
# CoreDNS 1.11.0 dropped the beta version of EndpointSlices, the only one before Kubernetes 1.21.
_NEEDS_NEW_SLICES = (1, 11, 0)
_FIRST_NEW_SLICES = (1, 21)
_FIRST_SLICES = (1, 19)
_AUTOSCALERS = frozenset({"dns-autoscaler", "coredns-autoscaler", "tke-dns-autoscaler"})
_NODE_RESOLVERS = "/etc/resolv.conf"


def role_lacks_slices(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """CoreDNS's role without the EndpointSlices that this release watches."""
    if resource.name != _ROLE or resource.has("aggregationRule"):
        return
    release = _release(workspace)
    if release is None or release < _READS_SLICES:
        return
    if workspace.facts.at_least("kubernetesVersion", _FIRST_SLICES) is False:
        return
    verbs = {verb for _, rule in resource.items("rules") if _covers_slices(rule) for verb in _texts(rule.get("verbs"))}
    missing = {"list", "watch"} - verbs
    if missing and "*" not in verbs:
        parameters = {"verbs": sorted(missing), "release": ".".join(map(str, release))}
        rule: Json = {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]}
        fix = Fix((Item(resource.node("rules"), rule),)) if resource.get("rules") else None
        yield Problem(resource.node("rules").key(), parameters, fix=fix)


def _covers_slices(rule: dict[str, Any]) -> bool:
    groups, resources = _texts(rule.get("apiGroups")), _texts(rule.get("resources"))
    return not {"*", "discovery.k8s.io"}.isdisjoint(groups) and not {"*", "endpointslices"}.isdisjoint(resources)


def _texts(value: object) -> set[str]:
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()


def _release(workspace: Workspace) -> Version | None:
    """The release of the cluster's CoreDNS."""
    text = workspace.facts.value("corednsVersion")
    return tuple(int(part) for part in text.removeprefix("v").split(".")) if text else None


def too_new_for_cluster(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A CoreDNS that needs a newer Kubernetes than the cluster's."""
    for server in dns_servers([resource]):
        if server.is_node_cache or server.version is None or server.version < _NEEDS_NEW_SLICES:
            continue
        version = _kubernetes(workspace)
        if version is not None and version < _FIRST_NEW_SLICES:
            parameters = {"image": server.image.tag, "version": ".".join(map(str, version))}
            yield Problem(server.image_node, parameters)


def _kubernetes(workspace: Workspace) -> tuple[int, int] | None:
    """Major and minor of the cluster's version: as declared, or that of its kube-proxy."""
    facts = workspace.facts
    if facts.at_least("kubernetesVersion", _FIRST_NEW_SLICES) is False:
        major, minor, *_ = (int(part) for part in str(facts.value("kubernetesVersion")).lstrip("v").split(".")[:2])
        return major, minor
    revision = parse_tke_revision(facts.value("kubeProxyVersion"))
    return revision.line if revision and facts.value("kubernetesVersion") is None else None


def asks_itself(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """CoreDNS's Pods with the cluster's resolver, so that `forward . /etc/resolv.conf` leads back to CoreDNS."""
    for server in dns_servers([resource]):
        spec = server.workload.spec
        policy = spec.get("dnsPolicy", "ClusterFirst")
        uses_cluster = policy == "ClusterFirstWithHostNet" or (policy == "ClusterFirst" and not spec.get("hostNetwork"))
        if not uses_cluster or not serves_cluster(server):
            continue
        for view in (view for view in corefiles(workspace) if server.reads(view.resource)):
            upstream = _node_resolvers(view)
            if upstream is not None:
                node = server.workload.node("dnsPolicy")
                related = (Related(upstream, "forward"),)
                has_policy = "dnsPolicy" in spec
                edit = Edit(node, "Default") if has_policy else Addition(server.workload.node(), "dnsPolicy", "Default")
                parameters = {"policy": policy, "object": resource.label}
                yield Problem(node, parameters, related=related, fix=Fix((edit,)))
                return


def _node_resolvers(view: CorefileView) -> Node | None:
    for block in view.corefile.blocks:
        directive = block.plugin("forward")
        for forward in forward_views(directive) if directive else ():
            for upstream in forward.upstreams:
                if upstream.token.text == _NODE_RESOLVERS:
                    return view.at(upstream.token)
    return None


def single_replica(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The cluster's DNS on one Pod."""
    del workspace
    node = resource.node("spec", "replicas")
    if node.value == 1 and any(serves_cluster(server) for server in dns_servers([resource])):
        yield Problem(node, {"object": resource.label})


def key_misspelt(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The cluster's ConfigMap with a Corefile under a key that CoreDNS does not read."""
    if resource.name != NAME or resource.namespace not in (NAMESPACE, None):
        return
    data = resource.mapping("data")
    if "Corefile" in data:
        return
    servers = [server for server in dns_servers(workspace.resources) if server.reads(resource)]
    mapped = {key for server in servers for key in _mapped_keys(server.workload.spec)}
    for key in data:
        if isinstance(key, str) and key.lower() == "corefile" and key not in mapped:
            node = resource.node("data", key).key()
            yield Problem(node, {"key": key}, fix=Fix((Edit(node, "Corefile"),)))


def _mapped_keys(spec: dict[str, Any]) -> Iterator[str]:
    for volume in spec.get("volumes") or ():
        config_map = volume.get("configMap") if isinstance(volume, dict) else None
        for item in (config_map.get("items") if isinstance(config_map, dict) else None) or ():
            if isinstance(item, dict) and isinstance(item.get("key"), str):
                yield item["key"]


def autoscaler_json(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The parameters of the DNS autoscaler, which reads JSON and nothing near it."""
    del workspace
    if resource.name not in _AUTOSCALERS or resource.namespace not in (NAMESPACE, None):
        return
    for key in ("linear", "ladder"):
        node = resource.node("data", key)
        if isinstance(node.value, str):
            read = embedded_json.read(node)
            fault = read.fault if read else None
            if fault is not None:
                yield Problem(fault.node, {"key": key, "reason": fault.reason})
