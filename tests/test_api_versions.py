"""An Ingress means the same in every API version: what is said of v1 is said of the beta versions, too."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.linting import lint_texts
from tests.test_ownership import EXAMPLES

LATEST = "networking.k8s.io/v1"
BETAS = ("extensions/v1beta1", "networking.k8s.io/v1beta1")

# What is only said of one version: the version itself, and what the API server wants of that version.
OF_A_VERSION = {"ingress-api-version-removed", "ingress-backend-malformed", "ingress-path-type-invalid"}


def _beta_backend(backend: Any) -> Any:
    match backend:
        case {"service": {"name": name, "port": {"number": port} | {"name": port}}}:
            return {"serviceName": name, "servicePort": port}
        case {"service": {"name": name}}:
            return {"serviceName": name}
    return backend


def _as_beta(ingress: dict[str, Any], version: str) -> dict[str, Any]:
    """The same Ingress in a beta version."""
    beta = copy.deepcopy(ingress)
    beta["apiVersion"] = version
    spec = beta.get("spec") or {}
    if "defaultBackend" in spec:
        spec["backend"] = _beta_backend(spec.pop("defaultBackend"))
    for rule in spec.get("rules") or ():
        http = rule.get("http")
        for path in (http.get("paths") if isinstance(http, dict) else None) or ():
            path["backend"] = _beta_backend(path.get("backend"))
    return beta


def _said(files: dict[str, Any], config: Any) -> set[tuple[str, str, str]]:
    texts = {path: "\n---\n".join(json.dumps(each) for each in objects) for path, objects in files.items()}
    report = lint_texts(texts, config)
    assert report.crashes == ()
    return {
        (finding.rule_id, finding.subject, finding.severity.value)
        for finding in report.findings
        if finding.rule_id not in OF_A_VERSION
    }


def _is_latest(each: dict[str, Any]) -> bool:
    return each.get("kind") == "Ingress" and each.get("apiVersion") == LATEST


def _has_latest(files: dict[str, Any]) -> bool:
    return any(_is_latest(each) for objects in files.values() for each in objects)


@pytest.mark.parametrize(("files", "config"), [each for each in EXAMPLES if _has_latest(each.values[0])])
def test_beta_version_of_an_example_is_judged_alike(files: dict[str, Any], config: Any) -> None:
    for version in BETAS:
        beta = {
            path: [_as_beta(each, version) if _is_latest(each) else each for each in objects]
            for path, objects in files.items()
        }

        assert _said(beta, config) == _said(files, config)
