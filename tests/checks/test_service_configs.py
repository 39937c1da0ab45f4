"""TkeServiceConfigs: exact places, words and repairs, and what matches those who use one."""

from __future__ import annotations

import pytest

from tests.linting import lint_texts, resource_of
from tkelint.problem import Finding
from tkelint.service_configs import entries, is_generated, settings

HEAD = "apiVersion: cloud.tencent.com/v1alpha1\nkind: TkeServiceConfig\nmetadata: {name: shop, namespace: prod}\n"


def findings_of(text: str, *rules: str) -> list[Finding]:
    report = lint_texts(text, rules=rules)
    assert report.crashes == ()
    return list(report.findings)


def l4(entry: str) -> str:
    return HEAD + f"spec: {{loadBalancer: {{l4Listeners: [{entry}]}}}}\n"


def l7(*domains: str, protocol: str = "HTTP", port: int = 80, more: str = "") -> str:
    listed = ", ".join(domains)
    return (
        HEAD
        + f"spec: {{loadBalancer: {{l7Listeners: [{{protocol: {protocol}, port: {port}, {more}domains: [{listed}]}}]}}}}\n"
    )


def ingress(name: str, *rules: tuple[str, str], annotations: str = "", tls: bool = False) -> str:
    """An Ingress that uses `shop`, with a host and a path for each rule."""
    listed = ", ".join(
        f"{{host: '{host}', http: {{paths: [{{path: '{path}', backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}}}"
        for host, path in rules
    ).replace("host: '', ", "")
    return (
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        f"metadata: {{name: {name}, namespace: prod, annotations: {{ingress.cloud.tencent.com/tke-service-config: shop, {annotations}}}}}\n"
        f"spec: {{ingressClassName: qcloud, {'tls: [{secretName: cert}], ' if tls else ''}rules: [{listed}]}}\n"
    )


def service(ports: str, annotations: str = "") -> str:
    return (
        "---\napiVersion: v1\nkind: Service\n"
        f"metadata: {{name: web, namespace: prod, annotations: {{service.cloud.tencent.com/tke-service-config: shop, {annotations}}}}}\n"
        f"spec: {{type: LoadBalancer, selector: {{app: web}}, ports: {ports}}}\n"
    )


def repaired(text: str, *rules: str) -> str:
    """The text with every repair of its findings written."""
    changes = [change for found in findings_of(text, *rules) if found.repair for change in found.repair.replacements]
    for place, replacement in sorted(changes, key=lambda change: change.place.span, reverse=True):
        text = text[: place.span.start] + replacement + text[place.span.end :]
    return text


@pytest.mark.parametrize(
    ("entry", "after"),
    [
        ("{protocol: tcp, port: 80}", "{protocol: TCP, port: 80}"),
        ('{protocol: TCP, port: "80"}', "{protocol: TCP, port: 80}"),
        ("{protocol: TCP, port: 80, session: {enable: ture}}", "{protocol: TCP, port: 80, session: {enable: true}}"),
        ("{protocol: TCP, port: 80, session: {enabled: 1}}", "{protocol: TCP, port: 80, session: {enable: true}}"),
        ("{protocol: TCP, port: 80, session: {enable: true, enabled: true}}", None),
        ("{protocol: TCP, port: 80, session: {enable: maybe}}", None),
        ('{protocol: TCP, port: "99999"}', None),
        ("{protocol: TCP, port: 80, sheduler: WRR}", None),
    ],
)
def test_repairs_of_fields(entry: str, after: str | None) -> None:
    rules = [f"tkeserviceconfig-{name}" for name in ("unknown-field", "field-type", "field-value")]

    assert findings_of(l4(entry), *rules)
    assert repaired(l4(entry), *rules) == l4(after or entry)


def test_repair_of_kind_and_version() -> None:
    text = "apiVersion: v1\nkind: TKEServiceConfig\nmetadata: {name: shop}\n"

    assert repaired(text, "tkeserviceconfig-wrong-kind").startswith(
        "apiVersion: cloud.tencent.com/v1alpha1\nkind: TkeServiceConfig\n"
    )


