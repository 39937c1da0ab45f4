"""What many tests need: a resource from its text, and a lint run over texts."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tkelint.reader import read_files
from tkelint.source import SourceFile
from tkelint.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tkelint.report import Report
    from tkelint.resource import Resource


def resources_of(text: str, path: str = "manifests.yaml") -> tuple[Resource, ...]:
    """The resources of a file's text."""
    (reading,), _ = read_files([(SourceFile(path, text), True)])
    return reading.resources


def resource_of(text: str, path: str = "manifests.yaml") -> Resource:
    """The one resource of a file's text."""
    (resource,) = resources_of(text, path)
    return resource


def workspace_of(files: str | Mapping[str, str], config: Mapping[str, Any] | None = None) -> Workspace:
    """What is known of the cluster that texts by path (or one of manifests.yaml) describe."""
    from tkelint.config import config_from  # noqa: PLC0415

    texts = {"manifests.yaml": files} if isinstance(files, str) else files
    readings, kustomizations = read_files([(SourceFile(path, text), True) for path, text in texts.items()])
    settings = config_from(config or {}, root=Path())
    facts = settings.facts([resource for reading in readings for resource in reading.resources])
    return Workspace(readings, facts, externals=settings.externals, kustomizations=kustomizations)


def lint_texts(
    files: str | Mapping[str, str], config: Mapping[str, Any] | None = None, rules: Collection[str] = ()
) -> Report:
    """Lint texts by path (or one of manifests.yaml), with what .tkelint.yaml would say and only some rules."""
    from tkelint.config import config_from  # noqa: PLC0415
    from tkelint.engine import Selection, lint  # noqa: PLC0415

    texts = {"manifests.yaml": files} if isinstance(files, str) else files
    if any(path.endswith("Chart.yaml") for path in texts):
        return _lint_charts(texts, config or {}, rules)
    sources = [(SourceFile(path, text), True) for path, text in texts.items()]
    return lint(sources, config_from(config or {}, root=Path()), selection=Selection(select=rules))


def _lint_charts(texts: Mapping[str, str], config: Mapping[str, Any], rules: Collection[str]) -> Report:
    """Lint texts as files of a folder, since Helm reads charts from the disk."""
    from tkelint.charts.worker import find_engine  # noqa: PLC0415
    from tkelint.config import config_from  # noqa: PLC0415
    from tkelint.engine import Selection  # noqa: PLC0415
    from tkelint.run import Settings, run  # noqa: PLC0415

    if find_engine(Path("/nowhere")) is None:
        pytest.skip("neither the helm binary nor the extra tkelint[helm] is installed")
    with tempfile.TemporaryDirectory() as folder:
        for path, text in texts.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        settings = Settings(paths=(folder,), selection=Selection(select=rules))
        return run(settings, config_from(config, root=Path(folder)), io.BytesIO())
