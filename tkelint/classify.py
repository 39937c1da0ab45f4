"""What a YAML document is when it is no Kubernetes object.

Counted over 20,569 files of public repositories, one mapping in eight has no `apiVersion` and `kind`: values files,
CI, compose files, kustomizations. They are recognised and listed, never linted and never an error.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from tkelint.patterns import pattern

KUSTOMIZATION_NAMES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_KUSTOMIZATION_ENDINGS = tuple(KUSTOMIZATION_NAMES)

_CI_NAMES = frozenset(
    {
        ".gitlab-ci.yml", ".gitlab-ci.yaml", ".travis.yml", ".drone.yml", "azure-pipelines.yml", "cloudbuild.yaml",
        "bitbucket-pipelines.yml", "appveyor.yml", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml", "codecov.yml",
        "dependabot.yml", "action.yml", "action.yaml", "mkdocs.yml", ".golangci.yml", ".readthedocs.yaml",
        "Taskfile.yml",
    }
)  # fmt: skip
_CI_FOLDERS = pattern(r"(?:^|/)(?:\.github|\.gitlab|\.circleci|\.gitea|\.woodpecker|\.buildkite)/")
_COMPOSE_NAME = pattern(r"(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml\Z")
_VALUES_NAME = pattern(r"(?:.*[._-])?values(?:[._-].*)?\.ya?ml\Z", re.IGNORECASE)
_CHART_NAMES = frozenset({"Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock"})


def is_kustomization_name(path: str) -> bool:
    """Whether a file is a kustomization by its name."""
    return path.endswith(_KUSTOMIZATION_ENDINGS) and posixpath.basename(path) in KUSTOMIZATION_NAMES


def is_kustomization(value: object) -> bool:
    """Whether a document is a kustomization by its kind, whatever its file is called."""
    return (
        isinstance(value, dict)
        and value.get("kind") in ("Kustomization", "Component")
        and str(value.get("apiVersion", "")).startswith("kustomize.config.k8s.io/")
    )


def reason_not_a_resource(path: str, value: object) -> str | None:
    """Why a document is no object to lint, as a key of `tkelint.language`; `None` for an object.

    Lists (`kind: List`, `ServiceList`) are objects here: the reader opens them. Kustomizations are told before.
    """
    if not isinstance(value, dict):
        return "empty" if value is None else "not-kubernetes"
    if isinstance(value.get("apiVersion"), str) and isinstance(value.get("kind"), str):
        if value["kind"] == "CustomResourceDefinition":
            return "crd"
        if "$patch" in value or "$patch" in _mapping(value.get("spec")):
            return "kustomize-patch"
        return None
    return _reason_by_name(path, value)


def _reason_by_name(path: str, value: dict[str, Any]) -> str:
    name = posixpath.basename(path)
    if name == ".tkelint.yaml":
        return "tkelint-configuration"
    if name in _CHART_NAMES:
        return "chart-metadata"
    if _VALUES_NAME.match(name):
        return "values-file"
    if name in _CI_NAMES or _CI_FOLDERS.search(path):
        return "ci-configuration"
    if _COMPOSE_NAME.match(name) or (isinstance(value.get("services"), dict) and "version" in value):
        return "compose-file"
    return "not-kubernetes"


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
