"""Security groups of nodes and of CLBs: what a declared one says, and when none is asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.linting import lint_texts
from tkelint.report import Report

SERVICE = "service-node-ports-closed"
INGRESS = "ingress-node-ports-closed"
HTTPS = "ingress-https-port-closed"
KEEPALIVE = "ingress-keepalive-source-blocked"


def cluster(*allow: str, **facts: Any) -> dict[str, Any]:
    return {"cluster": {"nodeSecurityGroup": {"allow": list(allow)}, **facts}}


def service(ports: str = "[{port: 80}]", annotations: str = "{}", type_: str = "LoadBalancer") -> str:
    return f"""\
apiVersion: v1
kind: Service
metadata: {{name: web, namespace: prod, annotations: {annotations}}}
spec: {{type: {type_}, selector: {{app: web}}, ports: {ports}}}
"""


def ingress(annotations: str = "{}", tls: str = "[]") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: shop, namespace: prod, annotations: {annotations}}}
spec:
  ingressClassName: qcloud
  tls: {tls}
  rules: [{{http: {{paths: [{{path: /, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}}}]
"""


def keepalive(field: str = "keepaliveEnable: 1") -> str:
    return f"""\
---
apiVersion: cloud.tencent.com/v1alpha1
kind: TkeServiceConfig
metadata: {{name: shop, namespace: prod}}
spec: {{loadBalancer: {{l7Listeners: [{{protocol: HTTP, port: 80, {field}}}]}}}}
"""


def severities(report: Report) -> list[str]:
    assert report.crashes == ()
    return [finding.severity.value for finding in report.findings]


@pytest.mark.parametrize(
    ("allow", "ports", "expected"),
    [
        (["22/tcp"], "[{port: 80}]", ["error"]),
        (["30000-32767/tcp"], "[{port: 80}]", []),
        (["30000-32767/tcp"], "[{port: 80, protocol: UDP}]", ["error"]),
        (["30000-32767/udp"], "[{port: 80, protocol: UDP}]", []),
        (["30000-30100/tcp"], "[{port: 80}]", ["warning"]),
        (["30000-30100/tcp"], "[{port: 80, nodePort: 30080}]", []),
        (["30000-30100/tcp"], "[{port: 80, nodePort: 30180}]", ["error"]),
        (["30000-31000/tcp", "31001-32767/tcp from 10.0.0.0/8"], "[{port: 80}]", []),
        (["10.0.0.0/8"], "[{port: 80}]", []),
        (["100.64.0.0/10"], "[{port: 80}]", ["error"]),
        (["100.127.0.0/16", "22/tcp"], "[{port: 80}]", ["error"]),
        (
            ["22/tcp"],
            "[{name: a, port: 80}, {name: b, port: 81}, {name: c, port: 82, protocol: UDP}]",
            ["error", "error"],
        ),
        (["22/tcp"], "[{port: 80, protocol: SCTP}]", []),
        (["22/tcp"], "null", []),
    ],
)
def test_node_ports_are_held_against_the_nodes_security_group(
    allow: list[str], ports: str, expected: list[str]
) -> None:
    assert severities(lint_texts(service(ports), cluster(*allow), rules={SERVICE})) == expected


@pytest.mark.parametrize(
    "annotations",
    [
        "{service.cloud.tencent.com/pass-to-target: 'true'}",
        "{service.cloud.tencent.com/direct-access: 'true'}",
        "{service.kubernetes.io/service.extensiveParameters: '{\"LoadBalancerPassToTarget\":true}'}",
    ],
)
def test_nodes_are_not_asked_when_the_clb_passes_or_binds_pods(annotations: str) -> None:
    assert severities(lint_texts(service(annotations=annotations), cluster("22/tcp"), rules={SERVICE})) == []


@pytest.mark.parametrize(
    ("clb", "expected"),
    [({}, ["warning"]), ({"passToTarget": False}, ["error"]), ({"passToTarget": True}, [])],
    ids=["undeclared", "asks", "passes"],
)
def test_existing_clb_may_pass_by_default(clb: dict[str, Any], expected: list[str]) -> None:
    annotations = "{service.kubernetes.io/tke-existed-lbid: lb-6swtabcd}"
    config = cluster("22/tcp", clbs={"lb-6swtabcd": {"network": "public", **clb}})

    assert severities(lint_texts(service(annotations=annotations), config, rules={SERVICE})) == expected


