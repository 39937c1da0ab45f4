"""What the fixes of Ingresses and their controllers make of a text: the finding is gone, and nothing else has changed."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.linting import lint_texts, resource_of

if TYPE_CHECKING:
    from tkelint.problem import Finding


def repaired(text: str, rule: str, config: dict[str, object] | None = None) -> tuple[str, bool]:
    """The text after every repair of a rule, from the last place to the first, and whether all are safe."""
    findings = lint_texts({"a.yaml": text}, config, rules={rule}).findings
    repairs = [finding.repair for finding in findings if finding.repair is not None]
    assert repairs
    changes = sorted(
        (change for repair in repairs for change in repair.replacements), key=lambda each: -each.place.span.start
    )
    for place, replacement in changes:
        text = text[: place.span.start] + replacement + text[place.span.end :]
    assert _remaining(text, rule, config) == []
    return text, all(repair.safe for repair in repairs)


def _remaining(text: str, rule: str, config: dict[str, object] | None) -> list[Finding]:
    return list(lint_texts({"a.yaml": text}, config, rules={rule, "manifest-syntax-error"}).findings)


OLD = textwrap.dedent("""\
    apiVersion: extensions/v1beta1
    kind: Ingress
    metadata: {name: shop, annotations: {kubernetes.io/ingress.class: qcloud}}
    spec:
      backend: {serviceName: web, servicePort: 80}
      rules:
      - host: shop.example.com
        http:
          paths:
          - path: /  # the shop
            backend:
              serviceName: web
              servicePort: "80"
          - {path: /api, backend: {serviceName: api, servicePort: http}}
    """)


@pytest.mark.parametrize(("version", "safe"), [("1.26.1", True), (None, False)])
def test_beta_version_becomes_v1(version: str | None, *, safe: bool) -> None:
    config = {"cluster": {"kubernetesVersion": version}} if version else None
    text, is_safe = repaired(OLD, "ingress-api-version-removed", config)
    ingress = resource_of(text)

    assert is_safe is safe
    assert "# the shop" in text
    assert ingress.api_version == "networking.k8s.io/v1"
    assert ingress.get("spec", "defaultBackend") == {"service": {"name": "web", "port": {"number": 80}}}
    assert not ingress.has("spec", "backend")
    assert ingress.get("spec", "rules", 0, "http", "paths") == [
        {
            "path": "/",
            "pathType": "ImplementationSpecific",
            "backend": {"service": {"name": "web", "port": {"number": 80}}},
        },
        {
            "path": "/api",
            "pathType": "ImplementationSpecific",
            "backend": {"service": {"name": "api", "port": {"name": "http"}}},
        },
    ]


@pytest.mark.parametrize("backend", ["{serviceName: '${NAME}', servicePort: 80}", "{serviceName: web}", "web", "{}"])
def test_beta_version_with_a_backend_that_is_not_understood_stays(backend: str) -> None:
    text = OLD.replace("{serviceName: api, servicePort: http}", backend)
    (finding,) = lint_texts(text, rules={"ingress-api-version-removed"}).findings

    assert finding.repair is None


LATEST = textwrap.dedent("""\
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: shop, annotations: {kubernetes.io/ingress.class: qcloud}}
    spec:
      rules:
      - host: HOST
        http:
          paths:
          - path: PATH
            TYPE
            backend: BACKEND
    """)
GOOD = {
    "HOST": "shop.example.com",
    "PATH": "/",
    "TYPE": "pathType: Prefix",
    "BACKEND": "{service: {name: web, port: {number: 80}}}",
}


@pytest.mark.parametrize(
    ("rule", "key", "wrong", "right", "safe"),
    [
        ("ingress-host-invalid", "HOST", "'Shop.Example.com'", "shop.example.com", True),
        ("ingress-path-regular-expression", "PATH", "/static/*", "/static/", False),
        ("ingress-path-type-invalid", "TYPE", "pathType: prefix", "Prefix", True),
        ("ingress-backend-malformed", "BACKEND", "{serviceName: web, servicePort: 80}", None, True),
        ("ingress-backend-malformed", "BACKEND", "{service: {name: web, port: 80}}", None, True),
        ("ingress-backend-malformed", "BACKEND", "{service: {name: web, port: http}}", None, True),
        ("ingress-backend-malformed", "BACKEND", '{service: {name: web, port: {number: "80"}}}', None, True),
    ],
)  # fmt: skip
def test_value_is_written_as_it_was_meant(rule: str, key: str, wrong: str, right: str | None, *, safe: bool) -> None:
    text = LATEST
    for name, value in {**GOOD, key: wrong}.items():
        text = text.replace(name, value)

    after, is_safe = repaired(text, rule)

    assert is_safe is safe
    assert right is None or right in after


def test_host_and_its_certificate_lose_their_capitals_together() -> None:
    text = LATEST.replace("spec:\n", "spec:\n  tls: [{hosts: [HOST, Other.example.com], secretName: cert}]\n")
    for name, value in {**GOOD, "HOST": "Shop.example.com"}.items():
        text = text.replace(name, value)

    after, is_safe = repaired(text, "ingress-host-invalid")

    assert is_safe
    assert resource_of(after).get("spec", "tls", 0, "hosts") == ["shop.example.com", "Other.example.com"]


def test_path_gets_the_type_of_the_samples() -> None:
    text = LATEST.replace("        TYPE\n", "")
    for name, value in GOOD.items():
        text = text.replace(name, value)

    after, is_safe = repaired(text, "ingress-path-type-invalid")

    assert is_safe
    assert resource_of(after).get("spec", "rules", 0, "http", "paths", 0, "pathType") == "ImplementationSpecific"


def test_rule_that_stands_twice_is_taken_out_once() -> None:
    text = LATEST
    for name, value in GOOD.items():
        text = text.replace(name, value)
    path = textwrap.indent(
        "- path: /\n  pathType: Prefix\n  backend: {service: {name: web, port: {number: 80}}}\n", " " * 6
    )

    after, is_safe = repaired(text + path, "ingress-rule-duplicate")

    assert is_safe
    assert resource_of(after).value == resource_of(text).value


def test_programs_behind_sleep_are_run_by_a_shell() -> None:
    text = textwrap.dedent("""\
        apiVersion: v1
        kind: Pod
        metadata: {name: nginx}
        spec:
          containers:
          - name: nginx
            image: nginx
            lifecycle:
              preStop:
                exec:
                  command:
                  - sleep
                  - 30s
                  - /wait-shutdown
        """)

    after, is_safe = repaired(text, "pre-stop-sleep-arguments")

    assert not is_safe
    assert resource_of(after).get("spec", "containers", 0, "lifecycle", "preStop", "exec", "command") == [
        "/bin/sh", "-c", "sleep 30s && /wait-shutdown",
    ]  # fmt: skip
