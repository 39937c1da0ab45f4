"""Cluster facts read off manifests, as far as they show any: kube-proxy's build and mode, switches of controllers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.cluster import Fact
from tkelint.kube_proxy import kube_proxies, observed_modes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.resource import Resource


# The ConfigMap with the switches of the Service and Ingress controller:
# https://cloud.tencent.com/document/product/457/131136
CONTROLLER_CONFIG = "tke-service-controller-config"

_REUSE = {"true": "enabled", "false": "disabled"}


def observed_facts(resources: Sequence[Resource]) -> Iterator[Fact]:
    """Each fact that a manifest shows, with the node that shows it; the same one may come several times."""
    for mode, node in observed_modes(resources):
        yield Fact("kubeProxyMode", mode, node)
    for proxy in kube_proxies(resources):
        if proxy.revision is not None and proxy.image is not None:
            yield Fact("kubeProxyVersion", proxy.image.tag, proxy.image_node)
    for resource in resources:
        if resource.name == CONTROLLER_CONFIG and resource.type == "ConfigMap":
            reuse = resource.node("data", "REUSE_LOADBALANCER")
            if isinstance(reuse.value, str) and reuse.value in _REUSE:
                yield Fact("clbReuse", _REUSE[reuse.value], reuse)
