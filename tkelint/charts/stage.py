"""A chart written to a temporary folder, as it is and with marks, and the job of rendering it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tkelint.charts.chart import CHART_FILE, Chart
from tkelint.charts.marks import Marks, TemplateLine
from tkelint.patterns import pattern
from tkelint.syntax.document import Remove
from tkelint.syntax.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tkelint.charts.files import ChartFile
    from tkelint.config.model import ChartSettings

KUBE_VERSION: Final = "1.32.0"  # what templates are told when nobody says: the same with every release of Helm
_NOT_IN_RELEASES: Final = pattern(r"[^a-z0-9-]+")
_DEMANDING: Final = (CHART_FILE, "requirements.yaml")
_LONGEST_RELEASE: Final = 15  # Helm's limit is 53, but templates add to it, and some refuse more than this
UNKNOWN_NAMESPACE: Final = "default"  # what Helm tells templates when it is told nothing


class Stage:
    """The folders of one chart: as it is, with marks everywhere, and with marks outside of definitions."""

    def __init__(self, chart: Chart, folder: Path, *, version_known: bool) -> None:
        self.name = chart.name
        self._marks = Marks()
        digest = hashlib.sha256(str(version_known).encode())
        for path, file in sorted(chart.files.items()):
            digest.update(f"{path}\0{len(file.data)}\0".encode("utf-8", "surrogatepass") + file.data)
        self.scratch = folder
        self.folders = tuple(folder / f"{digest.hexdigest()}-{kind}" for kind in ("chart", "marked", "outside"))
        is_new = not self.folders[0].exists()
        for target, definitions in zip(self.folders, (None, True, False), strict=True):
            texts = {} if definitions is None else self._marked(chart, definitions=definitions)
            if is_new:  # else another path to the same chart was here before
                _write(chart, target, texts, version_known)

    def _marked(self, chart: Chart, *, definitions: bool) -> dict[str, str]:
        """The marked texts of the templates by the name that they are reported under."""
        texts: dict[str, str] = {}
        for source in chart.templates.values():
            if source.path not in texts:
                texts[source.path] = self._marks.mark(source, definitions=definitions)
        return texts

    def lines_of(self, name: str, text: str, marked: Sequence[Mapping[str, str]]) -> list[tuple[TemplateLine, ...]]:
        """The template lines of each line of a rendered template; the first marked copy that is alike tells them."""
        for copy in marked:
            if name in copy and copy[name].count("\n") == text.count("\n"):
                return self._marks.lines_of(text, copy[name])
        return []


def _write(chart: Chart, folder: Path, texts: Mapping[str, str], version_known: bool) -> None:
    """Write a chart, with other texts for some of its templates."""
    folder.mkdir()
    made: set[Path] = {folder}
    for path, file in chart.files.items():
        if path in chart.unsafe_schemas:
            continue
        target = folder / path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        text = texts.get(file.display)
        data = text.encode("utf-8", "surrogatepass") if text is not None else file.data
        target.write_bytes(_without_demands(chart, path, data, version_known) if path in _DEMANDING else data)


def _without_demands(chart: Chart, path: str, data: bytes, version_known: bool) -> bytes:
    """The file without the dependencies that are not there, and without what versions of Kubernetes it is for.

    Helm would render nothing of the chart, most of which depends on neither.
    """
    source = chart.files[path].source()
    documents = parse(source).documents if source else ()
    value = documents[0].value if documents else None
    if not isinstance(value, dict):
        return data
    listed = value.get("dependencies")
    names = (
        [each.get("name") if isinstance(each, dict) else None for each in listed] if isinstance(listed, list) else []
    )
    removed = [Remove(("dependencies", index)) for index, name in enumerate(names) if name in chart.missing]
    if "kubeVersion" in value and not version_known:
        removed.append(Remove(("kubeVersion",)))
    changes = documents[0].text_changes(removed) if removed else None
    if source is None or changes is None:
        return data
    text = source.text
    for span, new in reversed(changes):
        text = text[: span.start] + new + text[span.end :]
    return text.encode()


def job_of(settings: ChartSettings, stage: Stage, values: Sequence[ChartFile], kube_version: str) -> dict[str, Any]:
    """What `child` is to render, but for the file of its answer. Writes the values files, the last one first."""
    return {
        "folders": [str(folder) for folder in stage.folders],
        "release": settings.release or _release(stage.name),
        "namespace": settings.namespace or UNKNOWN_NAMESPACE,
        "values": [_written(file, stage.scratch) for file in reversed(values)],
        "set": list(settings.set),
        "apiVersions": list(settings.api_versions),
        "kubeVersion": kube_version or KUBE_VERSION,
    }


def _release(chart: str) -> str:
    """The name of a release that nobody named: that of the chart, cut to whole words where it is long.

    >>> _release("web"), _release("kube-prometheus-stack")
    ('web', 'kube-prometheus')
    """
    name = _NOT_IN_RELEASES.sub("-", chart.lower()).strip("-")
    if len(name) > _LONGEST_RELEASE:
        name = name[: _LONGEST_RELEASE + 1].rpartition("-")[0] or name[:_LONGEST_RELEASE]
    return name or "release"


def key_of(job: Mapping[str, Any]) -> str:
    """The same for jobs whose results are the same: folders and values files are named after their content."""
    return hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()


def _written(file: ChartFile, scratch: Path) -> str:
    path = scratch / f"{hashlib.sha256(file.data).hexdigest()}.yaml"
    path.write_bytes(file.data)
    return str(path)
