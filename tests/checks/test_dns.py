"""Service names in settings: which are looked up, where they are reported, and what must not be said."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.linting import lint_texts
from tkelint.report import Report
from tkelint.service_names import DEFAULT_ZONE, ServiceName, service_name

MISSING, PORT = "service-name-missing", "service-name-port"

SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: payments, namespace: prod}
spec: {selector: {app: payments}, ports: [{port: 80}, {port: 9000}]}
"""


def pod(*words: str, name: str = "client", more: str = "") -> str:
    return (
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: dev}}\n"
        f"spec: {{containers: [{{name: a, image: a, args: {list(words)}{more}}}]}}\n"
    )


def lint(*documents: str, rule: str = MISSING, config: dict[str, Any] | None = None) -> Report:
    report = lint_texts("".join(documents), config, rules={rule})
    assert report.crashes == ()
    return report


def severities(report: Report) -> list[str]:
    return [finding.severity.value for finding in report.findings]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web.prod.svc", ServiceName("web", "prod")),
        ("Web.Prod.SVC.cluster.local.", ServiceName("web", "prod")),
        ("web-0.web.prod.svc.cluster.local", ServiceName("web", "prod", "web-0")),
        ("_http._tcp.web.prod.svc.cluster.local", ServiceName("web", "prod", "_http._tcp")),
        ("svc.svc.svc", ServiceName("svc", "svc")),
        ("web.prod", None),
        ("web.prod.svc.cluster", None),
        ("web.prod.svc.example.com", None),
        ("web.svc.cluster.local", None),
        ("a.b.c.web.prod.svc.cluster.local", None),
        ("..svc", None),
        ("svc", None),
        ("", None),
    ],
)
def test_service_is_read_off_a_name(name: str, expected: ServiceName | None) -> None:
    assert service_name(name, {DEFAULT_ZONE}) == expected


@pytest.mark.parametrize(
    "host",
    [
        "payments.prod.svc.cluster.local",
        "PAYMENTS.prod.svc",
        "payments-0.payments.prod.svc",
        "orders.unseen.svc.cluster.local",
        "orders.kube-system.svc",
        "kubernetes.default.svc.cluster.local",
        "orders.prod.svc.other.local",
        "orders.prod",
        "your-service.prod.svc",
        "orders-xxxxx.prod.svc",
    ],
)
def test_names_that_may_be_right_are_not_reported(host: str) -> None:
    others = SERVICE.replace("prod", "kube-system") + SERVICE.replace("prod", "default")

    assert severities(lint(SERVICE, others, pod(f"http://{host}/x"))) == []


def test_missing_service_is_reported_with_the_nearest_name() -> None:
    (finding,) = lint(SERVICE, pod("http://payment.prod.svc:80/x")).findings

    assert finding.message["en"] == (
        "'payment.prod.svc' names the Service 'payment', but namespace 'prod' has none of this name (Services looked "
        "through: 1); the nearest is 'payments'."
    )
    assert [related.place.region.start_line for related in finding.related] == [4]


def test_missing_service_without_a_near_name_is_reported() -> None:
    (finding,) = lint(SERVICE, pod("http://zzz.prod.svc")).findings

    assert "nearest" not in finding.message["en"]
    assert finding.related == ()


def test_weak_mention_is_a_note() -> None:
    assert severities(lint(SERVICE, pod("--public-url=http://payment.prod.svc"))) == ["note"]


def test_zone_of_the_cluster_is_that_of_its_corefile() -> None:
    corefile = (
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: coredns}\n"
        "data: {Corefile: '. {\n\n  kubernetes k8s.local\n\n  }'}\n"
    )

    assert severities(lint(SERVICE, corefile, pod("http://payment.prod.svc.k8s.local"))) == ["warning"]
    assert severities(lint(SERVICE, corefile, pod("http://payment.prod.svc.cluster.local"))) == []


def test_declared_service_is_not_missing() -> None:
    config = {"externals": [{"kind": "Service", "namespace": "prod", "name": "payment", "reason": "Terraform"}]}

    assert severities(lint(SERVICE, pod("http://payment.prod.svc"), config=config)) == []


def test_service_in_a_file_that_cannot_be_read_is_not_missing() -> None:
    broken = "---\napiVersion: v1\nkind: Service\nmetadata: {name: payment, namespace: prod}\nspec: {\n"

    assert severities(lint(SERVICE, pod("http://payment.prod.svc"), broken)) == []


def test_text_that_many_workloads_use_is_reported_once() -> None:
    config_map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: dev}\ndata: {url: 'http://payment.prod.svc'}\n"
    more = ", envFrom: [{configMapRef: {name: a}}]"
    clients = [pod("x", name=f"client{number}", more=more) for number in range(3)]

    assert severities(lint(SERVICE, config_map, *clients)) == ["warning"]


def test_external_name_is_looked_up() -> None:
    alias = "---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: ExternalName, externalName: %s}\n"

    assert severities(lint(SERVICE, alias % "payment.prod.svc.cluster.local")) == ["warning"]
    assert severities(lint(SERVICE, alias % "payments.prod.svc.cluster.local.")) == []
    assert severities(lint(SERVICE, alias % "[payment.prod.svc]")) == []


@pytest.mark.parametrize(
    ("word", "reported"),
    [
        ("http://payments.prod.svc", False),
        ("http://payments.prod.svc:9000", False),
        ("payments.prod.svc:9001", True),
        ("payments.prod:9001", True),
        ("https://payments.prod.svc.cluster.local", True),
        ("payments.prod.svc", False),
        ("payments-0.payments.prod.svc:9001", False),
        ("payments.dev:9001", False),
        ("payments.prod.example:9001", False),
        ("--public-url=http://payments.prod.svc:9001", False),
    ],
)
def test_called_port_is_compared_with_those_of_the_service(word: str, reported: bool) -> None:
    assert severities(lint(SERVICE, pod(word), rule=PORT)) == (["warning"] if reported else [])


@pytest.mark.parametrize(
    "spec",
    [
        "{clusterIP: None, ports: [{port: 1}]}",
        "{type: ExternalName, externalName: a.example, ports: [{port: 1}]}",
        "{ports: []}",
        "{}",
        "{ports: [{port: '${PORT}'}]}",
        "{ports: [{port: 1}, x]}",
    ],
)
def test_services_whose_ports_decide_nothing_are_passed_over(spec: str) -> None:
    service = SERVICE.partition("spec:")[0] + f"spec: {spec}\n"
    expected = ["warning"] if spec.endswith("x]}") else []

    assert severities(lint(service, pod("payments.prod.svc:9001"), rule=PORT)) == expected


def test_service_without_a_namespace_does_not_answer_to_a_short_name() -> None:
    service = SERVICE.replace(", namespace: prod", "")

    assert severities(lint(service, pod("payments.prod:9001"), rule=PORT)) == []
    assert severities(lint(service, pod("payments.prod.svc:9001"), rule=PORT)) == ["warning"]


def test_many_names_take_time_in_proportion() -> None:
    services = "".join(SERVICE.replace("payments", f"s{number}") for number in range(1_000))
    clients = "".join(pod(f"http://s{number}.prod.svc:9001", name=f"c{number}") for number in range(1_000))

    start = time.perf_counter()
    report = lint(services, clients, rule=PORT)

    assert len(report.findings) == 1_000
    assert time.perf_counter() - start < 10
