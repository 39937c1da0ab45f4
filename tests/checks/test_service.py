"""Selectors and target ports: what closes the search for Pods, and what keeps it open."""

from __future__ import annotations

import textwrap
import time

import pytest

from tests.linting import lint_texts
from tkelint.report import Report

SELECTOR_RULE = "service-selector-matches-nothing"
TARGET_RULE = "service-target-port-missing"

MISSPELT = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
spec: {selector: {app: frontned}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: prod}
spec: {template: {metadata: {labels: {app: frontend}}, spec: {containers: [{name: web, image: web}]}}}
"""


def custom(kind: str, group: str, namespace: str = "prod") -> str:
    return f"apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: x, namespace: {namespace}}}\n"


def lint_with(*more: str) -> Report:
    return lint_texts({"k8s/web.yaml": "---\n".join((MISSPELT, *more))}, rules={SELECTOR_RULE})


def severities(report: Report) -> list[str]:
    assert report.crashes == ()
    return [finding.severity.value for finding in report.findings]


def test_selector_that_matches_nothing_names_the_nearest_labels() -> None:
    (finding,) = lint_with().findings

    assert finding.message["en"] == (
        "'Service prod/web' selects app=frontned, which no Pod here carries: "
        "for 'app=frontned', the nearest, 'Deployment prod/web', has 'app=frontend'."
    )
    assert finding.field == "spec.selector.app"
    assert [related.label for related in finding.related] == ["Deployment prod/web"]


@pytest.mark.parametrize(
    "kind",
    [
        custom("Kafka", "kafka.strimzi.io"),
        custom("Prometheus", "monitoring.coreos.com"),
        custom("Gateway", "gateway.networking.k8s.io"),
        custom("Service", "serving.knative.dev"),
        custom("Application", "argoproj.io", "argocd"),
        custom("HelmRelease", "helm.toolkit.fluxcd.io", "flux-system"),
    ],
)
def test_selector_is_not_judged_where_a_custom_resource_may_make_the_pods(kind: str) -> None:
    assert severities(lint_with(kind)) == []


@pytest.mark.parametrize(
    "kind",
    [
        custom("ServiceMonitor", "monitoring.coreos.com"),
        custom("HTTPRoute", "gateway.networking.k8s.io"),
        custom("Certificate", "cert-manager.io"),
        custom("TkeServiceConfig", "cloud.tencent.com"),
        custom("HorizontalPodAutoscaler", "autoscaling"),
        custom("Kafka", "kafka.strimzi.io", "messaging"),
    ],
)
def test_selector_is_judged_beside_resources_that_make_no_pods_there(kind: str) -> None:
    assert severities(lint_with(kind)) == ["warning"]


def test_selector_is_not_judged_where_a_chart_beside_it_is_not_rendered() -> None:
    template = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n  {{- if .x }}\nspec: {}\n"
    )

    report = lint_texts({"k8s/web.yaml": MISSPELT, "k8s/templates/web.yaml": template}, rules={SELECTOR_RULE})

    assert severities(report) == []


def test_selector_is_not_judged_where_an_unrendered_chart_speaks_of_the_label() -> None:
    template = "kind: Deployment\nmetadata:\n  labels:\n    app: {}\n  {{{{- if .x }}}}\n"
    here = {"k8s/web.yaml": MISSPELT}

    speaking = lint_texts({**here, "charts/templates/web.yaml": template.format("frontned")}, rules={SELECTOR_RULE})
    silent = lint_texts({**here, "charts/templates/web.yaml": template.format("other")}, rules={SELECTOR_RULE})

    assert severities(speaking) == []
    assert severities(silent) == ["warning"]


def test_selector_is_not_judged_where_a_kustomization_has_a_remote_base() -> None:
    kustomization = "resources: [web.yaml, 'https://github.com/example/base?ref=main']\n"

    report = lint_texts({"k8s/web.yaml": MISSPELT, "k8s/kustomization.yaml": kustomization}, rules={SELECTOR_RULE})

    assert severities(report) == []


def test_selector_is_not_judged_where_only_a_patch_of_a_workload_is_here() -> None:
    patch = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: prod}\nspec: {replicas: 3}\n"

    assert severities(lint_with(patch)) == []


def test_namespace_that_a_kustomization_gives_counts() -> None:
    unset = MISSPELT.replace(", namespace: prod", "")
    kustomization = "namespace: prod\nresources: [web.yaml]\n"

    report = lint_texts({"k8s/web.yaml": unset, "k8s/kustomization.yaml": kustomization}, rules={SELECTOR_RULE})

    assert [finding.subject for finding in report.findings] == ["Service prod/web"]


def test_rendered_charts_with_and_without_namespaces_are_one_release() -> None:
    text = textwrap.dedent("""\
        ---
        # Source: web/templates/service.yaml
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: prod}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
        ---
        # Source: web/templates/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 80}]}]}
        """)

    assert severities(lint_texts(text, rules={SELECTOR_RULE, TARGET_RULE})) == []


@pytest.mark.parametrize(
    ("selector", "labels", "severity"),
    [
        ("{app: web, version: v2}", "{app: web, version: v1}", "note"),
        ("{app: web, component: cahce}", "{app: web, component: cache}", "warning"),
        ("{app: web, tier: frontend}", "{app: web}", "warning"),
        ("{k8s-app: web}", "{app: web}", "warning"),
        ("{app: mysql}", "{app: web}", "note"),
        ("{app: frontend-2}", "{app: frontend-1}", "note"),
    ],
)
def test_selector_weighs_what_the_nearest_labels_look_like(selector: str, labels: str, severity: str) -> None:
    text = MISSPELT.replace("{app: frontned}", selector).replace("{app: frontend}", labels)

    assert severities(lint_texts(text, rules={SELECTOR_RULE})) == [severity]


@pytest.mark.parametrize(
    "selector",
    [
        "{app: frontend, role: master}",
        "{app: frontend, vault-active: 'true'}",
        "{app: frontend, spilo-role: replica}",
        "{app: frontend, statefulset.kubernetes.io/pod-name: web-0}",
        "{app: frontend, batch.kubernetes.io/job-name: report}",
        "{app: '${APP}'}",
        "{app: 1}",
        "{}",
        "null",
        "[app]",
    ],
)
def test_selector_that_no_template_can_show_is_not_judged(selector: str) -> None:
    assert severities(lint_texts(MISSPELT.replace("{app: frontned}", selector), rules={SELECTOR_RULE})) == []


def test_selectors_are_compared_with_a_bounded_number_of_workloads() -> None:
    service, workload = MISSPELT.split("---\n")
    services = [
        service.replace("frontned", f"s{number}").replace("name: web", f"name: s{number}") for number in range(300)
    ]
    workloads = [
        workload.replace("frontend", f"w{number}").replace("name: web", f"name: w{number}") for number in range(3000)
    ]
    files = {"k8s/services.yaml": "---\n".join(services), "k8s/workloads.yaml": "---\n".join(workloads)}

    started = time.process_time()
    report = lint_texts(files, rules={SELECTOR_RULE})

    assert severities(report) == ["note"] * 300
    assert time.process_time() - started < 20


def test_named_target_port_shows_the_name_that_was_meant() -> None:
    text = textwrap.dedent("""\
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: prod}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: https}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: prod, labels: {app: web}}
        spec:
          containers:
            - {name: web, image: web, ports: [{name: metrics, containerPort: 9090}, {name: http, containerPort: 8080}]}
        """)

    (finding,) = lint_texts(text, rules={TARGET_RULE}).findings

    assert "declared: metrics, http" in finding.message["en"]
    assert [related.text["en"] for related in finding.related] == ["declared here as 'http' (8080)"]


def test_named_target_port_says_so_when_nothing_is_declared() -> None:
    text = textwrap.dedent("""\
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: prod}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: https}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: prod, labels: {app: web}}
        spec: {containers: [{name: web, image: web}]}
        """)

    (finding,) = lint_texts(text, rules={TARGET_RULE}).findings

    assert "(declared: none)" in finding.message["en"]
    assert "（已声明：无）" in finding.message["zh"]


def test_sidecar_among_the_init_containers_declares_ports_too() -> None:
    text = textwrap.dedent("""\
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: prod}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: proxy}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: prod, labels: {app: web}}
        spec:
          initContainers:
            - {name: proxy, image: proxy, restartPolicy: Always, ports: [{name: proxy, containerPort: 8080}]}
          containers: [{name: web, image: web}]
        """)

    assert lint_texts(text, rules={TARGET_RULE}).findings == ()
