"""Rewrites and hosts entries of Corefiles: what must be said of them, and what must not."""

from __future__ import annotations

import textwrap
import time
from typing import Any

import pytest

from tests.linting import lint_texts
from tkelint.rule import load_rules

SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: server, namespace: prod}
spec: {type: ClusterIP, selector: {app: server}, ports: [{port: 80}]}
"""
FORWARD = "forward . /etc/resolv.conf"


def block(*lines: str, keys: str = ".:53") -> str:
    return "\n".join([f"{keys} {{", *(f"    {line}" for line in lines), "}\n"])


def said(
    rule: str, corefile: str, manifests: str = SERVICE, config: dict[str, Any] | None = None
) -> list[tuple[int, str]]:
    """Line and severity of what a rule finds in a Corefile."""
    report = lint_texts({"Corefile": corefile, "manifests.yaml": manifests}, config, rules={rule})
    assert report.crashes == ()
    assert {finding.place.source.path for finding in report.findings} <= {"Corefile"}
    return [(finding.place.region.start_line, finding.severity.value) for finding in report.findings]


@pytest.mark.parametrize(
    "line",
    [
        "rewrite name a.example.com server.prod.svc.cluster.local",
        "rewrite name a.example.com SERVER.prod.svc.Cluster.Local.",
        "rewrite name a.example.com absent.unseen.svc.cluster.local",
        "rewrite name a.example.com absent.kube-system.svc.cluster.local",
        "rewrite name a.example.com kubernetes.default.svc.cluster.local",
        "rewrite name a.example.com 10-0-0-1.prod.pod.cluster.local",
        "rewrite name a.example.com your-service.prod.svc.cluster.local",
        "rewrite name a.example.com {$SERVICE}.prod.svc.cluster.local",
        r"rewrite name regex ^(.*)\.example\.com\.$ {1}.prod.svc.cluster.local",
        "rewrite name suffix .example.com .prod.svc.cluster.local",
        "rewrite name a.example.com absent.prod.svc.other.local",
        "rewrite name a.example.com b.example.com\nrewrite name b.example.com absent",
        "rewrite type A AAAA",
        "rewrite name a.example.com",
    ],
)
@pytest.mark.parametrize("rule", ["corefile-rewrite-target-missing"])
def test_nothing_is_missing_that_may_exist(rule: str, line: str) -> None:
    manifests = SERVICE + SERVICE.replace("prod", "kube-system") + SERVICE.replace("prod", "default")

    assert said(rule, block(*line.splitlines(), "kubernetes cluster.local", FORWARD), manifests) == []


def test_missing_target_is_looked_for_where_the_last_rule_leads() -> None:
    corefile = block(
        "rewrite continue name a.example.com b.example.com",
        "rewrite name b.example.com absent.prod.svc.cluster.local",
        "kubernetes cluster.local",
    )

    assert said("corefile-rewrite-target-missing", corefile) == [(3, "warning")]


def test_missing_target_is_not_said_where_an_operator_makes_services() -> None:
    operator = "---\napiVersion: example.com/v1\nkind: Cache\nmetadata: {name: a, namespace: prod}\n"
    corefile = block("rewrite name a.example.com absent.prod.svc.cluster.local", "kubernetes cluster.local")

    assert said("corefile-rewrite-target-missing", corefile, SERVICE + operator) == []
    assert said("corefile-rewrite-target-missing", corefile) == [(2, "warning")]


def test_missing_target_of_several_files_is_reported_in_each() -> None:
    text = block("rewrite name a.example.com absent.prod.svc.cluster.local", "kubernetes cluster.local")
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns}\ndata:\n  Corefile: |\n"
    files = {"Corefile": text, "a.yaml": config_map + textwrap.indent(text, "    "), "b.yaml": SERVICE}

    report = lint_texts(files, rules={"corefile-rewrite-target-missing"})

    assert [(each.place.source.path, each.place.region.start_line) for each in report.findings] == [
        ("Corefile", 2),
        ("a.yaml", 7),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["rewrite name a.example.com localhost", "kubernetes cluster.local"],
        ["rewrite name a.example.com server", "hosts {", "  10.0.0.1 server", "  fallthrough", "}"],
        ["rewrite name a.example.com server", "hosts /etc/coredns/hosts {", "  fallthrough", "}"],
        ["rewrite name a.example.com server", "forward server 10.0.0.1"],
        ["rewrite name a.example.com server", "file /etc/coredns/server.db server"],
        ["rewrite name a.example.com www.example.org", "kubernetes cluster.local"],
        ["rewrite name a.example.com server.corp", "kubernetes cluster.local"],
        ["rewrite name a.example.com svc.cluster.local", "kubernetes cluster.local"],
        ["rewrite name a.example.com cluster.local", "kubernetes cluster.local"],
    ],
)
def test_short_names_that_something_may_know_are_not_reported(lines: list[str]) -> None:
    assert said("corefile-rewrite-target-short", block(*lines)) == []


@pytest.mark.parametrize("keys", [".:53", "example.com"])
def test_short_name_is_reported_in_any_block(keys: str) -> None:
    corefile = block("rewrite name a.example.com server.prod", "kubernetes cluster.local", keys=keys)

    assert said("corefile-rewrite-target-short", corefile) == [(2, "error")]


@pytest.mark.parametrize(
    ("upstreams", "expected"),
    [
        (None, "error"),
        ("forward . /etc/resolv.conf", "warning"),
        ("forward . 183.60.83.19 183.60.82.98", "warning"),
        ("forward . tls://1.1.1.1%dns.example", "warning"),
        ("forward example.org 10.0.0.1", "error"),
        ("forward . /etc/resolv.conf {\n    except cluster.local\n}", "error"),
        ("forward . 10.0.0.10", None),
        ("forward . /etc/coredns/resolv.conf", None),
        ("forward . {$UPSTREAM}", None),
        ("forward {$ZONE} 10.0.0.10", None),
        ("forward . kube-dns.kube-system", None),
        ("forward . 1.1.1.1 10.0.0.10", None),
        ("grpc . 10.0.0.10", None),
        ("import /etc/coredns/extra", None),
    ],
)
@pytest.mark.parametrize("rule", ["corefile-rewrite-target-zone", "corefile-rewrite-no-answer"])
def test_target_is_lost_unless_an_upstream_may_know_it(rule: str, upstreams: str | None, expected: str | None) -> None:
    kubernetes = ["kubernetes k8s.local"] if rule.endswith("zone") else []
    lines = ["rewrite name a.example.com server.prod.svc.cluster.local", *kubernetes]

    found = said(rule, block(*lines, *(upstreams.splitlines() if upstreams else [])))

    assert found == ([(2, expected)] if expected else [])


@pytest.mark.parametrize("rule", ["corefile-rewrite-target-zone", "corefile-rewrite-no-answer"])
def test_target_in_an_unknown_zone_may_be_public(rule: str) -> None:
    kubernetes = ["kubernetes cluster.local"] if rule.endswith("zone") else []
    line = "rewrite name a.example.com api.eu.svc.example.org"

    assert said(rule, block(line, *kubernetes, FORWARD)) == []
    assert said(rule, block(line, *kubernetes)) == [(2, "error")]


def test_zones_that_hold_a_variable_may_be_right() -> None:
    corefile = block("rewrite name a.example.com server.prod.svc.cluster.local", "kubernetes {$ZONE}")

    assert said("corefile-rewrite-target-zone", corefile) == []


@pytest.mark.parametrize(
    "lines",
    [
        [r"rewrite name regex \.example\.com\.$ x.y"],
        [r"rewrite name regex example\.com x.y"],
        [r"rewrite name regex ^a\.com.$ x.y"],
        [r"rewrite name regex a\.com\.?$ x.y"],
        [r"rewrite name regex (a\.com\.|b\.com\.)$ x.y"],
        [r"rewrite name regex ^x\.$|y$ z"],
        [r"rewrite name regex a\S$ z"],
        [r"rewrite name regex a\$ z"],
        [r"rewrite name regex {$PATTERN}$ z"],
        ["rewrite name prefix a b", "rewrite name prefix a.example b"],
        ["rewrite name suffix example.com x.y", "rewrite name suffix .example.com x.y"],
        ["rewrite name a.example.com x.y", "rewrite name b.example.com x.y"],
        ["rewrite continue name a.example.com b.example.org", "rewrite name b.example.org x.y"],
        ["rewrite continue ttl a.example.com 30", "rewrite name a.example.com x.y"],
        ["rewrite name regex ^b(.*)$ x.y", "rewrite name a.example.com x.y"],
    ],
)
def test_rules_that_match_something_are_not_reported(lines: list[str]) -> None:
    assert said("corefile-rewrite-never-matches", block(*lines, keys=".")) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("rewrite name a.example.com x.y", "rewrite name A.example.com. x.z"),
        ("rewrite name suffix .example.com x.y", "rewrite name a.example.com x.z"),
        (r"rewrite name regex .*\.example\.com x.y", "rewrite name a.example.com x.z"),
        ("rewrite stop name a.example.com x.y", "rewrite continue name a.example.com x.z"),
    ],
)
def test_rule_behind_one_that_takes_its_name_is_reported(first: str, second: str) -> None:
    assert said("corefile-rewrite-never-matches", block(first, second)) == [(3, "warning")]
    assert said("corefile-rewrite-never-matches", block(second.replace("continue", "stop"), first))[:1] in (
        [],
        [(3, "warning")],
    )


@pytest.mark.parametrize(
    "keys", ["example.com", "a.example.com:53", ".", "tls://example.com", "{$ZONE}", "example.org {$ZONE}"]
)
def test_rule_for_a_name_of_its_block_is_not_reported(keys: str) -> None:
    expected = [(2, "warning")] if keys.startswith("example.org") else []

    assert said("corefile-rewrite-never-matches", block("rewrite name a.example.com x.y", keys=keys)) == expected


def test_rules_of_a_snippet_may_serve_another_block() -> None:
    snippet = "(rules) {\n    rewrite name a.example.com server.prod.svc.cluster.local\n}\n"
    blocks = block("import rules", "kubernetes cluster.local") + block("import rules", keys="example.org")

    for rule in ("corefile-rewrite-never-matches", "corefile-rewrite-no-answer"):
        assert said(rule, snippet + blocks) == []
    assert said("corefile-rewrite-never-matches", snippet + block("import rules", keys="example.org")) == [
        (2, "warning")
    ]


INGRESS = """\
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: prod
  annotations: {kubernetes.io/ingress.class: qcloud}
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /api, backend: {service: {name: api, port: {number: 80}}}}
"""
SEVERAL = "corefile-rewrite-several-services"


@pytest.mark.parametrize(
    "line",
    [
        "rewrite name shop.example.com web.prod.svc.cluster.local",
        "rewrite name suffix shop.example.com api.prod.svc.cluster.local answer auto",
        r"rewrite name regex ^shop\.(.*)$ web.prod.svc.cluster.local",
    ],
)
def test_host_of_several_services_is_reported_for_each_way_to_rewrite_it(line: str) -> None:
    assert said(SEVERAL, block(line, "kubernetes cluster.local"), INGRESS) == [(2, "warning")]


@pytest.mark.parametrize(
    ("line", "ingress"),
    [
        ("rewrite name shop.example.com nginx.ingress.svc.cluster.local", INGRESS),
        ("rewrite name shop.example.com web.dev.svc.cluster.local", INGRESS),
        ("rewrite name shop.example.com web.prod.svc.cluster.local", INGRESS.replace("name: api", "name: web")),
        ("rewrite name shop.example.com web.prod.svc.cluster.local", INGRESS.replace("class: qcloud", "class: nginx")),
        (
            "rewrite name shop.example.com web.prod.svc.cluster.local",
            INGRESS.replace("shop.example.com", "'*.example.com'"),
        ),
        ("rewrite name www.example.com web.prod.svc.cluster.local", INGRESS),
        ("rewrite name shop.example.com web.prod.svc.other.local", INGRESS),
    ],
    ids=["a controller", "another namespace", "one Service", "another controller", "wildcard", "another host", "zone"],
)
def test_host_is_not_reported_where_one_service_may_do(line: str, ingress: str) -> None:
    assert said(SEVERAL, block(line, "kubernetes cluster.local"), ingress) == []


def test_paths_of_several_ingresses_count_together() -> None:
    first, second = (
        INGRESS.replace("          - {path: /api, backend: {service: {name: api, port: {number: 80}}}}\n", ""),
        INGRESS.replace("          - {path: /, backend: {service: {name: web, port: {number: 80}}}}\n", "").replace(
            "name: shop", "name: api"
        ),
    )
    corefile = block("rewrite name shop.example.com web.prod.svc.cluster.local", "kubernetes cluster.local")

    assert said(SEVERAL, corefile, first) == []
    assert said(SEVERAL, corefile, first + second) == [(2, "warning")]


PORT = "corefile-rewrite-port"
LISTEN_PORTS = "ingress.cloud.tencent.com/listen-ports: '[{\"HTTP\":8080}]'"
TO_SERVER = block("rewrite name shop.example.com server.prod.svc.cluster.local", "kubernetes cluster.local")


def pod(argument: str) -> str:
    metadata = "metadata: {name: a, labels: {app: a}}"
    return f"---\napiVersion: v1\nkind: Pod\n{metadata}\nspec: {{containers: [{{image: a, args: ['{argument}']}}]}}\n"


@pytest.mark.parametrize(
    ("manifests", "reported"),
    [
        (SERVICE + INGRESS, False),
        (SERVICE.replace("80", "8080") + INGRESS, True),
        (
            SERVICE.replace("80", "8080")
            + INGRESS.replace("qcloud}", "qcloud, ingress.cloud.tencent.com/listen-ports: '[{\"HTTP\":8080}]'}"),
            False,
        ),
        (SERVICE + INGRESS.replace("spec:", "spec:\n  tls: [{secretName: a}]"), True),
        (SERVICE + pod("http://shop.example.com/x"), False),
        (SERVICE + pod("https://shop.example.com/x"), True),
        (SERVICE + pod("shop.example.com:9090"), True),
        (SERVICE + pod("shop.example.com"), False),
        (SERVICE + pod("--public-url=https://shop.example.com"), False),
        (SERVICE + INGRESS.replace("qcloud", "nginx"), False),
        (SERVICE.replace("80", "8080") + SERVICE + INGRESS, False),
        (SERVICE.replace("ports: [{port: 80}]", "clusterIP: None, ports: [{port: 1}]") + INGRESS, False),
        (SERVICE.replace("ports: [{port: 80}]", "ports: ['${PORT}']") + INGRESS, False),
        (SERVICE.replace("port: 80", "port: '80'") + INGRESS, False),
        (SERVICE.replace("name: server", "name: other") + INGRESS, False),
    ],
)
def test_port_of_clients_is_compared_with_those_of_the_service(manifests: str, reported: bool) -> None:
    assert said(PORT, TO_SERVER, manifests) == ([(2, "warning")] if reported else [])


def test_port_finding_shows_the_call_and_the_ports() -> None:
    report = lint_texts({"Corefile": TO_SERVER, "a.yaml": SERVICE + pod("https://shop.example.com")}, rules={PORT})

    (finding,) = report.findings
    assert finding.message["en"] == (
        "'shop.example.com' is rewritten to 'Service prod/server', which only has 80, but 'Pod a' calls the host on port "
        "443: DNS does not change the port."
    )
    assert [related.text["en"] for related in finding.related] == [
        "'Pod a' calls 'shop.example.com' on port 443",
        "the ports of 'Service prod/server'",
    ]


HOSTS = "corefile-hosts-without-fallthrough"


@pytest.mark.parametrize(
    ("lines", "keys", "reported"),
    [
        (["hosts {", "  10.0.0.1 a.b", "}", "kubernetes cluster.local"], ".", True),
        (["hosts {", "  10.0.0.1 a.b", "}", FORWARD], ".", True),
        (["hosts", FORWARD], ".", True),
        (["hosts {", "  10.0.0.1 a.b", "}"], ".", False),
        (["hosts {", "  10.0.0.1 a.b", "  fallthrough", "}", "kubernetes cluster.local", FORWARD], ".", False),
        (["hosts {", "  10.0.0.1 a.b", "  fallthrough cluster.local", "}", "kubernetes cluster.local"], ".", False),
        (["hosts {", "  10.0.0.1 a.b", "  fallthrough b", "}", "kubernetes cluster.local"], ".", True),
        (["hosts /etc/hosts b {", "  10.0.0.1 a.b", "}", "kubernetes cluster.local", FORWARD], ".", False),
        (["hosts /etc/hosts svc.cluster.local {", "}", "kubernetes cluster.local"], ".", False),
        (["hosts {$FILE} {$ZONE}", "kubernetes cluster.local"], ".", False),
        (["hosts", "import /etc/extra"], ".", False),
        (["hosts {", "  10.0.0.1 a.b", "}", "kubernetes cluster.local"], "b", False),
        (["hosts {", "  10.0.0.1 a.b", "}", "forward example.org 10.0.0.1"], "b", False),
        (["hosts {", "  10.0.0.1 a.b", "}", "forward . 10.0.0.1"], "b", True),
    ],
)
def test_hosts_without_fallthrough_keep_what_others_should_answer(lines: list[str], keys: str, reported: bool) -> None:
    assert said(HOSTS, block(*lines, keys=keys)) == ([(2, "error")] if reported else [])


def test_hosts_entry_of_a_snippet_may_serve_another_block() -> None:
    snippet = "(names) {\n    hosts {\n        10.0.0.1 a.example.com\n        fallthrough\n    }\n}\n"
    blocks = block("import names") + block("import names", keys="example.org")

    assert said("corefile-hosts-entry-ignored", snippet + blocks) == []
    assert said("corefile-hosts-entry-ignored", snippet + block("import names", keys="example.org")) == [(3, "warning")]


@pytest.mark.parametrize(
    ("lines", "keys", "reported"),
    [
        (["kubernetes cluster.local"], "example.org", True),
        (["kubernetes cluster.local", "rewrite type ANY A"], "example.org", False),
        (["kubernetes cluster.local", "autopath @kubernetes"], "example.org", False),
        (["kubernetes cluster.local", "import /etc/extra"], "example.org", False),
        (["kubernetes cluster.local"], "{$ZONE}", False),
        (["kubernetes {$ZONE}"], "example.org", False),
        (["kubernetes"], "example.org", False),
        (["kubernetes in-addr.arpa"], "example.org", False),
        (["kubernetes cluster.local"], "svc.cluster.local", False),
        (["kubernetes cluster.local"], "local", False),
        (["kubernetes cluster.local"], "example.org .", False),
    ],
)
def test_kubernetes_in_a_block_of_another_zone_is_reported(lines: list[str], keys: str, reported: bool) -> None:
    expected = [(2, "error")] if reported else []

    assert said("corefile-kubernetes-zone-unreachable", block(*lines, keys=keys)) == expected


INTERNAL = """\
---
apiVersion: v1
kind: Service
metadata:
  name: lb
  annotations: {service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d}