def test_repair_of_hexadecimal_digits_in_lower_case() -> None:
    check = "{enable: true, checkType: CUSTOM, contextType: HEX, sendContext: 00ff, recvContext: F0}"
    text = l4(f"{{protocol: UDP, port: 53, healthCheck: {check}}}")

    assert 'sendContext: "00FF"' in repaired(text, "tkeserviceconfig-health-check-context")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{protocol: TCP, port: 0}", "spec.loadBalancer.l4Listeners[0].port is 0, but must be 1 to 65535."),
        (
            "{protocol: TCP, port: 80, session: {enable: true, sessionExpireTime: 9}}",
            "spec.loadBalancer.l4Listeners[0].session.sessionExpireTime is 9, but must be 30 to 3600 or 0.",
        ),
        (
            "{protocol: TCP, port: 80, healthCheck: {enable: true, httpCheckPath: health}}",
            "spec.loadBalancer.l4Listeners[0].healthCheck.httpCheckPath is health, but must be a path that starts with / and has only letters, digits and . - _ / = ? :.",
        ),
        (
            "{protocol: TCP, port: 80, healthCheck: {enable: true, sendContext: '" + "a" * 501 + "'}}",
            "spec.loadBalancer.l4Listeners[0].healthCheck.sendContext is '" + "a" * 59 + "…, but must be at most 500 characters.",
        ),
        ("{protocol: TCP, port: {x: 1}}", "spec.loadBalancer.l4Listeners[0].port is a mapping, but must be a whole number."),
    ],
)  # fmt: skip
def test_message_says_what_is_wanted(entry: str, message: str) -> None:
    found = findings_of(l4(entry), *(f"tkeserviceconfig-field-{name}" for name in ("type", "value", "range")))

    assert [each.message["en"] for each in found] == [message]


def test_misplaced_key_is_told_where_it_belongs() -> None:
    (found,) = findings_of(HEAD + "spec: {loadBalancer: {scheduler: WRR}}\n", "tkeserviceconfig-unknown-field")

    assert found.message["en"] == (
        "spec.loadBalancer.scheduler is no field of a TkeServiceConfig; 'scheduler' belongs in "
        "spec.loadBalancer.l4Listeners[]."
    )


def test_wrong_character_of_a_check_is_shown_exactly() -> None:
    check = "{enable: true, checkType: CUSTOM, contextType: TEXT, sendContext: 'pi好ng', recvContext: ok}"

    (found,) = findings_of(
        l4(f"{{protocol: UDP, port: 53, healthCheck: {check}}}"), "tkeserviceconfig-health-check-context"
    )

    assert found.place.source.text[slice(*found.place.span)] == "好"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("/api", []),
        ("/api/", ["This domain has the path '/api' on HTTP:80 of 'Ingress prod/a', not '/api/': the slash at the end makes them different."]),
        ("/API", ["This domain has the path '/api' on HTTP:80 of 'Ingress prod/a', not '/API': upper and lower case matter."]),
        ("/web", ["This domain has no path '/web' on HTTP:80 of 'Ingress prod/a', only /api: the entry has no effect."]),
        ("~*/web", []),
    ],
)  # fmt: skip
def test_url_must_be_that_of_the_ingress(url: str, message: list[str]) -> None:
    text = l7(f"{{domain: a.example.com, rules: [{{url: '{url}'}}]}}") + ingress("a", ("a.example.com", "/api"))

    assert [each.message["en"] for each in findings_of(text, "tkeserviceconfig-rule-unmatched")] == message


def test_repair_of_a_url_is_that_of_the_ingress() -> None:
    text = l7("{domain: a.example.com, rules: [{url: /api/}]}") + ingress("a", ("a.example.com", "/api"))

    assert 'url: "/api"}' in repaired(text, "tkeserviceconfig-rule-unmatched")


def test_rule_without_host_is_the_empty_domain() -> None:
    text = l7("{domain: '', rules: [{url: /}]}") + ingress("a", ("", "/"))

    assert findings_of(text, "tkeserviceconfig-rule-unmatched", "tkeserviceconfig-listener-unmatched") == []


@pytest.mark.parametrize(
    ("users", "is_reported"),
    [
        (ingress("a", ("a.example.com", "/")), False),
        (ingress("a", ("a.example.com", "/"), tls=True), True),
        (ingress("a", ("a.example.com", "/"), tls=True, annotations='kubernetes.io/ingress.rule-mix-both: "true"'), False),
        (ingress("a", ("a.example.com", "/"), tls=True) + ingress("b", ("b.example.com", "/")), False),
        (ingress("a", ("a.example.com", "/"), tls=True, annotations="ingress.cloud.tencent.com/mode: skip"), False),
        (ingress("a", ("a.example.com", "/"), annotations="ingress.cloud.tencent.com/listen-ports: '[{\"HTTP\":8080}]'"), True),
        (ingress("a", ("a.example.com", "/"), annotations="ingress.cloud.tencent.com/listen-ports: 'nonsense'"), False),
        (ingress("a", ("a.example.com", "/"), tls=True, annotations="kubernetes.io/ingress.class: nginx"), False),
        (service("[{port: 80}]"), False),  # of layer 4 only: tkeserviceconfig-layer-mismatch says so
        ("", False),
    ],
)  # fmt: skip
def test_listener_is_that_of_any_user(users: str, is_reported: bool) -> None:
    found = findings_of(l7("{domain: a.example.com}") + users, "tkeserviceconfig-listener-unmatched")

    assert bool(found) is is_reported


