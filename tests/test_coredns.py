"""Which workloads run CoreDNS, and which release of it."""

from __future__ import annotations

import pytest
from linting import workspace_of

from tkelint.coredns import coredns_release, dns_servers, node_cache_release

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: coredns, namespace: kube-system}}
spec:
  template:
    metadata: {{labels: {{k8s-app: kube-dns}}}}
    spec:
      containers: [{{name: coredns, image: "{image}"}}]
      volumes: [{{name: config, configMap: {{name: coredns}}}}]
"""


@pytest.mark.parametrize(
    ("tag", "release"), [("1.8.4", (1, 8, 4)), ("v1.11.1", (1, 11, 1)), ("1.9", None), ("latest", None), ("", None)]
)
def test_tag_of_coredns(tag: str, release: tuple[int, ...] | None) -> None:
    assert coredns_release(tag) == release


@pytest.mark.parametrize(
    ("tag", "release"),
    [("1.15.7", None), ("1.21.1", (1, 7, 0)), ("1.22.20", (1, 10, 0)), ("1.25.0", (1, 11, 3)), ("9.0.0", None)],
)
def test_tag_of_node_cache(tag: str, release: tuple[int, ...] | None) -> None:
    assert node_cache_release(tag) == release


@pytest.mark.parametrize(
    ("image", "stock"),
    [
        ("coredns/coredns:1.8.4", True),
        ("registry.k8s.io/coredns/coredns:v1.8.4", True),
        ("ccr.ccs.tencentyun.com/tkeimages/coredns:1.8.4", False),
        ("rancher/mirrored-coredns-coredns:1.8.4", False),
    ],
)
def test_fact_is_read_off_the_image_of_the_deployment(image: str, stock: bool) -> None:
    workspace = workspace_of(DEPLOYMENT.format(image=image))
    (server,) = dns_servers(workspace.resources)

    assert workspace.facts.value("corednsVersion") == "1.8.4"
    assert server.is_stock is stock


def test_two_releases_say_nothing() -> None:
    both = "---\n".join(DEPLOYMENT.format(image=f"coredns/coredns:{tag}") for tag in ("1.8.4", "1.6.2"))

    assert workspace_of(both).facts.value("corednsVersion") is None