spec: {type: LoadBalancer, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 10.0.0.12}]}}
"""


@pytest.mark.parametrize(
    ("manifests", "config", "reported"),
    [
        (INTERNAL, {}, True),
        (INTERNAL, {"cluster": {"kubeProxyMode": "ipvs"}}, True),
        (INTERNAL, {"cluster": {"kubeProxyMode": "iptables"}}, False),
        (INTERNAL.replace("10.0.0.12", "10.0.0.13"), {}, False),
        (INTERNAL.replace("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", "x"), {}, False),
        (INTERNAL.replace("8d}", '8d, service.cloud.tencent.com/prevent-loopback: "true"}'), {}, False),
        (INTERNAL.replace("type: LoadBalancer", "type: ClusterIP"), {}, False),
    ],
    ids=["mode unknown", "ipvs", "iptables", "another address", "public", "prevent-loopback", "no CLB"],
)
def test_hosts_entry_of_a_clb_that_can_loop_is_reported(manifests: str, config: dict[str, Any], reported: bool) -> None:
    corefile = block("hosts {", "  10.0.0.12 a.example.com", "  fallthrough", "}", "kubernetes cluster.local")

    assert said("corefile-hosts-points-to-clb", corefile, manifests, config) == ([(3, "warning")] if reported else [])


def test_large_corefiles_take_time_in_proportion() -> None:
    count = 2_000
    lines = [f"rewrite name h{number}.example.com s{number}.prod.svc.cluster.local" for number in range(count)]
    lines += [f"rewrite name h{number}.example.com again" for number in range(count)]
    lines += ["hosts {", *(f"  10.0.0.1 e{number}.example.com" for number in range(count)), "  fallthrough", "}"]
    lines += [f"unknown{number} x" for number in range(count)]
    pods = "".join(pod(f"http://h{number}.example.com:1") for number in range(count))
    rules = {rule for rule in load_rules() if rule.startswith("corefile-")}

    start = time.perf_counter()
    report = lint_texts({"Corefile": block(*lines, "kubernetes cluster.local"), "a.yaml": SERVICE + pods}, rules=rules)

    assert report.crashes == ()
    assert len(report.findings) == 3 * count
    assert time.perf_counter() - start < 30  # rule by rule, or word by word, it would take an hour
