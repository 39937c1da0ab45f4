"""Backends of Ingresses: which Services and ports count as found, and whose Ingresses are judged."""

from __future__ import annotations

import pytest

from tests.linting import lint_texts
from tkelint.report import Report

RULES = {
    "ingress-backend-service-missing",
    "ingress-backend-port-missing",
    "ingress-rule-duplicate",
    "ingress-rules-empty",
}


def ingress(backends: str, *, annotations: str = "{}", class_: str = "qcloud") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: shop, namespace: prod, annotations: {annotations}}}
spec: {{ingressClassName: {class_}, rules: [{{http: {{paths: [{backends}]}}}}]}}
"""


def backend(service: str, port: str) -> str:
    path = f"/{service}{port.strip('{}').replace(': ', '')}"
    return f"{{path: {path}, backend: {{service: {{name: {service}, port: {port}}}}}}}"


def service(name: str, ports: str) -> str:
    return f"""\
---
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: prod}}
spec: {{ports: {ports}}}
"""


def said(report: Report) -> list[tuple[str, str, str]]:
    assert report.crashes == ()
    return [(finding.rule_id, finding.severity.value, finding.field) for finding in report.findings]


def test_backend_port_may_be_a_number_or_a_name() -> None:
    text = ingress(", ".join([backend("web", "{number: 80}"), backend("web", "{name: http}")]))

    assert said(lint_texts(text + service("web", "[{name: http, port: 80}]"), rules=RULES)) == []


@pytest.mark.parametrize("port", ["{number: 8080}", "{name: https}"])
def test_backend_port_that_is_missing_is_reported_at_the_port(port: str) -> None:
    key = port.strip("{").partition(":")[0]

    report = lint_texts(ingress(backend("web", port)) + service("web", "[{name: http, port: 80}]"), rules=RULES)

    field = f"spec.rules[0].http.paths[0].backend.service.port.{key}"
    assert said(report) == [("ingress-backend-port-missing", "error", field)]


def test_port_that_is_a_target_port_points_at_the_entry_that_was_meant() -> None:
    text = ingress(backend("web", "{number: 8080}"))

    (finding,) = lint_texts(text + service("web", "[{name: http, port: 80, targetPort: 8080}]"), rules=RULES).findings

    assert "that is the targetPort of its port 80 (http)" in finding.message["en"]
    assert finding.related[0].text["en"] == "the ports of 'Service prod/web'"


def test_missing_service_is_said_once_however_many_paths_name_it() -> None:
    text = ingress(", ".join([backend("frontned", "{number: 80}"), backend("frontned", "{number: 81}")]))

    report = lint_texts(text + service("frontend", "[{port: 80}]"), rules=RULES)

    assert [rule for rule, _, _ in said(report)] == ["ingress-backend-service-missing"]
    assert "the nearest is 'Service prod/frontend'" in report.findings[0].message["en"]


def test_service_that_may_be_in_an_unread_file_is_not_missing() -> None:
    files = {
        "ingress.yaml": ingress(backend("web", "{number: 80}")),
        "other.yaml": service("api", "[{port: 80}]"),
        "broken.yaml": "kind: Service\nmetadata: {name: web\n",
    }

    assert said(lint_texts(files, rules=RULES)) == []


def test_service_that_does_not_say_its_namespace_may_be_the_backend() -> None:
    unset = service("web", "[{port: 80}]").replace(", namespace: prod", "")

    assert said(lint_texts(ingress(backend("web", "{number: 80}")) + unset, rules=RULES)) == []


@pytest.mark.parametrize(
    ("class_", "annotations"),
    [
        ("nginx", "{}"),
        ("nginx-public", "{kubernetes.io/ingress.rule-mix: 'false'}"),
        ("qcloud", "{kubernetes.io/ingress.class: nginx}"),
        ("''", "{nginx.ingress.kubernetes.io/rewrite-target: /}"),
    ],
)
def test_ingress_of_another_controller_is_not_judged(class_: str, annotations: str) -> None:
    text = ingress(
        f"{backend('web', '{number: 80}')}, {backend('web', '{number: 80}')}", class_=class_, annotations=annotations
    )

    assert said(lint_texts(text + service("api", "[{port: 80}]"), rules=RULES)) == []


@pytest.mark.parametrize(
    "spec",
    ["null", "text", "{rules: text}", "{rules: [text]}", "{rules: [{http: {paths: [null]}}]}",
     "{rules: [{http: {paths: text}}]}", "{rules: [{http: {paths: [{backend: text}]}}]}",
     "{rules: [{http: {paths: [{backend: {service: text}}]}}]}",
     "{rules: [{http: {paths: [{backend: {service: {name: [a], port: b}}}]}}]}",
     "{rules: [{host: [a], http: {paths: [{path: 1, backend: {serviceName: a, servicePort: {b: c}}}]}}]}"],
)  # fmt: skip
def test_odd_shapes_are_passed_over(spec: str) -> None:
    text = f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: shop, namespace: prod}}\nspec: {spec}\n"

    assert said(lint_texts(text, rules=RULES)) == []


def test_declared_ports_of_an_external_service_are_compared() -> None:
    external = {"kind": "Service", "namespace": "prod", "name": "db-*", "ports": [5432, "admin"], "reason": "x"}
    text = ingress(", ".join(backend("db-a", port) for port in ("{number: 5432}", "{name: admin}", "{number: 80}")))

    assert [finding.message["en"] for finding in lint_texts(text, {"externals": [external]}, rules=RULES).findings] == [
        "Service 'db-a' is declared under externals without a port '80'; its ports are 5432, admin."
    ]


def test_port_that_no_service_has_beside_a_target_port_of_another_type() -> None:
    report = lint_texts(
        "{apiVersion: v1, kind: Service, metadata: {name: shop}, spec: {ports: [{port: 80, targetPort: {x: http}}]}}\n---\n"
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: shop}, spec: {ingressClassName: qcloud, rules: ["
        "{http: {paths: [{path: /, backend: {service: {name: shop, port: {number: 8080}}}}]}}]}}",
        rules={"ingress-backend-port-missing"},
    )

    assert report.crashes == ()
    assert [finding.rule_id for finding in report.findings] == ["ingress-backend-port-missing"]