@pytest.mark.parametrize(
    ("ports", "annotations", "is_reported"),
    [
        ("[{port: 80}]", "", False),
        ("[{port: 80, protocol: UDP}]", "", True),
        ("[{port: 443}]", "", True),
        ("[{port: http}]", "", False),
        ("[]", "", False),
        ("[{port: 80}]", "service.cloud.tencent.com/specify-protocol: '{\"80\":{\"protocol\":[\"TCP_SSL\"]}}'", True),
        ("[{port: 80}]", "service.cloud.tencent.com/specify-protocol: '{\"80\":'", False),
    ],
)  # fmt: skip
def test_listener_of_a_service(ports: str, annotations: str, is_reported: bool) -> None:
    found = findings_of(
        l4("{protocol: TCP, port: 80}") + service(ports, annotations), "tkeserviceconfig-listener-unmatched"
    )

    assert bool(found) is is_reported


def test_generated_objects_are_known_by_name_or_export() -> None:
    names = ("shop-auto-ingress-config", "shop-auto-service-config")
    generated = [resource_of(HEAD.replace("shop", name)) for name in names]
    exported = resource_of(HEAD.replace("{name", "{uid: 0a1b, name"))

    assert [is_generated(config) for config in (*generated, exported, resource_of(HEAD))] == [True, True, True, False]


def test_entries_and_settings_of_odd_shapes_address_nothing() -> None:
    config = resource_of(l4("{protocol: 1, port: x}, [], {protocol: '${P}', port: true, healthCheck: []}"))

    assert [entry.listener for entry in entries(config)] == [None, None]
    assert [setting.block("healthCheck") for setting in settings(config)] == [{}, {}]


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        (HEAD.replace("TkeService", "TKEService") + "spec: {}\n", "wrong-kind", 2),
        (l4("{protocol: TCP, port: 80, session: {enable: ture}}"), "field-type", 4),
        (l4("{protocol: TCP, port: 80, healthCheck: {enabled: false}}"), "unknown-field", 4),
        (l4("{protocol: TCP, port: 80, healthCheck: {enable: true, intervalTime: 10, timeout: 10}}"), "health-check-timing", 4),
        (l4("{protocol: TCP, port: 80, session: {enable: true}, scheduler: LEAST_CONN}"), "session-least-conn", 4),
        (HEAD + "spec: {loadBalancer: {l7listeners: [{protocol: HTTPS, port: 443}]}}\n", "unknown-field", 4),
        (HEAD + "spec: {loadBalancer: {l7Listeners: [{protocol: HTTPS, port: 443, sniSwitch: true}]}}\n", "unsupported-field", 4),
        (HEAD + "spec: {loadBalancer: {l7Listeners: [{protocol: HTTPS, port: 443, domain: {rules: []}}]}}\n", "unknown-field", 4),
    ],
)  # fmt: skip
def test_slips_of_official_pages_are_found(text: str, rule: str, line: int) -> None:
    (found,) = findings_of(text, f"tkeserviceconfig-{rule}")

    assert found.place.region.start_line == line


def test_listener_that_only_redirects_needs_no_entry() -> None:
    rules = '\'[{"host":"a.example.com","path":"/","backend":{"serviceName":"web","servicePort":"80"}%s}]\''
    plain, redirect = rules % "", rules % ',"rewrite":{"port":443,"host":"a.example.com","path":"/"}'
    text = l7("{domain: a.example.com, rules: [{url: /, scheduler: IP_HASH}]}", protocol="HTTPS", port=443)
    mixed = 'kubernetes.io/ingress.rule-mix: "true", kubernetes.io/ingress.https-rules: ' + plain
    users = [
        ingress("a", ("a.example.com", "/"), tls=True, annotations=f"{mixed}, kubernetes.io/ingress.http-rules: {http}")
        for http in (plain, redirect)
    ]

    found = [findings_of(text + user, "tkeserviceconfig-listener-without-entry") for user in users]

    assert [len(each) for each in found] == [1, 0]
