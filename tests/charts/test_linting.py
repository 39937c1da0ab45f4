"""Charts in a whole run: what is reported, where, and what is not printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.charts.rendering import needs_helm
from tests.linting import lint_texts
from tkelint.charts.render import render_charts
from tkelint.config import config_from
from tkelint.reader import FileState
from tkelint.reporters import ReporterOptions, render

if TYPE_CHECKING:
    from pathlib import Path

    from tkelint.report import Report

pytestmark = needs_helm

RULE = "service-target-port-missing"
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: {{ .Values.port }}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: web, ports: [{name: http, containerPort: 80}]}
"""
FILES = {
    "web/Chart.yaml": CHART,
    "web/values.yaml": "port: htpp\n",
    "web/templates/service.yaml": SERVICE,
    "web/templates/deployment.yaml": DEPLOYMENT,
}
SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
  a: {{ .Values.password }}
  b: hunter2
"""


def _printed(report: Report, name: str = "text") -> str:
    return "".join(render(name, report, ReporterOptions()))


def test_finding_is_in_the_template_and_shows_the_line_of_the_values() -> None:
    report = lint_texts(FILES, rules={RULE})

    (finding,) = report.findings
    assert (finding.place.source.path, finding.place.region.start_line) == ("web/templates/service.yaml", 9)
    assert finding.place.precision.value == "key-path"
    (origin,) = (each for each in finding.related if each.place.source.path == "web/values.yaml")
    assert origin.place.source.text[slice(*origin.place.span)] == "htpp"
    assert "line found by its key" in _printed(report)
    assert "1 | port: htpp" in _printed(report)
    assert '"precision": "key-path"' in _printed(report, "sarif")


def test_files_of_a_chart_are_listed_as_what_became_of_them() -> None:
    files = {**FILES, "web/templates/empty.yaml": "{{ if .Values.none }}\na: 1\n{{ end }}\n"}
    states = {status.path: (status.state, status.reason) for status in lint_texts(files).files}

    assert states["web/templates/service.yaml"] == (FileState.LINTED, "")
    assert states["web/templates/empty.yaml"] == (FileState.NOT_RESOURCES, "rendered-empty")
    assert states["web/values.yaml"] == (FileState.NOT_RESOURCES, "values-file")
    assert states["web/Chart.yaml"] == (FileState.NOT_RESOURCES, "chart-metadata")


def test_each_render_is_linted_by_itself() -> None:
    charts = [{"path": "web", "name": "prod"}, {"path": "web", "name": "test", "set": ["port=http"]}]
    (finding,) = lint_texts(FILES, {"charts": charts}, rules={RULE}).findings

    assert finding.worlds == ("prod",)


@pytest.mark.parametrize(
    "comment", [f"# tkelint: ignore[{RULE}] agreed", f"{{{{/* # tkelint: ignore[{RULE}] agreed */}}}}"]
)
def test_comment_in_a_template_suppresses(comment: str) -> None:
    text = SERVICE.replace("      targetPort", f"      {comment}\n      targetPort")
    report = lint_texts({**FILES, "web/templates/service.yaml": text}, rules={RULE, "suppression-unused"})

    assert report.findings == ()
    assert len(report.suppressed) == 1


@pytest.mark.parametrize("end", ["", "  c: {{ nothing }}\n"])
def test_secret_of_a_chart_is_not_printed(end: str) -> None:
    files = {
        "web/Chart.yaml": CHART,
        "web/values.yaml": "password: correct-horse\n",
        "web/templates/secret.yaml": SECRET.replace("apiVersion: v1", "apiVersion: v1 # tkelint: ignore[none]") + end,
    }
    report = lint_texts(files)
    shown = _printed(report) + _printed(report, "sarif")

    assert "web/templates/secret.yaml" in shown
    assert "hunter2" not in shown
    assert "correct-horse" not in shown


def test_chart_that_no_target_is_a_part_of_is_not_rendered(tmp_path: Path) -> None:
    assert render_charts(config_from({}, tmp_path), {"web/Chart.yaml": False, "other.yaml": True}) == []
