"""Ports of Services: what the API server says of them, and at which field."""

from __future__ import annotations

import pytest

from tests.linting import lint_texts
from tkelint.report import Report

RULES = {
    "service-port-duplicate",
    "service-port-invalid",
    "service-port-name-missing",
    "service-node-port-duplicate",
    "service-node-port-range",
}


def lint_ports(ports: str, type_: str = "NodePort") -> Report:
    spec = f"{{type: {type_}, selector: {{app: web}}, ports: {ports}}}"
    text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {spec}\n"
    report = lint_texts(text, rules=RULES)
    assert report.crashes == ()
    return report


@pytest.mark.parametrize(
    ("ports", "field", "rule"),
    [
        ("[{port: '80'}]", "spec.ports[0].port", "service-port-invalid"),
        ("[{port: true}]", "spec.ports[0].port", "service-port-invalid"),
        ("[{port: 80.5}]", "spec.ports[0].port", "service-port-invalid"),
        ("[{port: -1}]", "spec.ports[0].port", "service-port-invalid"),
        ("[{port: 80, targetPort: '8080'}]", "spec.ports[0].targetPort", "service-port-invalid"),
        ("[{port: 80, targetPort: Http}]", "spec.ports[0].targetPort", "service-port-invalid"),
        ("[{port: 80, targetPort: web--http}]", "spec.ports[0].targetPort", "service-port-invalid"),
        ("[{port: 80, targetPort: [8080]}]", "spec.ports[0].targetPort", "service-port-invalid"),
        ("[{port: 80, protocol: tcp}]", "spec.ports[0].protocol", "service-port-invalid"),
        ("[{port: 80, protocol: [TCP]}]", "spec.ports[0].protocol", "service-port-invalid"),
        ("[{port: 80, name: 80}]", "spec.ports[0].name", "service-port-invalid"),
        ("[{port: 80, name: -web}]", "spec.ports[0].name", "service-port-invalid"),
        ("[{port: 80, nodePort: 29999}]", "spec.ports[0].nodePort", "service-node-port-range"),
        ("[{port: 80, nodePort: 32768}]", "spec.ports[0].nodePort", "service-node-port-range"),
        ("[{port: 80}, {port: 81, name: b}]", "spec.ports[0].port", "service-port-name-missing"),
        ("[{name: a, port: 80}, {name: a, port: 81}]", "spec.ports[1].name", "service-port-name-missing"),
        ("[{name: a, port: 80}, {name: b, port: 80, protocol: TCP}]", "spec.ports[1].port", "service-port-duplicate"),
        (
            "[{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 30080}]",
            "spec.ports[1].nodePort",
            "service-node-port-duplicate",
        ),
    ],
)
def test_port_is_refused_at_the_field_that_is_wrong(ports: str, field: str, rule: str) -> None:
    found = [(finding.field, finding.rule_id) for finding in lint_ports(ports).findings]

    assert found == [(field, rule)]


@pytest.mark.parametrize(
    "ports",
    [
        "[{port: 1, targetPort: 65535}]",
        "[{port: 80, targetPort: a, nodePort: 32767}]",
        "[{port: 80, targetPort: abcdefghijklmno}]",
        "[{port: 80, targetPort: 1-a}]",
        "[{port: 80, name: 123-abc}]",
        "[{port: 80, protocol: SCTP}]",
        "[{port: 80, protocol: ''}]",
        "[{port: 80, nodePort: null, targetPort: null, name: null, protocol: null}]",
        "[{port: '{{ port }}'}]",
        "[{port: {{ port }}}]",
        "[{port: $PORT}]",
        "[null, text, 80, [port, 80]]",
        "{port: 80}",
        "[]",
        "null",
        "80",
    ],
)
def test_port_that_is_right_or_unreadable_is_passed_over(ports: str) -> None:
    assert [(finding.rule_id, finding.message["en"]) for finding in lint_ports(ports).findings] == []


def test_node_port_is_refused_on_a_stated_cluster_ip_only() -> None:
    ports = "[{port: 80, nodePort: 30080}]"

    assert [finding.field for finding in lint_ports(ports, "ClusterIP").findings] == ["spec.ports[0].nodePort"]
    assert lint_ports(ports, "null").findings == ()
    assert lint_ports("[{port: 80, nodePort: 0}]", "ClusterIP").findings == ()


def test_value_is_quoted_as_the_file_spells_it() -> None:
    (finding,) = lint_ports('[{port: "0x50"}]').findings

    assert '"0x50"' in finding.message["en"]


def test_many_services_with_one_node_port_take_linear_time() -> None:
    spec = "spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}\n"
    head = "apiVersion: v1\nkind: Service\nmetadata: {name: s%d}\n"
    files = {f"examples/e{number}/service.yaml": head % number + spec for number in range(2000)}

    assert lint_texts(files, rules={"service-node-port-duplicate"}).findings == ()
