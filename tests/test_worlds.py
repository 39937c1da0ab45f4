"""Worlds: overlays, charts and clusters are linted by themselves, and what they share is told once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from overlay_tree import BUILT, TREE, overlays_of, recorded_render

from tkelint.config import ConfigError, config_from
from tkelint.engine import Selection, build_workspace, lint_worlds
from tkelint.overlays.find import find_overlays
from tkelint.reporters import ReporterOptions, render
from tkelint.source import SourceFile
from tkelint.worlds import names_of, worlds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.engine import Worlds
    from tkelint.rendered import Render
    from tkelint.report import Report

TARGET_PORT = "service-target-port-missing"
BACKEND = "ingress-backend-service-missing"
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: shop, namespace: prod, annotations: {{kubernetes.io/ingress.class: qcloud}}}}
spec:
  rules:
    - http:
        paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: {name}, port: {{number: 80}}}}}}}}]
---
apiVersion: v1
kind: Service
metadata: {{name: other, namespace: prod}}
spec: {{selector: {{app: other}}, ports: [{{port: 80}}]}}
"""


def worlds(
    plain: Mapping[str, str], renders: list[Render], config: dict[str, Any] | None = None, target: str = ""
) -> Worlds:
    """The worlds of texts by path and of renders; only paths that begin with `target` are linted."""
    sources = [(SourceFile(path, text), path.startswith(target)) for path, text in plain.items()]
    settings = config_from(config or {}, root=Path())
    return worlds_of(build_workspace(sources, settings).readings, renders, settings)


def lint(
    plain: Mapping[str, str], renders: list[Render], rules: tuple[str, ...], config: dict[str, Any] | None = None
) -> Report:
    """Lint the worlds of texts by path and of renders."""
    settings = config_from(config or {}, root=Path())
    return lint_worlds(worlds(plain, renders, config), settings, selection=Selection(select=rules))


def both_renders() -> list[Render]:
    """`prod` as recorded, and `test` as the same objects in another namespace."""
    prod, test = overlays_of(TREE)
    text = BUILT.read_text(encoding="utf-8")
    return [
        recorded_render(TREE, prod, text),
        recorded_render(TREE, test, _as_test(text)),
    ]


def _as_test(text: str) -> str:
    late = "  - name: late\n    port: 90\n    targetPort: late\n"
    return text.replace("namespace: prod", "namespace: test").replace("p-web", "web").replace(late, "")


def other_render(name: str, path: str = "apps/db/kustomization.yaml") -> Render:
    """An overlay of its own that has a Service, and a Deployment with the label `app: <name>`."""
    text = (
        f"apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n  namespace: prod\n---\n"
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: prod\n"
        f"spec:\n  template:\n    metadata:\n      labels:\n        app: {name}\n"
        "    spec:\n      containers:\n      - name: main\n        image: x\n"
    )
    (overlay,) = find_overlays([(path, {"resources": []})], {path})
    return recorded_render({path: "resources: []\n"}, overlay, text)


def test_a_finding_of_several_worlds_is_told_once_with_their_names() -> None:
    report = lint(TREE, both_renders(), (TARGET_PORT,))

    assert [(each.place.region.start_line, each.worlds) for each in report.findings] == [
        (12, ("prod", "test")),
        (3, ("prod",)),
    ]


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [
        ("text", "en", ", in prod and test"),
        ("text", "zh", "出现于 prod 和 test"),
        ("concise", "en", "(in prod and test)"),
        ("github", "en", "(in prod and test)"),
        ("json", "en", '"worlds": ["prod", "test"]'),
        ("sarif", "en", '"worlds": ["prod", "test"]'),
    ],
)
def test_every_format_names_the_worlds(name: str, language: str, words: str) -> None:
    report = lint(TREE, both_renders(), (TARGET_PORT,))
    options = ReporterOptions(language=language, width=200)

    said = "".join(render(name, report, options))

    assert words in said.replace('": ["', '": ["').replace('","', '", "').replace('":["', '": ["')


def test_the_same_object_in_two_overlays_is_no_duplicate() -> None:
    report = lint(TREE, both_renders(), ("service-node-port-duplicate", "ingress-rule-duplicate", "manifest"))

    assert report.findings == ()


def test_what_was_built_counts_as_looked_at() -> None:
    files = {status.path: status.state.value for status in lint(TREE, both_renders(), (TARGET_PORT,)).files}

    assert {path for path, state in files.items() if state != "linted"} == {"base/settings.env"}


def test_what_another_render_has_is_neither_found_nor_missing() -> None:
    plain = {"ingress.yaml": INGRESS.format(name="db")}

    assert len(lint(plain, [], (BACKEND,)).findings) == 1
    assert lint(plain, [other_render("db")], (BACKEND,)).findings == ()
    assert len(lint(plain, [other_render("cache")], (BACKEND,)).findings) == 1


def test_an_alternative_is_not_in_the_same_cluster() -> None:
    prod, test = both_renders()
    workspace = worlds(TREE, [prod, test]).worlds[0].open()
    (service,) = workspace.of_type("Service")

    assert service.name == "p-web"
    assert workspace.find("Service", "web", service).is_missing


