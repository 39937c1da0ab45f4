"""Terms of anti-affinity between a client and the server behind an internal CLB that it calls."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.linting import lint_texts
from tkelint.report import Report

NOT_EFFECTIVE, NO_PLACEMENT = "anti-affinity-not-effective", "daemon-set-calls-own-clb"
SERVER = {"labelSelector": {"matchLabels": {"app": "server"}}, "topologyKey": "kubernetes.io/hostname"}

SERVICE = """\
---
apiVersion: v1
kind: Service
metadata:
  name: server
  namespace: prod
  annotations: {service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d%s}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerIP: 10.0.0.12, selector: {app: server}, ports: [{port: 80}]}
"""


def workload(
    name: str,
    anti_affinity: object = None,
    kind: str = "Deployment",
    args: str = "x",
    namespace: str = "prod",
    **more: Any,
) -> str:
    spec: dict[str, Any] = {"containers": [{"name": "a", "image": "a:1", "args": [args]}], **more}
    if anti_affinity is not None:
        spec["affinity"] = {"podAntiAffinity": anti_affinity}
    body = {"template": {"metadata": {"labels": {"app": name}}, "spec": spec}}
    return f"---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {json.dumps(body)}\n"


def required(*terms: object) -> dict[str, object]:
    return {"requiredDuringSchedulingIgnoredDuringExecution": list(terms)}


def preferred(*terms: object) -> dict[str, object]:
    weighted = [{"weight": 1, "podAffinityTerm": term} for term in terms]
    return {"preferredDuringSchedulingIgnoredDuringExecution": weighted}


def lint(*documents: str, rule: str, config: dict[str, Any] | None = None) -> Report:
    report = lint_texts("".join(documents), config, rules={rule})
    assert report.crashes == ()
    return report


@pytest.mark.parametrize(
    ("anti_affinity", "said"),
    [
        (preferred(SERVER), "only preferred"),
        (required({**SERVER, "topologyKey": "example.com/rack"}), "'example.com/rack'"),
        (required({**SERVER, "topologyKey": ["a"]}), "topologyKey"),
        (required(SERVER), None),
        (required({**SERVER, "topologyKey": "topology.kubernetes.io/zone"}), None),
        ({**preferred(SERVER), **required(SERVER)}, None),
        (preferred({**SERVER, "labelSelector": {"matchLabels": {"app": "client"}}}), None),
        (preferred({**SERVER, "labelSelector": {}}), None),
        (preferred({**SERVER, "labelSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}), None),
        (preferred("x", {}), None),
        (None, None),
    ],
)
def test_term_is_judged_by_what_it_covers(anti_affinity: object, said: str | None) -> None:
    client = workload("client", anti_affinity, args="--api=10.0.0.12:80")

    findings = lint(SERVICE % "", workload("server"), client, rule=NOT_EFFECTIVE).findings

    assert len(findings) == (said is not None)
    assert not said or said in findings[0].message["en"]


def test_term_of_the_server_counts_as_well() -> None:
    client = workload("client", args="--api=10.0.0.12:80")
    meant = {**SERVER, "labelSelector": {"matchLabels": {"app": "client"}}}

    assert len(lint(SERVICE % "", workload("server", preferred(meant)), client, rule=NOT_EFFECTIVE).findings) == 1
    assert lint(SERVICE % "", workload("server", required(meant)), client, rule=NOT_EFFECTIVE).findings == ()


@pytest.mark.parametrize(
    ("more", "config"),
    [
        (', service.cloud.tencent.com/prevent-loopback: "true"', None),
        ("", {"cluster": {"kubeProxyMode": "iptables"}}),
    ],
)
def test_nothing_is_said_where_nothing_loops(more: str, config: dict[str, Any] | None) -> None:
    client = workload("client", preferred(SERVER), args="--api=10.0.0.12:80")
    agent = workload("agent", kind="DaemonSet", args="--api=10.0.0.12:80")

    for rule in (NOT_EFFECTIVE, NO_PLACEMENT):
        assert lint(SERVICE % more, workload("server"), client, agent, rule=rule, config=config).findings == ()


@pytest.mark.parametrize("where", ["namespaces", "namespaceSelector"])
def test_namespaces_of_a_term_are_heeded(where: str) -> None:
    service = (SERVICE % "").replace("namespace: prod", "namespace: shop")
    server = workload("server", namespace="shop")
    named = {**SERVER, where: ["shop"] if where == "namespaces" else {}}

    for term, expected in ((SERVER, 1), (named, 0)):
        client = workload("client", required(term), args="--api=10.0.0.12:80")
        assert len(lint(service, server, client, rule=NOT_EFFECTIVE).findings) == expected


@pytest.mark.parametrize(
    ("client", "server", "expected"),
    [
        ({}, {}, 1),
        ({"nodeSelector": {"a": "b"}}, {}, 0),
        ({}, {"nodeName": "n"}, 0),
        ({"affinity": {"nodeAffinity": {"x": "y"}}}, {}, 0),
    ],
)
def test_daemon_set_is_beside_the_server_unless_nodes_are_chosen(
    client: dict[str, Any], server: dict[str, Any], expected: int
) -> None:
    agent = workload("agent", kind="DaemonSet", args="--api=10.0.0.12:80", **client)

    findings = lint(SERVICE % "", workload("server", **server), agent, rule=NO_PLACEMENT).findings

    assert len(findings) == expected
