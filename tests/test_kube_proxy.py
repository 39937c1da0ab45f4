from __future__ import annotations

import textwrap

import pytest

from tests.linting import resource_of
from tkelint.kube_proxy import kube_proxies, mode_by_config_map, observed_modes, supports_prevent_loopback
from tkelint.kubernetes import parse_image, parse_tke_revision

DAEMON_SET = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: {name}, namespace: kube-system}}
spec:
  template:
    metadata: {{labels: {{k8s-app: {label}}}}}
    spec:
      containers:
        - name: {container}
          image: {image}
          command: {command}
"""


def daemon_set(command: str = "[kube-proxy]", image: str = "x:v1", **names: str) -> str:
    names = {"name": "kube-proxy", "label": "kube-proxy", "container": "kube-proxy", **names}
    return DAEMON_SET.format(command=command, image=image, **names)


@pytest.mark.parametrize(
    ("tag", "supported"),
    [
        ("v1.12.4-tke.29", False), ("v1.12.4-tke.30", True), ("v1.14.3-tke.23", False), ("v1.14.3-tke.24", True),
        ("v1.16.3-tke.9", False), ("v1.16.3-tke.25", True), ("v1.18.4-tke.19", False), ("v1.18.4-tke.20", True),
        ("v1.18.4-tke.20-rc1", False), ("v1.18.4-tke.21-rc1", True), ("v1.18.3-tke.40", False), ("v1.18.9-tke.1", None),
        ("v1.20.6-tke.11", False), ("1.20.6-tke.12", True), ("v1.22.5-tke.1", True), ("v1.34.1-tke.5", True),
        ("v1.10.5-tke.20", None), ("v1.17.1-tke.1", None), ("v1.20.6", None), ("v1.14.3-tke.22.eks.1", None),
        ("v1.18.4-tke.14-eks.1-dirty", None), ("v1.20.4-aliyun.1", None), ("v1.21.2-eksbuild.6", None),
        ("v1.27.3-gke.1662000", None), ("v1.20.15-vke.9", None), ("latest", None), ("", None),
    ],
)  # fmt: skip
def test_floor_of_prevent_loopback(tag: str, supported: bool | None) -> None:
    assert supports_prevent_loopback(parse_tke_revision(tag)) is supported


@pytest.mark.parametrize(
    ("image", "registry", "repository", "tag"),
    [
        ("ccr.ccs.tencentyun.com/tkeimages/hyperkube:v1.20.6-tke.12", "ccr.ccs.tencentyun.com", "tkeimages/hyperkube", "v1.20.6-tke.12"),
        ("hkccr.ccs.tencentyun.com/tkeimages/hyperkube:v1", "hkccr.ccs.tencentyun.com", "tkeimages/hyperkube", "v1"),
        ("registry:5000/app", "registry:5000", "app", ""),
        ("localhost/app:1", "localhost", "app", "1"),
        ("library/nginx:1.2", "", "library/nginx", "1.2"),
        ("nginx", "", "nginx", ""),
    ],
)  # fmt: skip
def test_image_references_are_taken_apart(image: str, registry: str, repository: str, tag: str) -> None:
    parsed = parse_image(image)

    assert parsed is not None
    assert (parsed.registry, parsed.repository, parsed.tag) == (registry, repository, tag)


@pytest.mark.parametrize("image", ["", "Upper/Case:1", "a b", "${IMAGE}", "app:", ":1", None, 5, "a" * 600])
def test_what_is_no_image_reference(image: object) -> None:
    assert parse_image(image) is None


def test_digest_hides_the_tag_but_not_the_name() -> None:
    parsed = parse_image("ccr.ccs.tencentyun.com/tkeimages/kube-proxy@sha256:" + "a" * 64)

    assert parsed is not None
    assert (parsed.name, parsed.tag) == ("kube-proxy", "")


@pytest.mark.parametrize(
    ("names", "command"),
    [
        ({"name": "other", "label": "other", "container": "other"}, "[kube-proxy]"),
        ({"name": "scheduler", "label": "scheduler", "container": "scheduler"}, "[kube-scheduler]"),
        ({"name": "kube-proxy-exporter", "label": "exporter", "container": "exporter"}, "[exporter, --target=kube-proxy.kube-system]"),
    ],
    ids=["one sign only", "hyperkube runs the scheduler too", "name that only contains it"],
)  # fmt: skip
def test_what_is_not_kube_proxy(names: dict[str, str], command: str) -> None:
    image = "ccr.ccs.tencentyun.com/tkeimages/hyperkube:v1.20.6-tke.9"

    assert list(kube_proxies([resource_of(daemon_set(command, image, **names))])) == []


@pytest.mark.parametrize(
    ("command", "mode", "place"),
    [
        ("[kube-proxy, --proxy-mode=ipvs]", "ipvs", "command[1]"),
        ("[kube-proxy, --proxy-mode, ipvs]", "ipvs", "command[2]"),
        ('[sh, -c, "exec /usr/bin/kube-proxy --proxy-mode=ipvs --v=2"]', "ipvs", "command[2]"),
        ("[kube-proxy, --v=2]", "iptables", "containers[0]"),
        ("[kube-proxy, '--proxy-mode=']", "iptables", "command[1]"),
        ("[kube-proxy, --proxy-mode=$(MODE)]", None, "command[1]"),
        ("[kube-proxy, --proxy-mode=IPVS]", None, "command[1]"),
        ("[kube-proxy, --config=/var/lib/config.conf]", None, None),
        ("[kube-proxy, --config=/var/lib/config.conf, --proxy-mode=ipvs]", None, None),
        ("[]", None, None),
    ],
)
def test_mode_by_flags(command: str, mode: str | None, place: str | None) -> None:
    (proxy,) = kube_proxies([resource_of(daemon_set(command))])

    assert proxy.mode == mode
    assert (
        proxy.mode_node.field.partition("spec.containers[0].")[2] or "containers[0]" if proxy.mode_node else None
    ) == place


def test_mode_by_config_map_with_its_place() -> None:
    config_map = resource_of(
        textwrap.dedent("""\
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: kube-proxy, namespace: kube-system}
        data:
          config.conf: |-
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            kind: KubeProxyConfiguration
            mode: ipvs
        """)
    )

    found = mode_by_config_map(config_map)

    assert found is not None
    assert found[0] == "ipvs"
    assert (found[1].place.region.start_line, found[1].place.region.start_column) == (8, 11)


@pytest.mark.parametrize("mode", ['mode: ""', "ipvs: {}"])
def test_config_map_without_a_mode_means_iptables(mode: str) -> None:
    config_map = resource_of(
        textwrap.dedent(f"""\
        apiVersion: v1
        kind: ConfigMap
        metadata: {{name: kube-proxy}}
        data:
          config.conf: |
            kind: KubeProxyConfiguration
            {mode}
        """)
    )

    assert [mode for mode, _ in observed_modes([config_map])] == ["iptables"]


@pytest.mark.parametrize("text", ["kind: Other", "{{ template }}", "- list", ""])
def test_config_map_that_holds_no_configuration_says_nothing(text: str) -> None:
    config_map = resource_of(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: kube-proxy}}\ndata:\n  config.conf: |\n    {text}\n"
    )

    assert list(observed_modes([config_map])) == []
