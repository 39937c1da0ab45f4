"""One chart with everything that is rendered together with it: its dependencies, its templates and values by name."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tkelint.charts.files import (
    PACKED_SUFFIXES,
    Budget,
    ChartFile,
    location_of,
    read_file,
    read_folder,
    read_packed,
)
from tkelint.charts.schemas import SCHEMA_FILE, leads_elsewhere
from tkelint.patterns import pattern
from tkelint.syntax.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.source import SourceFile

CHART_FILE: Final = "Chart.yaml"
VALUES_FILE: Final = "values.yaml"
_FILE_REPOSITORY: Final = "file://"
_DEEPEST: Final = 8  # dependencies of dependencies
# Where a file of a chart or one of its dependencies lies: the folders of the charts, and the rest.
_IN_CHART: Final = pattern(r"((?:charts/[^/]+/)*)(.*)\Z", 16)  # re.DOTALL


@dataclass
class Chart:
    """A chart as it will be rendered. `files` are by path below its folder, with packed dependencies unpacked."""

    display: str
    files: dict[str, ChartFile]
    missing: list[str] = field(default_factory=list)  # dependencies that would have to be fetched
    switched_off: set[str] = field(default_factory=set)  # those of them that the chart's own values do without

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        """What Chart.yaml says."""
        return _mapping(self.files.get(CHART_FILE))

    @cached_property
    def unsafe_schemas(self) -> frozenset[str]:
        """The paths of the schemas of values that lead out of the chart."""
        return frozenset(
            path
            for path, file in self.files.items()
            if posixpath.basename(path) == SCHEMA_FILE and leads_elsewhere(file.data)
        )

    @property
    def name(self) -> str:
        """The name that Helm gives it."""
        return str(self.metadata.get("name") or "")

    @cached_property
    def templates(self) -> Mapping[str, SourceFile]:
        """The templates by the name that Helm reports them under: `web/charts/redis/templates/service.yaml`."""
        found: dict[str, SourceFile] = {}
        for path, file in self.files.items():
            folder, rest = split(path)
            if rest.startswith("templates/"):
                source = file.source()
                if source is not None:
                    found.update({f"{name}/{rest}": source for name in self._names_of(folder)})
        return found

    @cached_property
    def values(self) -> Mapping[str, SourceFile]:
        """The values files by the name of their chart: `web`, `web/charts/redis`."""
        found: dict[str, SourceFile] = {}
        for path, file in self.files.items():
            folder, rest = split(path)
            source = file.source() if rest == VALUES_FILE else None
            if source is not None:
                found.update(dict.fromkeys(self._names_of(folder), source))
        return found

    def _names_of(self, folder: str) -> tuple[str, ...]:
        """What Helm calls the chart in a folder `charts/a/charts/b/`: by its name, and by each alias of it."""
        if not folder:
            return (self.name,)
        if folder not in self._names:
            parent = _parent(folder)
            name = str(_mapping(self.files.get(folder + CHART_FILE)).get("name") or posixpath.basename(folder[:-1]))
            aliases = {
                str(each["alias"])
                for each in self.dependencies(parent)
                if each.get("alias") and each.get("name") == name
            }
            above = self._names_of(parent)
            self._names[folder] = tuple(f"{one}/charts/{own}" for one in above for own in sorted({name, *aliases}))
        return self._names[folder]

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        return {}

    def dependencies(self, folder: str = "") -> list[Mapping[str, Any]]:
        """What the chart in a folder says it depends on; requirements.yaml is where Helm 2 had it."""
        for name in (CHART_FILE, "requirements.yaml"):
            listed = _mapping(self.files.get(folder + name)).get("dependencies")
            if isinstance(listed, list):
                return [each for each in listed if isinstance(each, dict)]
        return []


def split(path: str) -> tuple[str, str]:
    """The folder of the chart or dependency that a path lies in, and the path below it."""
    match = _IN_CHART.match(path)
    return (match[1], match[2]) if match else ("", path)


def _parent(folder: str) -> str:
    """The folder of the chart that the one in a folder is a dependency of.

    >>> _parent("charts/cp-helm-charts/charts/kafka/"), _parent("charts/cp-helm-charts/")
    ('charts/cp-helm-charts/', '')
    """
    return "".join(f"{part}/" for part in folder.split("/")[:-3])


def _depth(folder: str) -> int:
    return folder.count("/") // 2


def load_chart(display: str, root: Path, boundary: Path) -> Chart:
    """Read the chart in a folder, or a packed one, with its dependencies. Raises `TooLargeError`."""
    budget = Budget()
    limit = os.path.realpath(boundary)
    if display.endswith(PACKED_SUFFIXES):
        archive = read_file(location_of(display, root), display, boundary)
        files = read_packed(archive, budget) if archive else {}
    else:
        files = read_folder(location_of(display, root), display, limit, budget)
    chart = Chart(display, files)
    _unpack(chart, budget)
    _add_local(chart, "", location_of(display, root), limit, budget, root)
    return chart


def _unpack(chart: Chart, budget: Budget) -> None:
    """Put the files of packed dependencies in the place of the archives."""
    for _ in range(_DEEPEST):
        packed = [path for path in chart.files if _is_packed_dependency(path)]
        if not packed:
            return
        for path in packed:
            inside = read_packed(chart.files.pop(path), budget)
            name = posixpath.basename(path)
            for suffix in PACKED_SUFFIXES:
                name = name.removesuffix(suffix)
            chart.files.update({f"{posixpath.dirname(path)}/{name}/{inner}": file for inner, file in inside.items()})
    for path in [path for path in chart.files if _is_packed_dependency(path)]:
        del chart.files[path]  # Helm would unpack it by itself, without our limits


def _is_packed_dependency(path: str) -> bool:
    return path.endswith(PACKED_SUFFIXES) and split(path)[1] == f"charts/{posixpath.basename(path)}"


def _add_local(chart: Chart, folder: str, location: str, boundary: str, budget: Budget, root: Path) -> None:
    """Add the dependencies that lie elsewhere in the repository (`file://../common`), and note what is missing."""
    for dependency in chart.dependencies(folder):
        name, repository = str(dependency.get("name") or ""), str(dependency.get("repository") or "")
        if not name or name in _present(chart, folder):
            continue
        files: dict[str, ChartFile] = {}
        if repository.startswith(_FILE_REPOSITORY) and _depth(folder) < _DEEPEST:
            place = os.path.realpath(Path(location) / repository.removeprefix(_FILE_REPOSITORY))
            files = read_folder(place, os.path.relpath(place, root).replace(os.sep, "/"), boundary, budget)
        if CHART_FILE not in files:
            if not folder:  # Helm does not ask for those of dependencies either
                chart.missing.append(name)
                chart.switched_off |= {name} if _is_switched_off(chart, dependency) else set()
            continue
        inside = f"{folder}charts/{name}/"
        chart.files.update({inside + path: file for path, file in files.items()})
        _unpack(chart, budget)
        _add_local(chart, inside, place, boundary, budget, root)


def _is_switched_off(chart: Chart, dependency: Mapping[str, Any]) -> bool:
    """Whether the condition of a dependency is false in the values of the chart; the first that is there counts."""
    for condition in str(dependency.get("condition") or "").split(","):
        value: Any = _mapping(chart.files.get(VALUES_FILE))
        for step in condition.strip().split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, bool):
            return not value
    return False


def _present(chart: Chart, folder: str) -> set[str]:
    """The names of the dependencies that lie in the `charts` of a folder."""
    found = set()
    for path, file in chart.files.items():
        inside, rest = split(path)
        if rest == CHART_FILE and inside and _parent(inside) == folder:
            found.add(str(_mapping(file).get("name") or ""))
    return found


def _mapping(file: ChartFile | None) -> Mapping[str, Any]:
    """The mapping that a file of a chart holds; empty if it holds none."""
    source = file.source() if file else None
    documents: Iterator[Any] = (document.value for document in parse(source).documents) if source else iter(())
    value = next(documents, None)
    return value if isinstance(value, dict) else {}
