"""Cluster facts read off manifests, as far as they show any: kube-proxy, CoreDNS, the controllers' state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.cluster import Fact
from tkelint.controller_config import is_controller_config
from tkelint.coredns import observed_versions
from tkelint.kube_proxy import kube_proxies, observed_modes
from tkelint.kubernetes import parse_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.resource import Resource


_REUSE = {"true": "enabled", "false": "disabled"}


def observed_facts(resources: Sequence[Resource]) -> Iterator[Fact]:
    """Each fact that a manifest shows, with the node that shows it; the same one may come several times."""
    for mode, node in observed_modes(resources):
        yield Fact("kubeProxyMode", mode, node)
    for proxy in kube_proxies(resources):
        if proxy.revision is not None and proxy.image is not None:
            yield Fact("kubeProxyVersion", proxy.image.tag, proxy.image_node)
    for resource in resources:
        if resource.type == "ConfigMap" and is_controller_config(resource):
            yield from _written_by_the_controller(resource)
    for version, node in observed_versions(resources):
        yield Fact("corednsVersion", version, node)


def _written_by_the_controller(config_map: Resource) -> Iterator[Fact]:
    """What the controller itself notes in its ConfigMap: https://cloud.tencent.com/document/product/457/131136."""
    reuse = config_map.node("data", "REUSE_LOADBALANCER")
    if isinstance(reuse.value, str) and reuse.value in _REUSE:
        yield Fact("clbReuse", _REUSE[reuse.value], reuse)
    version = config_map.node("data", "VERSION")
    if parse_version(version.value) is not None:
        yield Fact("controllerVersion", version.value, version)
