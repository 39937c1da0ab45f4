"""NodeLocal DNSCache: what is joined, and what must not be said."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.linting import lint_texts, workspace_of
from tkelint.node_local_dns import node_caches
from tkelint.report import Report

BIND, INVALID, MISMATCH = "node-local-dns-bind-missing", "node-local-dns-address-invalid", "node-local-dns-address-mismatch"  # fmt: skip
CLUSTER_IP, UPSTREAM, ZONE = "node-local-dns-binds-cluster-ip", "node-local-dns-upstream-missing", "node-local-dns-zone-missing"  # fmt: skip
UNUSED, BYPASSED = "node-local-dns-unused", "corefile-bypassed-by-node-local-dns"


def config_map(corefile: str, name: str = "node-local-dns") -> str:
    lines = "".join(f"    {line}\n" for line in corefile.splitlines())
    return (
        f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: kube-system}}\n"
        f"data:\n  Corefile: |\n{lines}"
    )


def daemon_set(*args: str, image: str = "k8s-dns-node-cache:1.22.20", more: str = "hostNetwork: true") -> str:
    return (
        "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: node-local-dns, namespace: kube-system}\n"
        f"spec: {{template: {{metadata: {{labels: {{a: b}}}}, spec: {{{more}, containers: "
        f"[{{name: c, image: 'registry.k8s.io/dns/{image}', args: {list(args)}}}], "
        "volumes: [{name: v, configMap: {name: node-local-dns}}]}}}\n"
    )


def lint(*documents: str, rule: str, config: dict[str, Any] | None = None) -> Report:
    report = lint_texts("".join(documents), config, rules={rule})
    assert report.crashes == ()
    return report


def severities(*documents: str, rule: str, config: dict[str, Any] | None = None) -> list[str]:
    return [finding.severity.value for finding in lint(*documents, rule=rule, config=config).findings]


@pytest.mark.parametrize(
    "args",
    [
        ["-localip", "169.254.20.10, 172.16.0.10", "-setupiptables=false"],
        ["--localip=169.254.20.10,172.16.0.10", "--setupiptables", "--setupiptables=0"],
        ["sh", "-c", "exec /node-cache -localip 169.254.20.10,172.16.0.10 -setupiptables=f"],
    ],
    ids=["two words", "one word", "shell"],
)
def test_flags_are_joined_with_the_daemon_set(args: list[str]) -> None:
    if " " in args[1]:
        args = [args[0], args[1].replace(" ", ""), *args[2:]]
    (cache,) = node_caches(workspace_of(daemon_set(*args)))

    assert [item.text for item in cache.local_addresses] == ["169.254.20.10", "172.16.0.10"]
    assert cache.is_in_host_network
    assert cache.is_switched_off("setupiptables")
    assert not cache.is_switched_off("setupinterface")


def test_each_address_has_its_own_place() -> None:
    (finding,) = lint(daemon_set("-localip=169.254.20.10,kube-dns"), rule=INVALID).findings

    region = finding.place.region
    assert region.end_column - region.start_column == len("kube-dns")


def test_other_images_are_no_node_cache() -> None:
    assert node_caches(workspace_of(daemon_set("-localip", "x", image="coredns:1.9.3"))) == ()


@pytest.mark.parametrize("value", ["$(LOCAL_IP)", "fe80::1", "169.254.20.10", "${IP}", "<local-ip>"])
def test_address_that_may_be_right_is_not_invalid(value: str) -> None:
    assert severities(daemon_set("-localip", value), rule=INVALID) == []


@pytest.mark.parametrize(
    ("corefile", "more", "expected"),
    [
        (". {\n  forward . 1.2.3.4\n}", "hostNetwork: true", ["error"]),
        (". {\n  forward . 1.2.3.4\n}", "hostNetwork: false", []),
        (". {\n  import more\n}", "hostNetwork: true", []),
        (". {\n  bind 169.254.20.10\n  forward . 1.2.3.4\n}", "hostNetwork: true", []),
        (". {\n}", "hostNetwork: true", []),
    ],
)
def test_block_without_bind_is_reported_in_the_network_of_the_node(
    corefile: str, more: str, expected: list[str]
) -> None:
    assert severities(config_map(corefile), daemon_set(more=more), rule=BIND) == expected


@pytest.mark.parametrize(
    ("bind", "args", "reported"),
    [
        ("169.254.25.10", ["-localip", "169.254.20.10"], True),
        ("169.254.20.10 169.254.25.10", ["-localip", "169.254.20.10"], True),
        ("169.254.20.10", ["-localip", "169.254.20.10,172.16.0.10"], False),
        ("nodelocaldns", ["-localip", "169.254.20.10"], False),
        ("0.0.0.0", ["-localip", "169.254.20.10"], False),  # noqa: S104 - nothing is bound
        ("__PILLAR__LOCAL__DNS__", ["-localip", "169.254.20.10"], False),
        ("169.254.25.10", ["-localip", "169.254.20.10", "-setupinterface=false"], False),
        ("169.254.25.10", ["-localip", "169.254.20.10,__PILLAR__DNS__SERVER__"], False),
        ("169.254.25.10", [], False),
    ],
)
def test_bound_addresses_are_those_of_the_interface(bind: str, args: list[str], reported: bool) -> None:
    corefile = config_map(f". {{\n  bind {bind}\n  forward . 1.2.3.4\n}}")

    assert severities(corefile, daemon_set(*args), rule=MISMATCH) == (["error"] if reported else [])


@pytest.mark.parametrize(
    ("mode", "address", "expected"),
    [
        ("ipvs", "172.16.0.10", ["warning"]),
        ("ipvs", "169.254.20.10", []),
        ("ipvs", "8.8.8.8", []),
        ("iptables", "172.16.0.10", []),
    ],
)
def test_private_address_is_a_cluster_ip_in_ipvs_mode(mode: str, address: str, expected: list[str]) -> None:
    config = {"cluster": {"kubeProxyMode": mode}}

    assert severities(daemon_set("-localip", address), rule=CLUSTER_IP, config=config) == expected


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("{selector: {k8s-app: kube-dns}, ports: [{port: 53}]}", []),
        ("{ports: [{port: 53}]}", []),
        ("{selector: {k8s-app: kube-dns}, ports: [{port: 5353}]}", ["error"]),
        ("{selector: {app: a}, ports: [{port: 53}]}", ["error"]),
    ],
)
def test_upstream_service_leads_to_coredns(service: str, expected: list[str]) -> None:
    upstream = f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: up, namespace: kube-system}}\nspec: {service}\n"
    corefile = config_map("cluster.local {\n  forward . __PILLAR__CLUSTER__DNS__\n}")

    assert severities(upstream, corefile, daemon_set("-upstreamsvc", "up"), rule=UPSTREAM) == expected


@pytest.mark.parametrize(
    ("corefile", "reported"),
    [
        (". {\n  forward . /etc/resolv.conf\n}", True),
        (". {\n  forward . __PILLAR__UPSTREAM__SERVERS__\n}", True),
        (". {\n  forward . 183.60.83.19\n}", True),
        (". {\n  forward . 172.16.0.10\n}", False),
        (". {\n  forward . /etc/resolv.conf {\n    except cluster.local\n  }\n}", False),
        (". {\n  forward . __PILLAR__CLUSTER__DNS__\n}", False),
        ("cluster.local {\n  forward . 172.16.0.10\n}\n. {\n  forward . /etc/resolv.conf\n}", False),
        ("local {\n  forward . 172.16.0.10\n}\n. {\n  forward . /etc/resolv.conf\n}", False),
        ("__PILLAR__DNS__DOMAIN__ {\n  forward . 172.16.0.10\n}\n. {\n  forward . /etc/resolv.conf\n}", False),
        (". {\n  cache\n}", False),
    ],
)
def test_zone_of_the_cluster_is_forwarded_to_the_cluster(corefile: str, reported: bool) -> None:
    assert severities(config_map(corefile), rule=ZONE) == (["error"] if reported else [])


def test_kubelet_that_names_the_cache_uses_it() -> None:
    kubelet = (
        "---\napiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: [169.254.20.10]\n"
    )
    cache = daemon_set("-localip", "169.254.20.10", "-setupiptables=false")

    assert severities(cache, rule=UNUSED) == ["note"]
    assert severities(cache, kubelet, rule=UNUSED) == []


HOSTS = "  hosts {\n    10.0.0.1 b.example.com\n    fallthrough\n  }\n"
COREDNS = """\
. {
  rewrite name a.example.com web.prod.svc.cluster.local
  rewrite name inside.svc.cluster.local web.prod.svc.cluster.local
  hosts {
    10.0.0.1 b.example.com
    fallthrough
  }
  kubernetes cluster.local
}
corp.example {
  forward . 10.0.0.53
}
"""


@pytest.mark.parametrize(
    ("cache", "expected"),
    [
        (". {\n  forward . /etc/resolv.conf\n}", ["a.example.com", "b.example.com", "corp.example"]),
        (". {\n  forward . 172.16.0.10\n}", []),
        ("example.com {\n  forward . 172.16.0.10\n}\n. {\n  forward . /etc/resolv.conf\n}", ["corp.example"]),
        (f". {{\n{HOSTS}  forward . /etc/resolv.conf {{\n    except corp.example\n  }}\n}}", ["a.example.com"]),
        (". {\n  k8s_gateway\n  forward . /etc/resolv.conf\n}", []),
    ],
)
def test_names_that_the_cache_does_not_bring_to_coredns_are_reported(cache: str, expected: list[str]) -> None:
    report = lint(config_map(COREDNS, "coredns"), config_map(cache), rule=BYPASSED)

    assert [finding.message["en"].split("'")[1] for finding in report.findings] == expected


def test_cache_in_a_network_of_its_own_may_be_redirected_to() -> None:
    cache = daemon_set("-localip", "169.254.20.10", "-setupiptables=false", more="hostNetwork: false")

    assert severities(cache, rule=UNUSED) == []


def test_many_names_take_time_in_proportion() -> None:
    rewrites = "".join(f"  rewrite name a{number}.example.com b\n" for number in range(3_000))
    coredns = config_map(f". {{\n{rewrites}}}", "coredns")

    start = time.perf_counter()
    report = lint(coredns, config_map(". {\n  forward . /etc/resolv.conf\n}"), rule=BYPASSED)

    assert len(report.findings) == 3_000
    assert time.perf_counter() - start < 15
