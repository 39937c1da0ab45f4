"""kube-proxy as the manifests show it: which build, and in which mode.

An image is not a component: `tkeimages/hyperkube` also runs the scheduler, so kube-proxy is recognised by two signs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.command_line import flags, words
from tkelint.kubernetes import ImageReference, TkeRevision, parse_image, parse_tke_revision
from tkelint.pods import Workload
from tkelint.source import SourceFile
from tkelint.syntax.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tkelint.resource import Node, Resource

NAME = "kube-proxy"
NAMESPACE = "kube-system"

# The first revision of each line that binds the CLB address to the IPVS interface, which prevent-loopback needs.
# https://cloud.tencent.com/document/product/457/80913, step 1; rows of 2022-01-20 on .../457/9315.
LOOPBACK_FLOORS: dict[tuple[int, int], TkeRevision] = {
    floor.line: floor
    for floor in (
        TkeRevision(1, 12, 4, 30),
        TkeRevision(1, 14, 3, 24),
        TkeRevision(1, 16, 3, 25),
        TkeRevision(1, 18, 4, 20),
        TkeRevision(1, 20, 6, 12),
    )
}

MODES = frozenset({"iptables", "ipvs", "nftables", "kernelspace", "userspace"})

_CONFIG_KEYS = ("config.conf", "config")


class KubeProxy(NamedTuple):
    """A kube-proxy DaemonSet. `mode` is `None` where the manifest does not show it."""

    workload: Workload
    container: Node
    image: ImageReference | None
    mode: str | None
    mode_node: Node | None

    @property
    def image_node(self) -> Node:
        """The image field."""
        return self.container.child("image")

    @property
    def revision(self) -> TkeRevision | None:
        """The TKE revision of its image; `None` for other builds, digests and floating tags."""
        return parse_tke_revision(self.image.tag) if self.image else None

    @property
    def supports_prevent_loopback(self) -> bool | None:
        """Whether it binds the CLB address locally; `None` when the documents do not say."""
        return supports_prevent_loopback(self.revision)


def supports_prevent_loopback(revision: TkeRevision | None) -> bool | None:
    """Whether a revision of kube-proxy supports prevent-loopback; `None` for what no page mentions.

    The page names five revisions and adds that later, larger version numbers support it too.

    >>> supports_prevent_loopback(TkeRevision(1, 18, 4, 9))
    False
    >>> supports_prevent_loopback(TkeRevision(1, 34, 1, 5))
    True
    """
    if revision is None:
        return None
    floor = LOOPBACK_FLOORS.get(revision.line)
    if floor is None:
        return True if revision.line > max(LOOPBACK_FLOORS) else None
    if revision.patch > floor.patch:
        return None  # TKE keeps one patch release per minor version, so nothing is said of others.
    return revision >= floor


def kube_proxies(resources: Iterable[Resource]) -> Iterator[KubeProxy]:
    """Every kube-proxy DaemonSet among the resources."""
    for resource in resources:
        if resource.type != "DaemonSet":
            continue
        workload = Workload.of(resource)
        container = _kube_proxy_container(workload) if workload else None
        if workload is not None and container is not None:
            node, value = container
            mode, mode_node = _mode_by_flags(node)
            yield KubeProxy(workload, node, parse_image(value.get("image")), mode, mode_node)


def _kube_proxy_container(workload: Workload) -> tuple[Node, dict[str, Any]] | None:
    resource = workload.resource
    by_name = resource.name == NAME and resource.namespace in (NAMESPACE, None)
    by_label = workload.labels.get("k8s-app") == NAME
    for node, container in workload.containers("containers"):
        by_container = container.get("name") == NAME
        if by_name + by_label + by_container + _starts_it(node) >= 2:
            return node, container
    return None


def _starts_it(container: Node) -> bool:
    return any(word.rpartition("/")[2] == NAME for word in words(container))


def _mode_by_flags(container: Node) -> tuple[str | None, Node | None]:
    """The mode by command and arguments. With `--config` the file decides; without any flag it is iptables."""
    given = {flag.name: flag for flag in flags(container)}
    if "config" in given or not _starts_it(container):
        return None, None
    mode = given.get("proxy-mode")
    return ("iptables", container) if mode is None else (_known_mode(mode.value or ""), mode.value_node)


def _known_mode(mode: str) -> str | None:
    """A literal mode; `$(VARIABLE)` and misspelt ones say nothing. The empty one is the default."""
    return mode if mode in MODES else "iptables" if mode == "" else None


def mode_by_config_map(resource: Resource) -> tuple[str, Node] | None:
    """The mode that a kube-proxy ConfigMap sets through its KubeProxyConfiguration, with its place in the text."""
    if resource.type != "ConfigMap" or resource.name != NAME or resource.namespace not in (NAMESPACE, None):
        return None
    for key in _CONFIG_KEYS:
        text = resource.get("data", key)
        if not isinstance(text, str):
            continue
        for document in parse(SourceFile("", text)).documents:
            value = document.value
            if isinstance(value, dict) and value.get("kind") == "KubeProxyConfiguration":
                mode = value.get("mode")
                known = _known_mode(mode if isinstance(mode, str) else "")
                span = document.span_of(("mode",) if "mode" in value else ("kind",))
                return (known, resource.node("data", key).text(span.start, span.end)) if known else None
    return None


def observed_modes(resources: Sequence[Resource]) -> Iterator[tuple[str, Node]]:
    """Each proxy mode that manifests show, with the node that shows it."""
    for proxy in kube_proxies(resources):
        if proxy.mode is not None and proxy.mode_node is not None:
            yield proxy.mode, proxy.mode_node
    for resource in resources:
        found = mode_by_config_map(resource)
        if found is not None:
            yield found
