"""Which charts are rendered, in which ways, and what is said of those that cannot be."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from tests.charts.rendering import CHARTS, copy_of, needs_helm, rendered, resources, the, write_chart
from tkelint.charts import worker
from tkelint.charts.render import find_charts, render_charts
from tkelint.config import ConfigError, config_from
from tkelint.reader import FileState
from tkelint.source import Precision

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n"


def test_charts_inside_of_charts_are_parts_of_them() -> None:
    paths = ["web/Chart.yaml", "web/charts/cache/Chart.yaml", "charts/api/Chart.yaml", "web/values.yaml"]

    assert find_charts(paths) == ["charts/api", "web"]


@needs_helm
def test_chart_is_rendered_with_its_own_values(tmp_path: Path) -> None:
    copy_of("web", tmp_path)
    (render,) = rendered(tmp_path)

    found = {(each.kind, each.name, each.namespace) for each in resources(render)}
    assert found == {
        ("Service", "web", None),
        ("Service", "web-sessions", None),
        ("Deployment", "web", None),
        ("ConfigMap", "web-config", None),
        ("Secret", "web-secret", None),
    }
    assert the("Deployment", "web", render).get("spec", "replicas") == 2
    assert render.complete
    assert render.failures == ()


@needs_helm
def test_configuration_names_renders(tmp_path: Path) -> None:
    copy_of("web", tmp_path)
    charts = [
        {"path": "web", "values": ["web/values-prod.yaml"], "set": ["service.targetPort=81"], "namespace": "prod"},
        {"path": "./web", "name": "test", "release": "other", "kubeVersion": "1.30.0", "apiVersions": ["a.io/v1"]},
    ]
    test, prod = rendered(tmp_path, {"charts": charts})

    assert (prod.name, test.name) == ("web (values-prod, service.targetPort=81, prod)", "test")
    service = the("Service", "web", prod)
    assert service.namespace == "prod"
    assert service.get("spec", "ports", 0) == {"name": "http", "port": 8443, "targetPort": 81}
    assert the("Service", "other", test).get("spec", "ports", 0, "port") == 80


@needs_helm
def test_versions_reach_the_templates(tmp_path: Path) -> None:
    text = '{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "a.io/v1" }}'
    write_chart(tmp_path, {"templates/a.yaml": CONFIG_MAP + "  seen: " + text + "\n"})
    (told,) = rendered(tmp_path, {"charts": [{"path": "web", "kubeVersion": "1.26.1", "apiVersions": ["a.io/v1"]}]})
    (fact,) = rendered(tmp_path, {"cluster": {"kubernetesVersion": "1.24"}})

    assert the("ConfigMap", "web", told).get("data", "seen") == "v1.26.1 true"
    assert the("ConfigMap", "web", fact).get("data", "seen").startswith("v1.24")


@pytest.mark.parametrize("key", ["path", "values"])
@pytest.mark.parametrize("path", ["../elsewhere", "/etc"])
def test_configuration_cannot_lead_out_of_the_project(tmp_path: Path, key: str, path: str) -> None:
    entry = {"path": "web", **({"path": path} if key == "path" else {"values": [path]})}
    with pytest.raises(ConfigError):
        config_from({"charts": [entry]}, tmp_path)


@needs_helm
def test_dependency_of_a_dependency_has_its_own_templates(tmp_path: Path) -> None:
    inner = {
        "charts/web-charts/Chart.yaml": "apiVersion: v2\nname: web-charts\nversion: 1.0.0\n",
        "charts/web-charts/charts/kafka/Chart.yaml": "apiVersion: v2\nname: kafka\nversion: 1.0.0\n",
        "charts/web-charts/charts/kafka/templates/a.yaml": CONFIG_MAP,
    }
    write_chart(tmp_path, inner)
    (render,) = rendered(tmp_path)

    place = the("ConfigMap", "web", render).node("kind").place
    assert (place.source.path, place.precision) == (
        "web/charts/web-charts/charts/kafka/templates/a.yaml",
        Precision.EXACT,
    )


@needs_helm
def test_library_chart_renders_nothing_by_itself(tmp_path: Path) -> None:
    write_chart(tmp_path, {"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ntype: library\n"})

    assert rendered(tmp_path) == []


@needs_helm
def test_packed_dependency_is_opened(tmp_path: Path) -> None:
    chart = copy_of("web", tmp_path)
    with tarfile.open(chart / "charts" / "cache-1.0.0.tgz", "w:gz") as archive:
        archive.add(CHARTS / "web" / "charts" / "cache", "cache")
    for path in sorted((chart / "charts" / "cache").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (chart / "charts" / "cache").rmdir()
    (render,) = rendered(tmp_path)

    place = the("Service", "web-sessions", render).node("spec", "selector", "app").place
    assert place.source.path == "web/charts/cache-1.0.0.tgz/cache/templates/service.yaml"
    assert render.complete


@needs_helm
def test_packed_chart_of_the_configuration_is_rendered(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "cache-1.0.0.tgz", "w:gz") as archive:
        archive.add(CHARTS / "web" / "charts" / "cache", "cache")
    (render,) = rendered(tmp_path, {"charts": [{"path": "cache-1.0.0.tgz"}]})

    assert the("Service", "cache-cache", render).get("spec", "ports", 0, "port") == 6379


@needs_helm
def test_dependency_in_the_repository_need_not_be_packed(tmp_path: Path) -> None:
    dependency = "dependencies: [{name: common, version: 1.0.0, repository: file://../common}]\n"
    write_chart(tmp_path, {"Chart.yaml": f"apiVersion: v2\nname: web\nversion: 1.0.0\n{dependency}"})
    write_chart(tmp_path, {"templates/a.yaml": CONFIG_MAP.replace("web", "common")}, "common")
    _, web = rendered(tmp_path)

    place = the("ConfigMap", "common", web).node("kind").place
    assert (place.source.path, place.precision) == ("common/templates/a.yaml", Precision.EXACT)


@needs_helm
def test_dependency_that_would_have_to_be_fetched_is_listed(tmp_path: Path) -> None:
    dependency = "dependencies:\n  - {name: redis, version: 1.0.0, repository: https://charts.example.com}\n"
    write_chart(
        tmp_path,
        {
            "Chart.yaml": f"apiVersion: v2\nname: web\nversion: 1.0.0\n{dependency}",
            "templates/a.yaml": CONFIG_MAP,
        },
    )
    (render,) = rendered(tmp_path)

    assert [each.name for each in resources(render)] == ["web"]
    assert [(each.path, each.state, each.reason) for each in render.skipped] == [
        ("web/charts/redis/", FileState.UNREADABLE, "dependency-missing")
    ]
    assert not render.complete


@needs_helm
def test_dependency_that_the_values_do_without_is_not_missed(tmp_path: Path) -> None:
    dependency = (
        "dependencies:\n  - {name: redis, version: 1.0.0, repository: oci://example.com, condition: redis.enabled}\n"
    )
    files = {
        "Chart.yaml": f"apiVersion: v2\nname: web\nversion: 1.0.0\n{dependency}",
        "values.yaml": "redis: {enabled: false}\n",
        "templates/a.yaml": CONFIG_MAP,
    }
    write_chart(tmp_path, files)
    (own,) = rendered(tmp_path)
    (other,) = rendered(tmp_path, {"charts": [{"path": "web", "set": ["redis.enabled=true"]}]})

    assert (own.complete, own.skipped) == (True, ())
    assert (other.complete, len(other.skipped)) == (False, 1)


@needs_helm
def test_chart_for_an_old_kubernetes_is_rendered_unless_the_version_is_known(tmp_path: Path) -> None:
    chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: "<1.22"\n'
    write_chart(tmp_path, {"Chart.yaml": chart, "templates/a.yaml": CONFIG_MAP})

    assert [each.name for each in resources(rendered(tmp_path)[0])] == ["web"]


@needs_helm
@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ('  a: {{ required "wanted" .Values.a }}', True),
        ('  a: {{ fail "never" }}', True),
        ("  a: {{ .Values.a.b.c }}", True),
        ("  a: {{ if }}", False),
        ("  a: {{ nothing . }}", False),
        ('  a: {{ include "nothing" . }}', False),
    ],
)
def test_failure_is_at_the_line_of_the_template(tmp_path: Path, line: str, refused: bool) -> None:
    write_chart(tmp_path, {"templates/a.yaml": f"{CONFIG_MAP}  b: 1\n{line}\n"})
    (render,) = rendered(tmp_path)

    (failure,) = render.failures
    assert failure.place.source.path == "web/templates/a.yaml"
    assert failure.place.region.start_line == 6
    assert failure.refused is refused


@needs_helm
def test_text_that_is_no_yaml_is_at_the_line_that_wrote_it(tmp_path: Path) -> None:
    write_chart(tmp_path, {"templates/a.yaml": '{{ if true }}\na: "{{ .Release.Name }}\nb: 1\n{{ end }}\n'})
    copy_of("web", tmp_path / "beside")
    from tkelint.rendered import readings_of  # noqa: PLC0415

    (reading,) = (
        each
        for render in rendered(tmp_path)
        for each in readings_of(render, targeted=True)
        if each.source.path == "web/templates/a.yaml"
    )
    (error,) = reading.errors
    assert error.kind == "render"
    assert reading.source.position(error.span.start)[0] == 2


@needs_helm
def test_same_input_is_rendered_once(tmp_path: Path) -> None:
    copy_of("web", tmp_path)
    copy_of("web", tmp_path / "copy")
    config = config_from({"charts": [{"path": "web", "name": "a"}, {"path": "web", "name": "b"}]}, tmp_path)
    seen: list[tuple[int, int]] = []
    files = {path.relative_to(tmp_path).as_posix(): True for path in tmp_path.rglob("*") if path.is_file()}
    renders = render_charts(config, files, lambda done, total: seen.append((done, total)))

    assert len(renders) == 3
    assert seen == [(1, 1)]


@needs_helm
def test_links_lead_nowhere_outside_of_the_project(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    project = tmp_path / "project"
    chart = write_chart(project, {"templates/a.yaml": CONFIG_MAP + '  seen: {{ .Files.Get "link.txt" | quote }}\n'})
    (chart / "link.txt").symlink_to(secret)
    (chart / "templates" / "up").symlink_to(tmp_path)
    (render,) = rendered(project)

    assert the("ConfigMap", "web", render).get("data", "seen") == ""


@needs_helm
@pytest.mark.parametrize(
    "reference",
    ["http://127.0.0.1:1/schema.json", "file:///etc/hostname", "../../secret.json", r"file:\\u002f/etc/hostname"],
)
def test_schemas_of_values_lead_nowhere(reference: str, tmp_path: Path) -> None:
    """Helm would read what a schema names, and tell of it in its message."""
    schema = f'{{"properties": {{"a": {{"$r\\u0065f": "{reference}"}}}}}}'
    write_chart(tmp_path, {"templates/a.yaml": CONFIG_MAP, "values.yaml": "a: 1\n", "values.schema.json": schema})
    (render,) = rendered(tmp_path)

    assert render.failures == ()
    assert [each.name for each in resources(render)] == ["web"]
    assert [(each.path, each.reason) for each in render.skipped] == [("web/values.schema.json", "schema-elsewhere")]


@needs_helm
def test_schemas_of_values_that_name_only_themselves_count(tmp_path: Path) -> None:
    schema = (
        '{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"text": {"type": "string"}},'
        ' "properties": {"a": {"$ref": "#/definitions/text"}}}'
    )
    write_chart(tmp_path, {"templates/a.yaml": CONFIG_MAP, "values.yaml": "a: 1\n", "values.schema.json": schema})
    (render,) = rendered(tmp_path)

    (failure,) = render.failures
    assert "string" in failure.message
    assert render.skipped == ()


@needs_helm
@pytest.mark.skipif(os.name != "posix", reason="Windows has no limits of resources")
def test_bomb_of_memory_is_stopped(tmp_path: Path) -> None:
    write_chart(tmp_path, {"templates/a.yaml": CONFIG_MAP + "  a: {{ until 2000000000 | join `` | quote }}\n"})
    write_chart(tmp_path, {"templates/a.yaml": CONFIG_MAP}, "zebra")
    bomb, other = rendered(tmp_path)

    (failure,) = bomb.failures
    assert (failure.place.source.path, failure.refused) == ("web/Chart.yaml", False)
    assert "memory" in failure.message
    assert [each.name for each in resources(other)] == ["web"]


@needs_helm
def test_bomb_of_time_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SECONDS", 3)
    loop = "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"
    write_chart(tmp_path, {"templates/a.yaml": CONFIG_MAP + f"  a: {loop}\n"})
    (render,) = rendered(tmp_path)

    assert [failure.place.source.path for failure in render.failures] == ["web/Chart.yaml"]


@needs_helm
def test_bomb_of_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    chart = write_chart(tmp_path, {"templates/a.yaml": CONFIG_MAP})
    (chart / "charts").mkdir()
    with tarfile.open(chart / "charts" / "bomb-1.0.0.tgz", "w:gz") as archive:
        for number in range(30):
            member = tarfile.TarInfo(f"bomb/{number}")
            member.size = 5 * 2**20
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    (render,) = rendered(tmp_path)

    assert [each.reason for each in render.skipped] == ["chart-too-large"]


@needs_helm
def test_nothing_of_the_users_environment_is_there(tmp_path: Path) -> None:
    """`env` and `expandenv` are not among Helm's functions, and `getHostByName` asks nobody."""
    write_chart(tmp_path, {"templates/a.yaml": CONFIG_MAP + '  a: {{ getHostByName "localhost" | quote }}\n'})
    (render,) = rendered(tmp_path)

    assert the("ConfigMap", "web", render).get("data", "a") == ""
