"""Cluster facts read off manifests, as far as they show any: kube-proxy's build and mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.cluster import Fact
from tkelint.kube_proxy import kube_proxies, observed_modes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.resource import Resource


def observed_facts(resources: Sequence[Resource]) -> Iterator[Fact]:
    """Each fact that a manifest shows, with the node that shows it; the same one may come several times."""
    for mode, node in observed_modes(resources):
        yield Fact("kubeProxyMode", mode, node)
    for proxy in kube_proxies(resources):
        if proxy.revision is not None and proxy.image is not None:
            yield Fact("kubeProxyVersion", proxy.image.tag, proxy.image_node)
