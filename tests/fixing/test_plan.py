"""Which fixes are applied, in which order, and which are refused for what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tkelint.config import config_from
from tkelint.engine import Selection, lint
from tkelint.fixing import model
from tkelint.fixing.model import Outcome
from tkelint.fixing.plan import plan
from tkelint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tkelint.fixing.model import Sources
    from tkelint.report import Report

SERVICE = """\
# The shop.
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: prod
  annotations: # read by the controller
    service.cloud.tencent.com/prevent-loopback: true # quoted
    service.cloud.tencent.com/direct-acces: "true"
spec:
  type: LoadBalancer
  selector: {app: web}
  ports:
    - port: 80
    - port: 443
"""


def outcome_of(
    files: str | Mapping[str, str],
    *,
    rules: Collection[str] = (),
    unsafe: bool = False,
    config: dict[str, Any] | None = None,
    known: Collection[str] = (),
) -> Outcome:
    texts = {"manifests.yaml": files} if isinstance(files, str) else files
    settings = config_from(config or {}, root=Path())
    wanted = {rule.id for rule in Selection(select=rules).rules(settings)}

    def look(sources: Sources) -> Report:
        return lint(sources, settings)

    return plan(
        [(SourceFile(path, text), path not in known) for path, text in texts.items()], look, rules=wanted, unsafe=unsafe
    )


def text_after(outcome: Outcome) -> str:
    (change,) = outcome.changes
    return change.after.text


def test_fixes_change_only_what_they_mean() -> None:
    outcome = outcome_of(SERVICE)

    assert text_after(outcome) == SERVICE.replace(": true #", ': "true" #').replace(
        "direct-acces:", "direct-access:"
    ).replace("port: 80\n", "port: 80\n      name: tcp-80\n").replace("port: 443\n", "port: 443\n      name: tcp-443\n")
    assert {finding.rule_id for finding in outcome.applied} == {
        "annotation-value-not-string",
        "annotation-unknown",
        "service-port-name-missing",
    }
    assert outcome.refused == ()


def test_line_ends_of_windows_stay() -> None:
    outcome = outcome_of(SERVICE.replace("\n", "\r\n"))

    assert text_after(outcome).replace("\r\n", "\n") == text_after(outcome_of(SERVICE))
    assert text_after(outcome).count("\n") == text_after(outcome).count("\r\n")


def test_what_was_fixed_has_nothing_left_to_fix() -> None:
    again = outcome_of(text_after(outcome_of(SERVICE)))

    assert (again.changes, again.applied, again.refused) == ((), (), ())


def test_only_the_rules_asked_for_fix_anything() -> None:
    outcome = outcome_of(SERVICE, rules=["annotation-unknown"])

    assert text_after(outcome) == SERVICE.replace("direct-acces:", "direct-access:")


def test_unsafe_fixes_wait_until_they_are_asked_for() -> None:
    text = (
        SERVICE.replace("prevent-loopback: true", "x: y")
        .replace("direct-acces:", "direct-access:")
        .replace(
            "service.cloud.tencent.com/x: y # quoted",
            "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid: subnet-5a6b7c8d",
        )
    )
    config = {"cluster": {"kubeProxyMode": "ipvs"}}

    safe = outcome_of(text, rules=["service-loopback"], config=config)
    unsafe = outcome_of(text, rules=["service-loopback"], config=config, unsafe=True)

    assert (safe.changes, safe.waiting) == ((), 1)
    assert 'service.cloud.tencent.com/prevent-loopback: "true"' in text_after(unsafe)
    assert unsafe.waiting == 0


def test_fixes_of_one_place_come_one_after_the_other() -> None:
    text = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    service.cloud.tencent.com/direct-acces: true
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
"""
    outcome = outcome_of(text)

    assert 'service.cloud.tencent.com/direct-access: "true"' in text_after(outcome)
    assert outcome.refused == ()


def test_lines_of_a_corefile_are_added_and_changed() -> None:
    text = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data:
  Corefile: |2-
      .:53 {
        hosts {
          192.168.1.6 a.example.com
        }
        kubernetes cluster.local
        health 8080
      }
"""
    outcome = outcome_of(text)

    assert text_after(outcome) == text.replace("health 8080", "health :8080").replace(
        "a.example.com\n", "a.example.com\n          fallthrough\n"
    )


@pytest.mark.parametrize("header", ["|", "|-", "|+", "|4", ">-", '"', "'"])
def test_corefile_is_fixed_in_every_style(header: str) -> None:
    corefile = ".:53 {\n    health 8080\n    kubernetes cluster.local\n}\n"
    if header == '"':
        written = '"' + corefile.replace("\n", "\\n") + '"'
    elif header == "'":
        written = "'" + corefile.replace("\n", "\n\n    ").rstrip(" ") + "'"
    else:
        gap = "\n\n" if header.startswith(">") else "\n"
        written = f"{header}\n" + gap.join(f"      {line}" for line in corefile.splitlines())
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: coredns, namespace: kube-system}}\ndata:\n  Corefile: {written}\n"

    assert text_after(outcome_of(text, rules=["corefile-argument-invalid"])) == text.replace(
        "health 8080", "health :8080"
    )


def test_corefile_of_its_own_is_fixed() -> None:
    text = ".:53 { # all\n\thealth 8080\n}\n"

    assert text_after(outcome_of({"Corefile": text})) == text.replace("8080", ":8080")


def test_json_in_an_annotation_is_fixed_in_its_quotes() -> None:
    text = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    kubernetes.io/ingress.class: qcloud
    ingress.cloud.tencent.com/listen-ports: "[{\\"HTTP\\":\\"80\\"}]"
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
"""
    outcome = outcome_of(text, rules=["ingress-listen-ports-invalid"], unsafe=True)

    assert text_after(outcome) == text.replace('\\"80\\"', "80")


