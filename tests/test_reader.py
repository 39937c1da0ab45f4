from __future__ import annotations

import textwrap

import pytest

from tkelint.kustomize import read_kustomizations
from tkelint.reader import FileState, Reading, is_corefile_name, read_files
from tkelint.source import SourceFile


def read(**files: str) -> dict[str, Reading]:
    sources = [(SourceFile(path.replace("__", "/"), textwrap.dedent(text)), True) for path, text in files.items()]
    readings, _ = read_files(sources)
    return {reading.source.path: reading for reading in readings}


def read_one(path: str, text: str) -> Reading:
    ((reading,), _) = read_files([(SourceFile(path, textwrap.dedent(text)), True)])
    return reading


def test_documents_become_resources() -> None:
    reading = read_one("a.yaml", "kind: Service\napiVersion: v1\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: p}\n")

    assert [resource.label for resource in reading.resources] == ["Service (no name)", "Pod p"]
    assert (reading.status.state, reading.status.resources) == (FileState.LINTED, 2)


def test_lists_are_opened_however_deep() -> None:
    reading = read_one(
        "a.json",
        '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "ServiceList", "items":'
        ' [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}]},'
        ' {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"}}, null, "text"]}',
    )

    assert [resource.label for resource in reading.resources] == ["Service a", "Pod b"]
    assert reading.resources[0].base == ("items", 0, "items", 0)
    assert reading.resources[0].node("metadata", "name").source_text == '"a"'


def test_items_of_another_object_are_not_opened() -> None:
    reading = read_one("a.yaml", "apiVersion: v1\nkind: ConfigMap\nitems: [{apiVersion: v1, kind: Pod}]\n")

    assert [resource.kind for resource in reading.resources] == ["ConfigMap"]


def test_helm_source_is_known() -> None:
    reading = read_one("all.yaml", "---\n# Source: shop/templates/web.yaml\napiVersion: v1\nkind: Service\n")

    assert reading.resources[0].template == "shop/templates/web.yaml"


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("a.yaml", "", "empty"),
        ("a.yaml", "# only a comment\n", "empty"),
        ("chart/values.yaml", "image: {tag: v1}", "values-file"),
        ("chart/values-prod.yaml", "image: {tag: v1}", "values-file"),
        ("chart/Chart.yaml", "name: shop", "chart-metadata"),
        ("kustomization.yaml", "resources: [a.yaml]", "kustomization"),
        ("base.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization", "kustomization"),
        ("crd.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition", "crd"),
        ("delete.yaml", "apiVersion: v1\nkind: Service\n$patch: delete", "kustomize-patch"),
        (".github/workflows/ci.yml", "on: push\njobs: {}", "ci-configuration"),
        (".gitlab-ci.yml", "stages: [test]", "ci-configuration"),
        ("docker-compose.yml", "services: {web: {image: a}}", "compose-file"),
        ("stack.yml", "version: '3'\nservices: {web: {image: a}}", "compose-file"),
        ("dashboard.json", '{"panels": []}', "not-kubernetes"),
        ("list.yaml", "- a\n- b\n", "not-kubernetes"),
        ("kind-only.yaml", "kind: Thing", "not-kubernetes"),
    ],
)
def test_what_is_no_resource_is_named(path: str, text: str, reason: str) -> None:
    status = read_one(path, text).status

    assert (status.state, status.reason) == (FileState.NOT_RESOURCES, reason)


def test_unrendered_template_is_not_read_and_not_wrong() -> None:
    reading = read_one("templates/web.yaml", "{{- if .Values.web }}\napiVersion: v1\nkind: Service\n{{- end }}\n")

    assert (reading.status.state, reading.status.reason) == (FileState.UNREADABLE, "helm-template")
    assert [error.kind for error in reading.errors] == ["template"]


def test_one_bad_document_costs_one_document() -> None:
    reading = read_one("a.yaml", "apiVersion: v1\nkind: Pod\n---\na: [\n---\napiVersion: v1\nkind: Service\n")

    assert [resource.kind for resource in reading.resources] == ["Pod", "Service"]
    assert (reading.status.state, reading.status.reason) == (FileState.UNREADABLE, "syntax-error")
    assert [text.strip() for text in reading.unread] == ["a: ["]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Corefile", True), ("dns/Corefile", True), ("Corefile.prod", True), ("custom.corefile", True),
        ("Corefile.yaml", True), ("corefile", False), ("MyCorefile", False), ("Corefiles/a.yaml", False),
    ],
)  # fmt: skip
def test_names_of_corefiles(name: str, expected: bool) -> None:
    assert is_corefile_name(name) is expected


def test_patches_of_a_kustomization_are_no_objects() -> None:
    readings = read(
        **{
            "overlay__kustomization.yaml": "resources: [../base]\npatches: [{path: web.yaml}]\n"
            "patchesStrategicMerge: [old.yaml]\n",
            "overlay__web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
            "overlay__old.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: old}\n",
            "base__web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
        }
    )

    assert readings["overlay/web.yaml"].status.reason == "kustomize-patch"
    assert readings["overlay/old.yaml"].status.reason == "kustomize-patch"
    assert readings["base/web.yaml"].status.state is FileState.LINTED


def test_namespace_of_a_kustomization_is_that_of_its_files() -> None:
    kustomizations = read_kustomizations(
        [
            ("base/kustomization.yaml", {"resources": ["web.yaml"], "namespace": "inner"}),
            ("prod/kustomization.yaml", {"resources": ["../base", "own.yaml"], "namespace": "prod"}),
        ]
    )

    assert kustomizations.namespaces == {"base/web.yaml": "prod", "prod/own.yaml": "prod"}


def test_base_of_two_overlays_has_no_one_namespace() -> None:
    kustomizations = read_kustomizations(
        [
            ("base/kustomization.yaml", {"resources": ["web.yaml"]}),
            ("prod/kustomization.yaml", {"resources": ["../base"], "namespace": "prod"}),
            ("test/kustomization.yaml", {"bases": ["../base"], "namespace": "test"}),
        ]
    )

    assert kustomizations.namespaces == {}


def test_cycles_and_diamonds_of_kustomizations_end() -> None:
    layers = 60
    documents = [
        (
            f"l{layer}/{side}/kustomization.yaml",
            {"resources": [f"../../l{layer + 1}/a", f"../../l{layer + 1}/b"], "namespace": f"n{layer}{side}"},
        )
        for layer in range(layers)
        for side in "ab"
    ]
    documents.append((f"l{layers}/a/kustomization.yaml", {"resources": ["../../l0/a", "web.yaml"]}))
    documents.append(("top/kustomization.yaml", {"resources": ["../l0/b"], "namespace": "top"}))

    assert read_kustomizations(documents).namespaces[f"l{layers}/a/web.yaml"] == "top"


@pytest.mark.parametrize(
    ("value", "generated"),
    [
        ({"secretGenerator": [{"name": "a"}]}, {"Secret"}),
        ({"configMapGenerator": [{"name": "a"}]}, {"ConfigMap"}),
        ({"resources": ["https://example.com/base?ref=v1"]}, {"*"}),
        ({"helmCharts": [{"name": "redis"}]}, {"*"}),
        ({"resources": ["a.yaml", 5, None]}, set()),
        ({"resources": "a.yaml", "patches": "x", "namespace": 5}, set()),
    ],
)
def test_what_a_build_may_add(value: dict[str, object], generated: set[str]) -> None:
    assert read_kustomizations([("kustomization.yaml", value)]).generated == generated
