"""CoreDNS and NodeLocal DNSCache as manifests show them: which Pods run them, and which release of CoreDNS it is.

node-cache, the program of NodeLocal DNSCache, is a CoreDNS with fewer plugins and version numbers of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.compiled import table
from tkelint.kubernetes import ImageReference, parse_image, parse_version
from tkelint.pods import Workload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tkelint.resource import Node, Resource

# TKE's names: https://cloud.tencent.com/document/product/457/78005 and .../457/40613.
NAME = "coredns"
NODE_LOCAL = "node-local-dns"
NAMESPACE = "kube-system"
_LABEL, _LABEL_VALUE = "k8s-app", "kube-dns"
_NODE_CACHE_IMAGE = "k8s-dns-node-cache"

Version = tuple[int, ...]


class DnsServer(NamedTuple):
    """A workload that runs CoreDNS or node-cache. `container` is the node of the container that does."""

    workload: Workload
    container: Node
    image: ImageReference
    is_node_cache: bool

    @property
    def version(self) -> Version | None:
        """The release of CoreDNS in it; `None` for digests, floating tags and builds of which no page tells it."""
        if self.is_node_cache:
            return node_cache_release(self.image.tag)
        return coredns_release(self.image.tag)

    @property
    def is_stock(self) -> bool:
        """Whether the image is the project's own build, which has the plugins of its tree and no other."""
        return f"{self.image.registry}/{self.image.repository}" in table("coredns-images")["stock"]

    @property
    def image_node(self) -> Node:
        """The image field."""
        return self.container.child("image")

    def reads(self, config_map: Resource) -> bool:
        """Whether its Pods mount a ConfigMap."""
        here = self.workload.resource
        if config_map.namespace and here.namespace and config_map.namespace != here.namespace:
            return False
        return config_map.name in mounted_config_maps(self.workload.spec)


def coredns_release(tag: object) -> Version | None:
    """The release that a tag of a CoreDNS image names.

    >>> coredns_release("v1.8.4")
    (1, 8, 4)
    >>> coredns_release("latest") is None
    True
    """
    numbers = parse_version(tag)
    return numbers if numbers is not None and len(numbers) == 3 and numbers[0] == 1 else None


def node_cache_release(tag: object) -> Version | None:
    """The release of CoreDNS in a node-cache of this tag.

    >>> node_cache_release("1.22.20")
    (1, 10, 0)
    """
    numbers = parse_version(tag)
    for row in table("coredns-images")["node-cache"]["releases"] if numbers is not None else ():
        first, last = parse_version(row["from"]), parse_version(row["to"])
        if first is not None and last is not None and numbers is not None and first <= numbers <= last:
            return parse_version(row["coredns"])
    return None


def dns_servers(resources: Iterable[Resource]) -> Iterator[DnsServer]:
    """Every workload that runs CoreDNS or node-cache."""
    for resource in resources:
        workload = Workload.of(resource)
        found = _container(workload) if workload else None
        if workload is not None and found is not None:
            node, image = found
            yield DnsServer(workload, node, image, image.name == _NODE_CACHE_IMAGE)


def _container(workload: Workload) -> tuple[Node, ImageReference] | None:
    for node, container in workload.containers("containers"):
        text = container.get("image")
        # Every workload of a tree is asked, and parsing a reference costs more than looking for a word in it.
        if not isinstance(text, str) or not (NAME in text or _NODE_CACHE_IMAGE in text):
            continue
        image = parse_image(text)
        if image is not None and (image.name == _NODE_CACHE_IMAGE or is_coredns(image)):
            return node, image
    return None


def is_coredns(image: ImageReference) -> bool:
    """Whether an image is a CoreDNS by its name: `coredns`, `mirrored-coredns-coredns`, `hardened-coredns`."""
    return image.name == NAME or image.name.endswith(f"-{NAME}")


def serves_cluster(server: DnsServer) -> bool:
    """Whether a CoreDNS is the cluster's own: its Pods are those of the Service kube-dns."""
    resource = server.workload.resource
    in_place = resource.namespace in (NAMESPACE, None)
    named = resource.name == NAME or server.workload.labels.get(_LABEL) == _LABEL_VALUE
    return in_place and named and not server.is_node_cache


def mounted_config_maps(spec: dict[str, Any]) -> frozenset[str]:
    """The names of the ConfigMaps that the volumes of a Pod hold, projected ones included."""
    volumes = spec.get("volumes")
    names = set()
    for volume in volumes if isinstance(volumes, list) else ():
        if not isinstance(volume, dict):
            continue
        projected = volume.get("projected")
        sources = projected.get("sources") if isinstance(projected, dict) else None
        for source in (volume, *(sources if isinstance(sources, list) else ())):
            config_map = source.get("configMap") if isinstance(source, dict) else None
            name = config_map.get("name") if isinstance(config_map, dict) else None
            if isinstance(name, str):
                names.add(name)
    return frozenset(names)


def observed_versions(resources: Iterable[Resource]) -> Iterator[tuple[str, Node]]:
    """The release of the cluster's CoreDNS, if the manifests show one; none when they show several."""
    servers = [server for server in dns_servers(resources) if serves_cluster(server) and server.version]
    if len({server.version for server in servers}) == 1:
        yield ".".join(map(str, servers[0].version or ())), servers[0].image_node
