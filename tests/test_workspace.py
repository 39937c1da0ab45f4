from __future__ import annotations

import textwrap

import pytest

from tkelint.cluster import ClusterFacts, External
from tkelint.reader import read_files
from tkelint.source import SourceFile
from tkelint.workspace import State, Workspace

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}{namespace}}}\nspec: {{selector: {{app: {name}}}}}\n"
INGRESS = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: front, namespace: prod}\n"


def service(name: str, namespace: str | None = "prod") -> str:
    return SERVICE.format(name=name, namespace=f", namespace: {namespace}" if namespace else "")


def workspace(*files: str, externals: tuple[External, ...] = ()) -> Workspace:
    sources = [(SourceFile(f"f{number}.yaml", textwrap.dedent(text)), True) for number, text in enumerate(files)]
    readings, kustomizations = read_files(sources)
    return Workspace(readings, ClusterFacts(), externals=externals, kustomizations=kustomizations)


def find(name: str, *files: str, externals: tuple[External, ...] = ()) -> tuple[State, int]:
    known = workspace(INGRESS, *files, externals=externals)
    reference = known.find("Service", name, known.of_type("Ingress")[0])
    return reference.state, len(reference.candidates)


def test_object_of_the_namespace_is_found() -> None:
    assert find("api", service("api")) == (State.FOUND, 1)


def test_object_without_a_namespace_may_be_the_one_meant() -> None:
    assert find("api", service("api", None)) == (State.FOUND, 1)


def test_exact_namespace_wins_over_an_unset_one() -> None:
    assert find("api", service("api", None), service("api")) == (State.FOUND, 1)


def test_alternatives_are_all_candidates() -> None:
    assert find("api", service("api"), service("api")) == (State.FOUND, 2)


def test_object_is_missing_where_its_kind_and_namespace_are_here() -> None:
    assert find("api", service("web")) == (State.MISSING, 0)


def test_missing_object_names_the_nearest() -> None:
    known = workspace(INGRESS, service("payments"), service("web"))

    reference = known.find("Service", "payment", known.of_type("Ingress")[0])

    assert reference.searched == 2
    assert reference.nearest is not None
    assert reference.nearest.name == "payments"


@pytest.mark.parametrize(
    "files",
    [
        (),
        (service("api", "other"),),
        (service("web"), "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Release.Name }}-api}\nspec: {}\n"),
        (service("web"), "kind: Service\nname: api\n  broken: [\n"),
    ],
    ids=["no such kind", "only in another namespace", "a template may make it", "a broken document may hold it"],
)
def test_object_is_unknown_where_the_search_space_is_open(files: tuple[str, ...]) -> None:
    assert find("api", *files) == (State.UNKNOWN, 0)


def test_broken_document_of_another_kind_does_not_open_the_search_space() -> None:
    assert find("api", service("web"), "kind: ConfigMap\nname: api\n  broken: [\n") == (State.MISSING, 0)


@pytest.mark.parametrize(
    ("external", "state"),
    [
        (External(kind="Service", name="api"), State.FOUND),
        (External(kind="Service", name="a*", namespace="prod"), State.FOUND),
        (External(kind="Service", name="api", namespace="other"), State.MISSING),
        (External(kind="Secret", name="api"), State.MISSING),
    ],
)
def test_declared_externals_exist(external: External, state: State) -> None:
    assert find("api", service("web"), externals=(external,)) == (state, 0)


def test_kustomization_that_generates_opens_the_search_space() -> None:
    sources = [
        (SourceFile("kustomization.yaml", "helmCharts: [{name: redis}]\n"), True),
        (SourceFile("a.yaml", INGRESS + "---\n" + service("web")), True),
    ]
    readings, kustomizations = read_files(sources)
    known = Workspace(readings, ClusterFacts(), kustomizations=kustomizations)

    assert known.find("Service", "api", known.of_type("Ingress")[0]).state is State.UNKNOWN


def test_objects_without_namespace_belong_together_within_one_chart() -> None:
    known = workspace(
        "# Source: shop/templates/a.yaml\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n",
        "# Source: redis/templates/b.yaml\n" + service("web", None),
    )

    assert known.find("Service", "api", known.of_type("Ingress")[0]).state is State.UNKNOWN


WORKLOAD = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: prod}
spec: {template: {metadata: {labels: {app: web, tier: front}}, spec: {containers: []}}}
"""


@pytest.mark.parametrize(
    ("namespace", "selector", "count"),
    [
        ("prod", "{app: web}", 1),
        ("prod", "{app: web, tier: front}", 1),
        ("prod", "{app: web, tier: back}", 0),
        ("other", "{app: web}", 0),
        ("prod", "{}", 0),
        ("prod", "null", 0),
        ("prod", "{app: 5}", 0),
        ("prod", "[app]", 0),
    ],
)
def test_backends_are_the_workloads_that_a_service_selects(namespace: str, selector: str, count: int) -> None:
    text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: a, namespace: {namespace}}}\nspec: {{selector: {selector}}}\n"
    known = workspace(WORKLOAD, text)

    assert len(known.backends(known.of_type("Service")[0])) == count


def test_patch_without_a_pod_template_is_no_workload() -> None:
    assert workspace("apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 3}\n").workloads == ()


def test_service_of_another_api_group_is_something_else() -> None:
    known = workspace("apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n")

    assert list(known.types()) == ["Service.serving.knative.dev"]


def test_what_is_derived_is_derived_once() -> None:
    calls = []
    known = workspace(INGRESS)

    for _ in range(2):
        known.once(calls.append)

    assert calls == [known]
