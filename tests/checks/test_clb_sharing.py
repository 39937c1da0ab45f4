"""Who shares a CLB: many users of one, several files, and what counts as one object."""

from __future__ import annotations

import time

import pytest

from tests.linting import lint_texts, resource_of, resources_of, workspace_of
from tkelint.checks.nearby import are_alternatives, chance_to_meet
from tkelint.clb_uses import clb_uses

SHARING = {"clb-listener-conflict", "clb-sharing-discouraged", "clb-shared-security-differs", "clb-too-many-listeners"}


def service(name: str, ports: str = "{port: 80}", clb: str = "lb-6swtabcd", namespace: str = "") -> str:
    """A Service on an existing CLB."""
    where = f", namespace: {namespace}" if namespace else ""
    return (
        f"apiVersion: v1\nkind: Service\n"
        f"metadata: {{name: {name}{where}, annotations: {{service.kubernetes.io/tke-existed-lbid: {clb}}}}}\n"
        f"spec: {{type: LoadBalancer, ports: [{ports}]}}\n---\n"
    )


def test_users_and_claims_are_found_by_the_id_of_the_clb() -> None:
    uses = workspace_of(
        service("web")
        + service("dns", "{port: 80, protocol: UDP}, {name: b, port: 81}")
        + service("other", clb="lb-1")
        + service("sample", clb="lb-xxxxxxxx")
        + "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        "metadata: {name: shop, annotations: {kubernetes.io/ingress.existLbId: lb-1}}\n"
        "spec: {tls: [{secretName: a}], rules: []}\n"
    ).once(clb_uses)

    assert {clb: [user.name for user in users] for clb, users in uses.users.items()} == {
        "lb-6swtabcd": ["web", "dns"],
        "lb-1": ["other", "shop"],
    }
    assert sorted(uses.claims) == [
        ("lb-1", "TCP", 80),
        ("lb-1", "TCP", 443),
        ("lb-6swtabcd", "TCP", 80),
        ("lb-6swtabcd", "TCP", 81),
        ("lb-6swtabcd", "UDP", 80),
    ]


def test_thousands_of_services_on_one_clb_take_no_quadratic_time() -> None:
    text = "".join(service(f"web-{number}", f"{{port: {number % 60000 + 1}}}") for number in range(3000))
    started = time.process_time()

    report = lint_texts(text, rules=SHARING)

    assert report.crashes == ()
    assert time.process_time() - started < 20
    assert [each.rule_id for each in report.findings if each.rule_id == "clb-too-many-listeners"] != []


def test_services_on_one_port_are_each_reported_once() -> None:
    text = "".join(service(f"web-{number}") for number in range(300))

    findings = lint_texts(text, rules={"clb-listener-conflict"}).findings

    assert len(findings) == 299


def test_service_with_more_ports_than_a_clb_has_listeners_is_reported() -> None:
    ports = ", ".join(f"{{name: p{number}, port: {number}}}" for number in range(1, 52))
    text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{type: LoadBalancer, ports: [{ports}]}}\n"

    (finding,) = lint_texts(text, rules={"clb-too-many-listeners"}).findings

    assert "makes 51 listeners on its CLB, which may have 50" in finding.message["en"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a/web.yaml", "a/web.yaml", "certain"),
        ("a/web.yaml", "a/api.yaml", "likely"),
        ("a/web.yaml", "b/api.yaml", "likely"),
    ],
)
def test_objects_without_namespace_meet_for_certain_in_one_file_alone(first: str, second: str, expected: str) -> None:
    one, other = resource_of(service("web"), first), resource_of(service("api"), second)

    assert chance_to_meet(one, other) == expected


def test_objects_with_namespaces_in_one_folder_meet_for_certain() -> None:
    one = resource_of(service("web", namespace="prod"), "a/web.yaml")
    other = resource_of(service("api", namespace="shop"), "a/api.yaml")

    assert chance_to_meet(one, other) == "certain"


def test_one_name_in_two_namespaces_is_two_objects() -> None:
    one, other, loose = resources_of(
        service("web", namespace="a") + service("web", namespace="b") + service("web"), "a/web.yaml"
    )

    assert not are_alternatives(one, other)
    assert are_alternatives(one, loose)
    assert chance_to_meet(one, loose) == ""