@pytest.mark.parametrize("facts", [{"clusterKind": "serverless"}, {"controllerVersion": "v2.11.0"}])
def test_nodes_are_not_asked_where_direct_access_is_or_may_be_the_default(facts: dict[str, Any]) -> None:
    assert severities(lint_texts(service(), cluster("22/tcp", **facts), rules={SERVICE})) == []


def test_ingress_is_reported_once_for_all_of_its_backends() -> None:
    text = (
        ingress() + "---\n" + service("[{name: a, port: 80}, {name: b, port: 81, nodePort: 31000}]", type_="NodePort")
    )

    (finding,) = lint_texts(text, cluster("22/tcp"), rules={INGRESS}).findings

    assert finding.field == "spec.rules[0].http.paths[0].backend.service.name"
    assert "30000-32767/TCP" in finding.message["en"]
    assert finding.related[0].label == "Service prod/web"


@pytest.mark.parametrize("type_", ["ClusterIP", "ExternalName", "null"])
def test_backend_without_node_ports_says_nothing_of_them(type_: str) -> None:
    text = ingress() + "---\n" + service(type_=type_)

    assert severities(lint_texts(text, cluster("22/tcp"), rules={INGRESS})) == []


def test_ingress_with_keepalive_is_held_against_the_clbs_own_range_instead() -> None:
    annotations = "{ingress.cloud.tencent.com/tke-service-config: shop}"
    text = ingress(annotations) + "---\n" + service(type_="NodePort") + keepalive()
    rules = {INGRESS, KEEPALIVE}

    closed = lint_texts(text, cluster("22/tcp"), rules=rules)
    open_to_clb = lint_texts(text, cluster("100.127.0.0/16"), rules=rules)

    assert [finding.rule_id for finding in closed.findings] == [KEEPALIVE]
    assert severities(open_to_clb) == []


@pytest.mark.parametrize(
    ("allow", "expected"),
    [
        (["100.127.0.0/16"], []),
        (["100.64.0.0/10"], []),
        (["30000-32767/tcp"], []),
        (["30000-32767/tcp from 100.127.0.0/16"], []),
        (["30080/tcp"], []),
        (["100.127.1.0/24"], ["warning"]),
        (["30000-32767/tcp from 10.0.0.0/8"], ["error"]),
        (["100.64.0.0/16"], ["error"]),
    ],
)
def test_keepalive_source_is_held_against_the_nodes_security_group(allow: list[str], expected: list[str]) -> None:
    annotations = "{ingress.cloud.tencent.com/tke-service-config: shop}"
    text = ingress(annotations) + "---\n" + service("[{port: 80, nodePort: 30080}]", type_="NodePort") + keepalive()

    assert severities(lint_texts(text, cluster(*allow), rules={KEEPALIVE})) == expected


def test_keepalive_source_meets_the_security_group_of_pods_with_direct_access() -> None:
    annotations = (
        "{ingress.cloud.tencent.com/tke-service-config: shop, ingress.cloud.tencent.com/direct-access: 'true'}"
    )
    text = ingress(annotations) + "---\n" + service() + keepalive()

    assert severities(lint_texts(text, cluster("100.127.0.0/16"), rules={KEEPALIVE})) == ["warning"]


@pytest.mark.parametrize(
    "field", ["keepaliveEnable: 0", "snatEnable: false", "keepaliveEnable: '1'", "keepaliveEnable: null"]
)
def test_listener_that_keeps_the_clients_address_needs_no_opening(field: str) -> None:
    text = ingress("{ingress.cloud.tencent.com/tke-service-config: shop}") + keepalive(field)

    assert severities(lint_texts(text, cluster("22/tcp"), rules={KEEPALIVE})) == []


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("sg-http0001", ["error"]),
        ("'sg-http0001, sg-http0002'", ["error"]),
        ("'sg-http0001,sg-https001'", []),
        ("'sg-http0001,sg-unknown1'", []),
        ("sg-unknown1", []),
        ("sg-office01", []),
        ("''", []),
        ("' , '", []),
        ("[sg-http0001]", []),
    ],
)
def test_https_port_is_held_against_every_group_of_the_clb(groups: str, expected: list[str]) -> None:
    declared = {
        "sg-http0001": {"allow": ["80/tcp"]},
        "sg-http0002": {"allow": ["80/tcp", "443/udp"]},
        "sg-https001": {"allow": ["443/tcp"]},
        "sg-office01": {"allow": ["443/tcp from 192.0.2.0/24"]},
    }
    text = ingress(f"{{ingress.cloud.tencent.com/security-groups: {groups}}}", tls="[{secretName: cert}]")

    assert severities(lint_texts(text, {"cluster": {"securityGroups": declared}}, rules={HTTPS})) == expected
