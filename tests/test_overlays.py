"""Overlays: which there are, what a build reads, and where what was built is written."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from overlay_tree import BUILT, TREE, overlays_of, recorded_render, write_tree

from tkelint.config import config_from
from tkelint.contained import Limits
from tkelint.engine import Selection
from tkelint.overlays.build import find_tool
from tkelint.overlays.find import is_remote, without_remote
from tkelint.rendered import readings_of
from tkelint.reporters import ReporterOptions, render
from tkelint.run import Settings, run
from tkelint.source import Precision

if TYPE_CHECKING:
    from tkelint.report import Report
    from tkelint.resource import Resource

needs_kustomize = pytest.mark.skipif(
    not find_tool(Path("/nowhere")), reason="neither kustomize nor kubectl is installed"
)
TARGET_PORT = "service-target-port-missing"
FAILED = "manifest-render-failed"


def lint(folder: Path, rules: tuple[str, ...] = (), config: dict[str, Any] | None = None) -> Report:
    """Lint a folder as the command line does."""
    settings = Settings(paths=(str(folder),), selection=Selection(select=rules))
    return run(settings, config_from(config or {}, root=folder), io.BytesIO())


def built() -> dict[str, Resource]:
    """The objects of the recorded build of `prod`, by kind."""
    prod = overlays_of(TREE)[0]
    readings = readings_of(recorded_render(TREE, prod, BUILT.read_text(encoding="utf-8")), targeted=True)
    return {resource.kind: resource for reading in readings for resource in reading.resources}


def test_an_overlay_is_what_no_other_kustomization_uses() -> None:
    prod, test = overlays_of(TREE)

    assert (prod.top.folder, test.top.folder) == ("overlays/prod", "overlays/test")
    assert "base/service.yaml" in prod.inputs & test.inputs
    assert {"overlays/prod/sidecar.yaml", "overlays/prod/ports.json", "base/Corefile"} <= prod.inputs
    assert not prod.remote


def test_components_and_kustomizations_of_flux_are_no_overlays() -> None:
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [a.yaml]\n"
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\n"

    assert overlays_of({"part/kustomization.yaml": component, "flux/kustomization.yaml": flux}) == ()


def test_kustomizations_that_use_each_other_end() -> None:
    tree = {"top/kustomization.yaml": "resources: [../a]", "a/kustomization.yaml": "resources: [../b]"}
    tree["b/kustomization.yaml"] = "resources: [../a]"

    (top,) = overlays_of(tree)

    assert [each.folder for each in top.kustomizations] == ["top", "a", "b"]


@pytest.mark.parametrize(
    "entry",
    [
        "https://example.com/base.yaml",
        "github.com/org/repo//base?ref=v1",
        "git@github.com:org/repo.git",
        "git::https://example.com/repo",
        "ssh://git@example.com/repo",
        "example.com/org/repo.git/base",
        "../base?ref=v1",
    ],
)
def test_what_would_be_fetched_is_told_and_left_out(entry: str) -> None:
    (overlay,) = overlays_of({"kustomization.yaml": f"resources: [a.yaml, '{entry}']", "a.yaml": ""})

    assert is_remote(entry)
    assert overlay.remote == (("kustomization.yaml", entry),)
    assert without_remote(overlay.top)["resources"] == ["a.yaml"]


@pytest.mark.parametrize("entry", ["../base", "a.yaml", "v1.2/base", "./x/y.yaml", "manifests.d/a.yaml"])
def test_local_paths_are_not_remote(entry: str) -> None:
    assert not is_remote(entry)


PLACES: dict[tuple[Any, ...], tuple[str, int, str]] = {
    ("Service", "spec", "ports", 0, "targetPort"): ("base/service.yaml", 9, "http"),
    ("Service", "spec", "ports", 1, "targetPort"): ("base/service.yaml", 12, "admin"),
    ("Service", "spec", "ports", 1, "port"): ("overlays/prod/ports.json", 2, "82"),
    ("Service", "spec", "ports", 2, "targetPort"): ("overlays/prod/ports.json", 3, '"late"'),
    ("Service", "spec", "selector", "app"): ("base/kustomization.yaml", 3, "web"),
    ("Service", "metadata", "namespace"): ("overlays/prod/kustomization.yaml", 2, "prod"),
    ("Service", "metadata", "annotations", "team"): ("overlays/prod/kustomization.yaml", 4, "shop"),
    ("Service", "metadata", "annotations", "service.cloud.tencent.com/direct-access"): (
        "overlays/prod/kustomization.yaml", 17, '"true"',
    ),
    ("Deployment", "spec", "replicas"): ("overlays/prod/kustomization.yaml", 6, "3"),
    ("Deployment", "spec", "template", "spec", "containers", 0, "image"): ("overlays/prod/sidecar.yaml", 9, "proxy:1"),
    ("Deployment", "spec", "template", "spec", "containers", 1, "ports", 0, "containerPort"): (
        "base/deployment.yaml", 10, "8080",
    ),
    ("ConfigMap", "data", "MODE"): ("base/kustomization.yaml", 8, "fast"),
    ("ConfigMap", "data", "LEVEL"): ("base/settings.env", 2, "debug"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "place"), PLACES.items(), ids=lambda each: ".".join(map(str, each)))
def test_a_value_is_placed_where_somebody_wrote_it(path: tuple[Any, ...], place: tuple[str, int, str]) -> None:
    found = built()[path[0]].node(*path[1:]).place
    written = found.source.text[found.span.start : found.span.end]

    assert found.precision is Precision.EXACT
    assert (found.source.path, found.region.start_line, written) == place


def test_a_part_of_a_generated_file_is_placed_in_that_file() -> None:
    node = built()["ConfigMap"].node("data", "Corefile")
    start = node.value.index("forward")

    place = node.text(start, start + len("forward")).place

    assert (place.source.path, place.region.start_line, place.region.start_column) == ("base/Corefile", 2, 3)


@pytest.mark.parametrize(
    ("path", "file", "line"),
    [
        (("Service", "metadata", "name"), "base/service.yaml", 3),
        (
            ("Deployment", "spec", "template", "spec", "containers", 1, "image"),
            "overlays/prod/kustomization.yaml",
            5,
        ),
        (
            ("Deployment", "spec", "template", "spec", "containers", 1, "envFrom", 0, "configMapRef", "name"),
            "base/deployment.yaml",
            11,
        ),
    ],
    ids=lambda each: str(each[-1]) if isinstance(each, tuple) else str(each),
)
def test_a_value_that_was_made_from_another_is_placed_by_its_key(path: tuple[Any, ...], file: str, line: int) -> None:
    place = built()[path[0]].node(*path[1:]).place

    assert place.precision is Precision.KEY_PATH
    assert (place.source.path, place.region.start_line) == (file, line)


def test_what_nobody_wrote_is_placed_at_its_object() -> None:
    place = built()["Secret"].node("type").place

    assert place.precision is Precision.OBJECT
    assert (place.source.path, place.region.start_line) == ("base/kustomization.yaml", 11)


def test_kustomizes_own_annotations_are_not_seen() -> None:
    assert set(built()["Service"].annotations) == {"service.cloud.tencent.com/direct-access", "team"}


@needs_kustomize
def test_kustomize_still_builds_what_was_recorded(tmp_path: Path) -> None:
    write_tree(TREE, tmp_path)

    report = lint(tmp_path, (TARGET_PORT,))

    places = [(each.place.source.path, each.place.region.start_line, each.worlds) for each in report.findings]
    assert places == [
        ("base/service.yaml", 12, ("prod", "test")),
        ("overlays/prod/ports.json", 3, ("prod",)),
    ]


@needs_kustomize
def test_a_build_that_fails_is_told_at_the_line_it_speaks_of(tmp_path: Path) -> None:
    write_tree({**TREE, "overlays/test/kustomization.yaml": "namespace: test\nresources:\n- nope.yaml\n"}, tmp_path)

    (finding,) = lint(tmp_path, (FAILED,)).findings

    assert (finding.place.source.path, finding.place.region.start_line) == ("overlays/test/kustomization.yaml", 3)
    assert "nope.yaml" in finding.message["en"]
    assert str(tmp_path) not in finding.message["en"]


@needs_kustomize
def test_what_a_failing_overlay_uses_is_built_by_itself(tmp_path: Path) -> None:
    tree = {path: text for path, text in TREE.items() if not path.startswith("overlays/")}
    tree["top/kustomization.yaml"] = "resources: [../base]\npatches: [{path: nope.yaml}]\n"
    write_tree(tree, tmp_path)

    report = lint(tmp_path, (FAILED, TARGET_PORT))

    assert [each.rule_id for each in report.findings] == [TARGET_PORT, FAILED]


@needs_kustomize
def test_remote_bases_are_not_fetched_but_listed(tmp_path: Path) -> None:
    remote = "https://127.0.0.1:9/base.yaml"
    write_tree({**TREE, "overlays/test/kustomization.yaml": f"resources: [../../base, '{remote}']\n"}, tmp_path)

    report = lint(tmp_path, (FAILED,))

    assert report.findings == ()
    (status,) = [each for each in report.files if each.reason == "overlay-remote"]
    assert status.parameters == {"entry": remote}


@needs_kustomize
@pytest.mark.parametrize(
    ("kustomization", "reason"),
    [
        ("resources: [../../../elsewhere]", "overlay-outside"),
        ("resources: [../../base]\ntransformers: [plugin.yaml]", "overlay-plugin"),
        ("resources: [../../base]\npatches: [{path: 'https://127.0.0.1:9/patch.yaml'}]", "overlay-remote"),
        ("helmCharts: [{name: redis, repo: 'https://127.0.0.1:9'}]\npatches: [{path: nope.yaml}]", "overlay-chart"),
    ],
)
def test_hostile_overlays_are_not_built(tmp_path: Path, kustomization: str, reason: str) -> None:
    plugin = (
        "apiVersion: example.com/v1\nkind: Plugin\nmetadata:\n  name: x\n  annotations:\n"
        f"    config.kubernetes.io/function: 'exec: {{path: /bin/touch {tmp_path}/ran}}'\n"
    )
    project = tmp_path / "project"
    write_tree({"elsewhere/kustomization.yaml": "resources: []"}, tmp_path)
    tree = {**TREE, "overlays/test/kustomization.yaml": kustomization, "overlays/test/plugin.yaml": plugin}
    write_tree(tree, project)

    report = lint(project, (FAILED,))

    assert report.findings == ()
    assert reason in {status.reason for status in report.files}
    assert not (tmp_path / "ran").exists()


@needs_kustomize
def test_a_build_that_multiplies_is_stopped_and_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tkelint.overlays.build._LIMITS", Limits(seconds=1))
    tree = {
        f"{layer}/{side}/kustomization.yaml": f"resources: [../../{layer + 1}/a, ../../{layer + 1}/b]\nnamePrefix: {side}-\n"
        for layer in range(20)
        for side in "ab"
    }
    tree |= {f"20/{side}/kustomization.yaml": "resources: [a.yaml]\n" for side in "ab"}
    tree |= {f"20/{side}/a.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {side}}}\n" for side in "ab"}
    write_tree({**tree, "top/kustomization.yaml": "resources: [../0/a, ../0/b]\n"}, tmp_path)

    (finding,) = lint(tmp_path, (FAILED,)).findings

    assert finding.place.source.path == "top/kustomization.yaml"
    assert "was stopped" in finding.message["en"]


@needs_kustomize
def test_links_do_not_lead_a_build_out_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("geheim", encoding="utf-8")
    project = tmp_path / "project"
    write_tree({"kustomization.yaml": "configMapGenerator: [{name: a, files: [leak.txt]}]"}, project)
    (project / "leak.txt").symlink_to(tmp_path / "secret.txt")

    report = lint(project, (FAILED,))

    assert [each.rule_id for each in report.findings] == [FAILED]


@needs_kustomize
def test_secrets_of_a_generator_are_in_no_output(tmp_path: Path) -> None:
    broken = TREE["base/kustomization.yaml"].replace("password=geheim", "geheim")
    write_tree({**TREE, "base/kustomization.yaml": broken}, tmp_path)

    report = lint(tmp_path)

    assert [each.rule_id for each in report.findings if each.rule_id == FAILED]
    for name in ("text", "json", "sarif", "github"):
        assert "geheim" not in "".join(render(name, report, ReporterOptions(language="en")))


def test_without_kustomize_bases_stand_for_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    write_tree(TREE, tmp_path)

    report = lint(tmp_path, (TARGET_PORT,))

    states = {each.path: (each.state.value, each.reason) for each in report.files}
    assert states["base/service.yaml"] == ("linted", "")
    assert states["overlays/prod/sidecar.yaml"] == ("not-resources", "kustomize-patch")
    assert [each.path for each in report.files if each.reason == "overlay-without-tool"] == [
        "overlays/prod/kustomization.yaml",
        "overlays/test/kustomization.yaml",
    ]


def test_a_kustomize_inside_of_the_project_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "kustomize"
    write_tree({**TREE, "bin/kustomize": f"#!/bin/sh\ntouch {tmp_path}/ran\n"}, tmp_path)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))

    assert shutil.which("kustomize") == str(program)
    assert find_tool(tmp_path) == ()
