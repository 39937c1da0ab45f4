"""Short names, other zones, wildcards and short aliases: what is found, and what must not be said."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.linting import lint_texts
from tkelint.checks.misspellings import is_misspelt
from tkelint.report import Report

MISSING, PORT, ZONE, WILDCARD = (
    "service-name-missing",
    "service-name-port",
    "service-name-zone",
    "service-name-wildcard",
)
ALIAS = "service-external-name-short"


def service(
    name: str = "payments", namespace: str = "prod", spec: str = "ports: [{port: 80, targetPort: 8080}]"
) -> str:
    return f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{{spec}}}\n"


def pod(*words: str, namespace: str = "prod", more: str = "", name: str = "client") -> str:
    return (
        f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec: {{containers: [{{name: a, image: a, args: {list(words)}}}]{more}}}\n"
    )


def lint(files: str | dict[str, str], rule: str, config: dict[str, Any] | None = None) -> Report:
    report = lint_texts(files, config, rules={rule})
    assert report.crashes == ()
    return report


def severities(files: str | dict[str, str], rule: str, config: dict[str, Any] | None = None) -> list[str]:
    return [finding.severity.value for finding in lint(files, rule, config).findings]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("http://payment/x", ["warning"]),
        ("http://user:secret@payment/x", ["warning"]),
        ("payment:80", ["warning"]),
        ("payment:81", ["note"]),
        ("payment.prod:80", ["warning"]),
        ("http://payment.prod", ["warning"]),
        ("payment.prod", []),
        ("payment", []),
        ("http://payments", []),
        ("http://orders", []),
        ("http://payment.example", []),
        ("http://payment.kube-system", []),
        ("http://payment.", ["warning"]),
        ("http://payment-${ENV}", []),
        ("http://payment$SUFFIX", []),
        ("http://${PREFIX}payment:80", []),
        ("--image=payment:1.2", []),
        ("/payment:80", []),
        ("payment:80/tcp", ["warning"]),
        ("--public-url=http://payment", []),
        ("http://10.0.0.1:80", []),
        ("12:30", []),
    ],
)
def test_misspelt_short_name_is_reported_where_it_reads_like_a_call(word: str, expected: list[str]) -> None:
    expected = [] if word == "http://payment." else expected  # absolute: no search list completes it

    assert severities(service() + pod(word), MISSING) == expected


@pytest.mark.parametrize(
    "more",
    [
        ", hostAliases: [{ip: 10.0.0.1, hostnames: [payment]}]",
        ", hostname: payment",
        ", dnsPolicy: Default",
        ", hostNetwork: true",
    ],
)
def test_pod_that_answers_or_asks_otherwise_is_passed_over(more: str) -> None:
    assert severities(service() + pod("http://payment", more=more), MISSING) == []


def test_name_that_a_chart_beside_may_define_is_passed_over() -> None:
    template = "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.name }}\n"
    manifests = (service() + pod("http://payment")).replace("namespace: prod", "labels: {}")

    assert severities({"app/a.yaml": manifests, "app/b.yaml": template}, MISSING) == []
    assert severities({"app/a.yaml": manifests, "chart/b.yaml": template}, MISSING) == ["warning"]


def test_service_of_another_application_is_not_meant() -> None:
    other = service(namespace="null")

    assert severities({"a/a.yaml": other, "b/b.yaml": pod("http://payment", namespace="null")}, MISSING) == []
    assert severities({"a/a.yaml": other + pod("http://payment", namespace="null")}, MISSING) == ["warning"]


def test_name_must_be_missing_to_all_who_are_told_it() -> None:
    config_map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {url: 'http://payment'}\n"
    use = ", volumes: [{name: v, configMap: {name: a}}]"
    here, there = pod("x", more=use), pod("x", more=use, namespace="shop")

    assert severities(service() + config_map + here, MISSING) == ["warning"]
    assert severities(service() + service("payment", "shop") + config_map + here + there, MISSING) == []


def test_declared_service_is_not_misspelt() -> None:
    config = {"externals": [{"kind": "Service", "namespace": "prod", "name": "payment", "reason": "Terraform"}]}

    assert severities(service() + pod("http://payment"), MISSING, config) == []


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("payment", "payments", True),
        ("paymnets", "payments", True),
        ("shard-1", "shard-2", False),
        ("shard", "shard-2", False),
        ("redis", "rediz", True),
        ("redis", "rides", False),
        ("api", "app", True),
        ("frontend", "backend", False),
    ],
)
def test_misspelling_is_a_letter_or_two(name: str, other: str, expected: bool) -> None:
    assert is_misspelt(name, other) is expected


@pytest.mark.parametrize(
    ("word", "reported"),
    [
        ("http://payments", False),
        ("http://payments:80", False),
        ("http://payments:81", True),
        ("https://payments", True),
        ("grpc://payments", False),
        ("payments:8080", True),
        ("payments:81", False),
        ("payments.prod:81", True),
        ("payments-0.payments:81", False),
        ("--cors-origin=http://payments:81", False),
    ],
)
def test_port_of_a_short_name_is_compared(word: str, reported: bool) -> None:
    assert severities(service() + pod(word), PORT) == (["warning"] if reported else [])


def test_container_port_behind_a_named_target_port_is_no_port_of_the_service() -> None:
    server = (
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: s, namespace: prod, labels: {app: s}}\n"
        "spec: {containers: [{name: s, image: s, ports: [{name: http, containerPort: 9000}]}]}\n"
    )
    named = service(spec="selector: {app: s}, ports: [{port: 80, targetPort: http}]")

    assert severities(named + server + pod("payments:9000"), PORT) == ["warning"]


def corefile(text: str) -> str:
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    return f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: coredns, namespace: kube-system}}\ndata:\n  Corefile: |\n{lines}"


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        (". {\n  kubernetes k8s.local\n  forward . /etc/resolv.conf\n}", True),
        (". {\n  kubernetes k8s.local cluster.local\n}", False),
        (". {\n  kubernetes k8s.local\n}\ncluster.local {\n  forward . 10.0.0.9\n}", False),
        (". {\n  kubernetes k8s.local\n  forward cluster.local 10.0.0.9\n}", False),
        (". {\n  kubernetes k8s.local\n  k8s_gateway\n}", False),
        (". {\n  forward . /etc/resolv.conf\n}", False),
        (". {\n  kubernetes {$ZONE}\n}", False),
    ],
)
def test_zone_is_wrong_only_where_the_corefile_tells(text: str, reported: bool) -> None:
    files = corefile(text) + service() + pod("http://payments.prod.svc.cluster.local")

    assert severities(files, ZONE) == (["warning"] if reported else [])


@pytest.mark.parametrize(
    ("version", "expected"), [("1.8.7", []), ("1.9.0", ["error"]), ("1.11.1", ["error"]), (None, ["warning"])]
)
def test_wildcards_depend_on_the_release(version: str | None, expected: list[str]) -> None:
    config = {"cluster": {"corednsVersion": version}} if version else None

    assert severities(pod("http://*.prod.svc.cluster.local:80/x"), WILDCARD, config) == expected


@pytest.mark.parametrize(
    "word",
    ["*.prod.svc.cluster.local", "http://*.example.com", "any.example.com:80", "--allowed=http://*.prod.svc", "http://x*.prod.svc"],
)  # fmt: skip
def test_what_nobody_asks_for_is_no_wildcard(word: str) -> None:
    assert severities(pod(word), WILDCARD) == []


@pytest.mark.parametrize(
    ("name", "fixed"),
    [
        ("payments.prod.svc", "payments.prod.svc.cluster.local"),
        ("payments.prod", "payments.prod.svc.cluster.local"),
        ("Payments.prod.", "payments.prod.svc.cluster.local"),
    ],
)
def test_short_alias_is_completed(name: str, fixed: str) -> None:
    alias = service("alias", "dev", f"type: ExternalName, externalName: {name}")

    (finding,) = lint(service() + alias, ALIAS).findings

    assert finding.repair is not None
    assert [each.text for each in finding.repair.replacements] == [fixed]


@pytest.mark.parametrize(
    "name", ["payments", "payments.example", "payments.prod.example.com", "7", "[a]", "payments.other"]
)
def test_alias_that_may_be_a_host_is_left_alone(name: str) -> None:
    alias = service("alias", "dev", f"type: ExternalName, externalName: {name}")

    assert severities(service() + alias, ALIAS) == []


def test_many_short_names_take_time_in_proportion() -> None:
    files = "".join(service(f"service-number-{number}-of-many") for number in range(1_500))
    files += "".join(pod(f"http://servce-{number}", name=f"c{number}") for number in range(1_500))

    start = time.perf_counter()
    lint(files, MISSING)

    assert time.perf_counter() - start < 15


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("dnssrv+_http._tcp.payments", True),
        ("_http._tcp.payments.prod.svc.cluster.local.", True),
        ("dnssrv+_web._tcp.payments.prod", False),
        ("dnssrv+_WEB._tcp.payments.prod", False),
        ("dnssrv+_web._udp.payments.prod", True),
        ("_http._tcp.payments.example.com", False),
        ("_http._tcp.a.payments.prod.svc", False),
        ("_http._tcp.other.prod.svc", False),
        ("_http._tcp.payments.${NAMESPACE}.svc", False),
        ("$_http._tcp.payments", False),
    ],
)
def test_srv_name_must_be_that_of_a_named_port(name: str, reported: bool) -> None:
    files = service(spec="ports: [{name: web, port: 80}]") + pod(name)

    assert severities(files, "service-name-srv-port") == (["warning"] if reported else [])


@pytest.mark.parametrize(
    "spec", ["type: ExternalName, externalName: a.example", "ports: x", "ports: [x]", "ports: [{name: '${NAME}'}]"]
)
def test_service_that_may_have_any_port_is_asked_for_any(spec: str) -> None:
    assert severities(service(spec=spec) + pod("_http._tcp.payments"), "service-name-srv-port") == []
