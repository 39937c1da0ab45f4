"""Places of rendered values: in the template, never in the rendered text, each as precise as it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.charts.rendering import copy_of, needs_helm, rendered, resources, the
from tkelint.source import Place, Precision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.rendered import Render
    from tkelint.resource import Node, Resource

pytestmark = needs_helm


def _said(place: Place) -> tuple[str, str, Precision]:
    """A place as file, text and precision."""
    return place.source.path, place.source.text[place.span.start : place.span.end], place.precision


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Resource:
    root = tmp_path_factory.mktemp("project")
    copy_of("web", root)
    (render,) = rendered(root)
    return the("Service", "web", render)


TEMPLATE = "web/templates/service.yaml"
VALUES = "web/values.yaml"


def test_literal_line_is_exact(service: Resource) -> None:
    assert _said(service.node("spec", "type").place) == (TEMPLATE, "ClusterIP", Precision.EXACT)
    assert _said(service.node("spec", "type").key().place) == (TEMPLATE, "type", Precision.EXACT)
    assert _said(service.node("spec", "ports", 2, "protocol").place) == (TEMPLATE, "TCP", Precision.EXACT)


def test_value_of_an_action_is_at_its_key(service: Resource) -> None:
    place = service.node("spec", "ports", 0, "port").place

    assert _said(place) == (TEMPLATE, "port: {{ .Values.service.port }}", Precision.KEY_PATH)


def test_line_that_a_helper_wrote_is_in_the_helper(service: Resource) -> None:
    assert _said(service.node("metadata", "labels", "tier").place) == (
        "web/templates/_helpers.tpl",
        "front",
        Precision.EXACT,
    )


def test_block_that_an_action_wrote_is_where_the_action_stands(service: Resource) -> None:
    place = service.annotation("service.cloud.tencent.com/direct-access").place

    assert _said(place) == (TEMPLATE, "{{- toYaml . | nindent 4 }}", Precision.KEY_PATH)


def test_path_that_does_not_exist_is_where_its_parent_is(service: Resource) -> None:
    assert service.node("spec", "clusterIP").place.source.path == TEMPLATE


def test_object_is_the_lines_it_was_written_by(service: Resource) -> None:
    place = service.node().place

    assert place.precision is Precision.OBJECT
    assert place.source.text[place.span.start :].startswith("apiVersion: v1\nkind: Service")


def test_origin_is_the_line_of_the_values_file(service: Resource) -> None:
    (port,) = service.node("spec", "ports", 0, "port").origins
    (annotation,) = service.annotation("service.cloud.tencent.com/direct-access").origins
    (item,) = service.node("spec", "ports", 2, "port").origins

    assert _said(port) == (VALUES, "80", Precision.EXACT)
    assert _said(annotation) == (VALUES, '"true"', Precision.EXACT)
    assert _said(item) == (VALUES, "6060", Precision.EXACT)
    assert service.node("spec", "type").origins == ()


def test_origin_is_in_the_values_file_that_wins(tmp_path: Path) -> None:
    copy_of("web", tmp_path)
    (render,) = rendered(tmp_path, {"charts": [{"path": "web", "values": ["web/values-prod.yaml"]}]})
    service = the("Service", "web", render)

    (port,) = service.node("spec", "ports", 0, "port").origins
    (target,) = service.node("spec", "ports", 0, "targetPort").origins

    assert _said(port) == ("web/values-prod.yaml", "8443", Precision.EXACT)
    assert _said(target) == (VALUES, "8080", Precision.EXACT)


def test_dependency_takes_values_of_its_parent_under_its_alias(tmp_path: Path) -> None:
    copy_of("web", tmp_path)
    (render,) = rendered(tmp_path)
    service = the("Service", "web-sessions", render)

    (port,) = service.node("spec", "ports", 0, "port").origins
    (protocol,) = service.node("spec", "ports", 0, "protocol").origins

    assert service.node("spec", "ports").place.source.path == "web/charts/cache/templates/service.yaml"
    assert _said(port) == (VALUES, "6380", Precision.EXACT)
    assert _said(protocol) == ("web/charts/cache/values.yaml", "TCP", Precision.EXACT)


def test_part_of_a_text_is_exact_where_the_line_is(tmp_path: Path) -> None:
    copy_of("web", tmp_path)
    (render,) = rendered(tmp_path)
    node = the("ConfigMap", "web-config", render).node("data", "nginx.conf")
    start = node.value.index("/srv")

    assert _said(node.text(start, start + 4).place) == ("web/templates/configmap.yaml", "/srv", Precision.EXACT)


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from _leaves(each, (*path, key)) if isinstance(each, (dict, list)) else iter([(*path, key)])


def _found(render: Render) -> dict[tuple[str, str, tuple[str | int, ...]], Node]:
    return {
        (each.kind, each.name, path): each.node(*path) for each in resources(render) for path in _leaves(each.value)
    }


def _changed(place: Place) -> str:
    """The file with another scalar of the same type at a place."""
    start, end = place.span
    old = place.source.text[start:end]
    new = str(int(old) + 1) if old.isdigit() else f"{old[:-1]}x{old[-1]}" if old[-1] in "\"'" else f"{old}x"
    return place.source.text[:start] + new + place.source.text[end:]


def test_editing_the_place_changes_the_value(tmp_path: Path) -> None:
    """The oracle: what is said to stand at a place in a template or values file changes when it is changed there."""
    copy_of("web", tmp_path / "original")
    (render,) = rendered(tmp_path / "original")
    edits = [
        (key, node.value, place)
        for key, node in _found(render).items()
        for place in (node.place, *node.origins)
        if place.precision is Precision.EXACT
        and place.region.start_line == place.region.end_line
        and key[2][-1] not in ("apiVersion", "kind")
    ]
    for number, (_, _, place) in enumerate(edits):
        copy_of("web", tmp_path / "edited" / f"{number:03}")
        (tmp_path / "edited" / f"{number:03}" / place.source.path).write_text(_changed(place), encoding="utf-8")

    after = [_found(each) for each in rendered(tmp_path / "edited")]

    # A name that changed is no longer found, which is a change too.
    stays = [
        key for (key, value, _), found in zip(edits, after, strict=True) if key in found and found[key].value == value
    ]
    assert stays == []
    assert len(edits) > 20
