"""What the tests of charts need: a chart in a folder of its own, rendered."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tkelint.charts.render import render_charts
from tkelint.charts.worker import find_engine
from tkelint.config import config_from
from tkelint.rendered import readings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.rendered import Render
    from tkelint.resource import Resource

CHARTS = Path(__file__).parent.parent / "fixtures" / "charts"

needs_helm = pytest.mark.skipif(
    find_engine(Path("/nowhere")) is None,
    reason="neither the helm binary nor the extra tkelint[helm] is installed",
)


def copy_of(chart: str, root: Path) -> Path:
    """A chart of the fixtures in a project of its own."""
    shutil.copytree(CHARTS / chart, root / chart)
    return root / chart


def write_chart(root: Path, files: Mapping[str, str], name: str = "web") -> Path:
    """A chart of texts by path; Chart.yaml is made where it is missing."""
    texts = {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n", **files}
    for path, text in texts.items():
        file = root / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root / name


def rendered(root: Path, config: Mapping[str, Any] | None = None) -> list[Render]:
    """The renders of everything in a folder."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    paths = {path.relative_to(root).as_posix(): True for path in files}
    return render_charts(config_from(config or {}, root), paths)


def resources(render: Render) -> Iterator[Resource]:
    """The objects of a render."""
    for reading in readings_of(render, targeted=True):
        yield from reading.resources


def the(kind: str, name: str, render: Render) -> Resource:
    """One object of a render."""
    (found,) = (each for each in resources(render) if (each.kind, each.name) == (kind, name))
    return found
