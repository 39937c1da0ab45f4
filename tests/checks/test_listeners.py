"""Fixes and places of what is said about listeners, mixed rules and redirects."""

from __future__ import annotations

from tests.linting import lint_texts


def ingress(*annotations: str, path: str = "/", tls: str = "tls: [{secretName: cert}]") -> str:
    lines = "\n".join(f"    {annotation}" for annotation in annotations)
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
{lines}
spec:
  ingressClassName: qcloud
  {tls}
  rules:
    - host: a.example.com
      http: {{paths: [{{path: {path}, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}
"""


def repaired(text: str, rule: str) -> str:
    """The text after the one repair of a rule."""
    (finding,) = lint_texts(text, rules={rule}).findings
    assert finding.repair is not None
    for replacement in reversed(finding.repair.replacements):
        span = replacement.place.span
        text = text[: span.start] + replacement.text + text[span.end :]
    assert lint_texts(text, rules={rule}).findings == ()
    return text


def test_misplaced_host_is_moved_out_of_backend() -> None:
    entry = '[{"path":"/","backend":{"serviceName":"web","servicePort":"80","host":"a.example.com"}}]'
    text = ingress('kubernetes.io/ingress.rule-mix: "true"', f"kubernetes.io/ingress.http-rules: '{entry}'")

    after = repaired(text, "ingress-mix-host-misplaced")

    wanted = '[{"host":"a.example.com","path":"/","backend":{"serviceName":"web","servicePort":"80"}}]'
    assert f"kubernetes.io/ingress.http-rules: '{wanted}'" in after
    assert lint_texts(after, rules={"ingress-mix-entry-unmatched"}).findings == ()


def test_protocol_is_written_in_capitals() -> None:
    text = ingress("""ingress.cloud.tencent.com/listen-ports: '[{"http":80}]'""")

    assert """'[{"HTTP":80}]'""" in repaired(text, "ingress-listen-ports-invalid")


def test_port_loses_its_quotes() -> None:
    text = ingress("""ingress.cloud.tencent.com/listen-ports: '[{"HTTP":"80"}]'""")

    assert """'[{"HTTP":80}]'""" in repaired(text, "ingress-listen-ports-invalid")


def test_listeners_of_an_automatic_redirect_are_added() -> None:
    text = ingress(
        'ingress.cloud.tencent.com/auto-rewrite: "true"',
        """ingress.cloud.tencent.com/listen-ports: '[{"HTTPS": 8443}]'""",
    )

    after = repaired(text, "ingress-auto-rewrite-ports")

    assert """'[{"HTTPS": 8443},{"HTTP":80},{"HTTPS":443}]'""" in after


def test_listener_is_not_added_where_its_port_is_taken() -> None:
    text = ingress(
        'ingress.cloud.tencent.com/auto-rewrite: "true"',
        """ingress.cloud.tencent.com/listen-ports: '[{"HTTPS": 80}]'""",
    )

    (finding,) = lint_texts(text, rules={"ingress-auto-rewrite-ports"}).findings

    assert finding.repair is None


def test_entry_that_misses_a_rule_by_its_port_points_at_both_ports() -> None:
    entry = '[{"host":"a.example.com","path":"/","backend":{"serviceName":"web","servicePort":"443"}}]'
    text = ingress('kubernetes.io/ingress.rule-mix: "true"', f"kubernetes.io/ingress.http-rules: '{entry}'")

    (finding,) = lint_texts(text, rules={"ingress-mix-entry-unmatched"}).findings

    span = finding.place.span
    assert text[span.start : span.end] == '"443"'
    related = finding.related[0].place.span
    assert text[related.start : related.end] == "80"
    assert "'servicePort' is '443', but the rule has '80'" in finding.message["en"]


def test_many_entries_that_miss_take_linear_time() -> None:
    entries = ",".join(f'{{"path":"/{n}","backend":{{"serviceName":"w","servicePort":"1"}}}}' for n in range(1500))
    text = ingress('kubernetes.io/ingress.rule-mix: "true"', f"kubernetes.io/ingress.http-rules: '[{entries}]'")

    report = lint_texts(text, rules={"ingress-mix-entry-unmatched"})

    assert len(report.findings) == 1500


def test_redirects_on_thousands_of_listeners_are_each_reported_once() -> None:
    entries = ",".join(f'{{"path":"/{n}","rewrite":{{"port":80,"path":"/{n + 1}"}}}}' for n in range(1000))
    ports = ",".join(f'{{"HTTP":{port}}}' for port in range(1, 6000))
    text = ingress(
        f"kubernetes.io/ingress.http-rules: '[{entries}]'",
        f"ingress.cloud.tencent.com/listen-ports: '[{ports}]'",
    )

    report = lint_texts(text, rules={"ingress-rewrite-loop", "ingress-rewrite-target-missing"})

    assert len(report.findings) == 1000


def test_redirect_in_a_chain_is_reported_at_its_rewrite() -> None:
    entries = '[{"path":"/a","rewrite":{"port":80,"path":"/b"}},{"path":"/b","rewrite":{"port":80,"path":"/c"}}]'
    text = ingress(f"kubernetes.io/ingress.http-rules: '{entries}'")

    (finding,) = lint_texts(text, rules={"ingress-rewrite-loop"}).findings

    assert text[slice(*finding.place.span)] == '{"port":80,"path":"/b"}'
    assert "':80/a' is redirected to ':80/b'" in finding.message["en"]