def test_pods_of_another_render_may_be_selected() -> None:
    plain = {
        "service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: db, namespace: prod}\n"
        "spec: {selector: {app: db}, ports: [{port: 80}]}\n",
        "other.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: dc, namespace: prod}\nspec:\n  template:\n"
        "    metadata: {labels: {app: dc}}\n    spec: {containers: [{name: a, image: b}]}\n",
    }

    assert lint(plain, [], ("service-selector-matches-nothing",)).findings
    assert not lint(plain, [other_render("db")], ("service-selector-matches-nothing",)).findings


def test_a_render_that_is_not_complete_leaves_references_unknown() -> None:
    plain = {"ingress.yaml": INGRESS.format(name="db")}
    incomplete = other_render("cache")._replace(complete=False)

    assert lint(plain, [incomplete], (BACKEND,)).findings == ()


def test_nothing_is_told_of_files_that_are_only_known() -> None:
    known = worlds(TREE, both_renders(), target="overlays/prod/")

    report = lint_worlds(known, config_from({}, root=Path()), selection=Selection(select=(TARGET_PORT,)))

    assert [each.place.source.path for each in report.findings] == ["overlays/prod/ports.json"]


def test_a_comment_in_a_base_holds_for_every_overlay() -> None:
    line = "          targetPort: admin\n".strip()
    service = TREE["base/service.yaml"].replace(line, f"{line} # tkelint: ignore[{TARGET_PORT}] known")
    tree = {**TREE, "base/service.yaml": service}
    prod, test = overlays_of(tree)
    text = BUILT.read_text(encoding="utf-8")
    renders = [recorded_render(tree, prod, text), recorded_render(tree, test, text)]

    report = lint(tree, renders, (TARGET_PORT,))

    assert [(each.place.source.path, each.worlds) for each in report.suppressed] == [
        ("base/service.yaml", ("prod", "test"))
    ]


def test_an_entry_of_the_configuration_may_mean_one_world() -> None:
    ignore = [{"rule": TARGET_PORT, "object": "Service/test/*", "reason": "known"}]

    report = lint(TREE, both_renders(), (TARGET_PORT,), {"ignore": ignore})

    assert {each.worlds for each in report.findings} == {("prod",)}
    assert {each.worlds for each in report.suppressed} == {("test",)}


CLUSTERS = {
    "clusters": [
        {"name": "one", "paths": ["one"], "facts": {"kubeProxyMode": "IPVS"}},
        {"name": "two", "paths": ["two"], "externals": [{"kind": "Service", "name": "d?"}]},
    ]
}


def test_clusters_are_closed_and_have_facts_and_externals_of_their_own() -> None:
    plain = {path: INGRESS.format(name="db") for path in ("one/a.yaml", "two/a.yaml", "rest/a.yaml")}

    one, two, rest = worlds(plain, [], CLUSTERS).worlds
    report = lint(plain, [], (BACKEND,), CLUSTERS)

    assert (one.name, two.name, rest.name) == ("one", "two", "")
    assert one.open().facts.value("kubeProxyMode") == "ipvs"
    assert two.open().facts.value("kubeProxyMode") is None
    assert [(each.place.source.path, each.worlds) for each in report.findings] == [
        ("one/a.yaml", ("one",)),
        ("rest/a.yaml", ()),
    ]


def test_a_cluster_has_its_overlays_and_nothing_of_others() -> None:
    config = {
        "clusters": [{"name": "one", "overlays": ["overlays/prod"]}, {"name": "two", "overlays": ["overlays/t*"]}]
    }

    one, two = worlds(TREE, both_renders(), config).worlds

    assert {each.name for each in one.open().of_type("Service")} == {"p-web"}
    assert {each.name for each in two.open().of_type("Service")} == {"web"}


def test_context_of_a_cluster_is_known_and_not_linted() -> None:
    dump = "apiVersion: v1\nkind: List\nitems:\n" + "".join(
        f"- apiVersion: v1\n  kind: Service\n  metadata: {{name: {name}, namespace: prod, uid: x}}\n"
        for name in ("db", "broken")
    )
    plain = {"one/a.yaml": INGRESS.format(name="db"), "dump.yaml": dump}
    config = {"clusters": [{"name": "one", "paths": ["one"], "context": ["dump.yaml"]}]}

    known = worlds(plain, [], config, target="one/").worlds[0].open()

    assert {each.name: each.targeted for each in known.of_type("Service")} == {
        "other": True,
        "db": False,
        "broken": False,
    }
    assert lint_worlds(worlds(plain, [], config, target="one/"), config_from(config, root=Path())).findings == ()


@pytest.mark.parametrize(
    ("clusters", "complaint"),
    [
        ([{"paths": ["a"]}], "'name' is missing"),
        ([{"name": "a"}, {"name": "a"}], "'a' is the name of two clusters"),
        ([{"name": "a", "paths": ["../../.."]}], "leads outside"),
        ([{"name": "a", "facts": {"kubeProxyMode": "ipv6"}}], "'ipv6' is none of"),
        ([{"name": "a", "overlay": ["b"]}], "unknown key 'overlay'; did you mean overlays?"),
    ],
)
def test_mistakes_in_clusters_are_told(clusters: list[dict[str, Any]], complaint: str) -> None:
    with pytest.raises(ConfigError) as raised:
        config_from({"clusters": clusters}, root=Path())

    assert complaint in raised.value.text("en")


def test_worlds_are_called_by_what_tells_them_apart() -> None:
    assert names_of(["a/prod", "b/prod", "b/test"]) == {"a/prod": "a/prod", "b/prod": "b/prod", "b/test": "test"}