def refusal_of(outcome: Outcome) -> model.Fault:
    (refusal,) = outcome.refused
    return refusal.fault


def test_fix_behind_an_alias_is_refused() -> None:
    text = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations: &shared {service.cloud.tencent.com/direct-access: true}
  labels: *shared
"""
    outcome = outcome_of(text, rules=["annotation-value-not-string"])

    assert outcome.changes == ()
    assert {each.fault.reason for each in outcome.refused} == {model.UNSOUND}


def test_rendered_chart_is_refused_with_its_template() -> None:
    outcome = outcome_of(f"---\n# Source: shop/templates/web.yaml\n{SERVICE}", rules=["annotation-unknown"])

    assert outcome.changes == ()
    assert refusal_of(outcome) == model.Fault(model.RENDERED, {"template": "shop/templates/web.yaml"})


def test_file_that_is_only_known_is_not_changed() -> None:
    ingress = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: prod
  annotations:
    kubernetes.io/ingress.class: qcloud
    kubernetes.io/ingress.subnetId: subnet-5a6b7c8d
    ingress.cloud.tencent.com/tke-service-config: web
    ingress.cloud.tencent.com/listen-ports: '[{"HTTP":80},{"HTTP":8080}]'
spec:
  rules: [{host: a.example.com, http: {paths: [{path: /, pathType: ImplementationSpecific, backend: {service: {name: web, port: {number: 80}}}}]}}]
"""
    config = """\
apiVersion: cloud.tencent.com/v1alpha1
kind: TkeServiceConfig
metadata: {name: web, namespace: prod}
spec:
  loadBalancer:
    l7Listeners:
      - {protocol: HTTP, port: 80, keepaliveEnable: 1}
      - {protocol: HTTP, port: 8080}
"""
    files = {"ingress.yaml": ingress, "config.yaml": config}
    rules = ["ingress-keepalive-partial"]

    assert outcome_of(files, rules=rules, known=["config.yaml"]).changes == ()
    (change,) = outcome_of(files, rules=rules).changes
    assert change.after.text == config.replace("port: 8080", "port: 8080, keepaliveEnable: 1")


def test_fix_that_brings_something_worse_to_light_is_refused_alone() -> None:
    text = SERVICE.replace("prevent-loopback: true", "prevent-loopback: 'true'") + (
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: prod\n"
        "  annotations: {service.cloud.tencent.com/local-svc-only-bind-node-with-pod: 'true'}\n"
        "spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}\n"
    )
    outcome = outcome_of(text, rules=["annotation-unknown"])

    assert text_after(outcome) == text.replace("direct-acces:", "direct-access:")
    assert refusal_of(outcome).reason == model.NEW_FINDING
    assert refusal_of(outcome).parameters["rule"] == "service-local-bind-without-effect"


def test_suppressed_finding_is_not_fixed() -> None:
    text = SERVICE.replace("# quoted", "# tkelint: ignore[annotation-value-not-string] for a test")

    assert "prevent-loopback: true" in text_after(outcome_of(text))


def test_secret_data_of_a_changed_file_is_known() -> None:
    text = SERVICE + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: hunter2}\n"

    (change,) = outcome_of(text).changes

    assert [change.before.text[slice(*span)] for span in change.secrets_before] == ["hunter2"]
    assert [change.after.text[slice(*span)] for span in change.secrets_after] == ["hunter2"]


def test_many_fixes_of_one_file_take_few_runs() -> None:
    one = "apiVersion: v1\nkind: Service\nmetadata: {name: web-%d, annotations: {a.example.com/b: true}}\n"
    text = "---\n".join(one % number for number in range(300))
    runs = []
    settings = config_from({}, root=Path())

    def look(sources: Sources) -> Report:
        runs.append(sources)
        return lint(sources, settings)

    outcome = plan([(SourceFile("m.yaml", text), True)], look, rules={"annotation-value-not-string"}, unsafe=False)

    assert len(outcome.applied) == 300
    assert len(runs) == 2


def test_one_bad_fix_among_many_files_takes_few_runs() -> None:
    bad = (
        SERVICE.replace("prevent-loopback: true # quoted", "local-svc-only-bind-node-with-pod: 'true'")
        .replace("    - port: 443\n", "")
        .replace("direct-acces:", "direct-access:")
    )
    good = "apiVersion: v1\nkind: Service\nmetadata: {name: web-%d, annotations: {service.cloud.tencent.com/direct-acces: 'true'}}\n"
    texts = {f"{number}.yaml": good % number for number in range(200)} | {"bad.yaml": bad}
    runs = []
    settings = config_from({}, root=Path())

    def look(sources: Sources) -> Report:
        runs.append(sources)
        return lint(sources, settings)

    sources = [(SourceFile(path, text), True) for path, text in texts.items()]
    outcome = plan(sources, look, rules={"annotation-unknown"}, unsafe=False)

    assert len(outcome.applied) == 200
    assert [each.finding.place.source.path for each in outcome.refused] == ["bad.yaml"]
    assert len(runs) <= 5
