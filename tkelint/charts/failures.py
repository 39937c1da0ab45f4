"""What Helm says when it cannot render a chart: the place it means, and whether it only wants other values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint.charts.chart import CHART_FILE, VALUES_FILE
from tkelint.patterns import pattern
from tkelint.rendered import RenderFailure
from tkelint.source import Place, Precision, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.charts.chart import Chart

# `template: web/templates/a.yaml:3:14: executing ...`, `execution error at (web/templates/a.yaml:1:6): ...`.
_LOCATION: Final = pattern(r"([^\s:()]+/templates/[^\s:()]+)(?::(\d+)(?::(\d+))?)?")
_IN_TEMPLATE: Final = pattern(r"execution error at|: executing |values don't meet the specifications|nil pointer")
_KUBE_VERSION: Final = "which is incompatible with Kubernetes"
_NO_TEMPLATE: Final = pattern(r'no template "|template "[^"]*" not defined')
_LONGEST: Final = 600

_STOPPED: Final = {
    "time": "it was stopped after {seconds} seconds",
    "memory": "it was stopped at the limit of memory",
    "size": "it was stopped at the limit of its output",
}


def failure_of(chart: Chart, error: str, *, own_values: bool) -> RenderFailure:
    """The failure that an error of Helm is. With `own_values` nobody said how the chart is to be installed."""
    refused = _IN_TEMPLATE.search(error) is not None and not _NO_TEMPLATE.search(error)
    message = " ".join(error.split())
    message = message if len(message) <= _LONGEST else message[:_LONGEST] + "..."
    is_version = _KUBE_VERSION in error
    place = _place_in_chart_file(chart, "kubeVersion") if is_version else _place(chart, error)
    return RenderFailure(place, message, refused=own_values and (refused or is_version))


def stopped(chart: Chart, limit: str, seconds: int) -> RenderFailure:
    """The failure of a chart that takes too much."""
    return RenderFailure(_place_in_chart_file(chart, "name"), _STOPPED[limit].format(seconds=seconds))


def lacks_dependency(chart: Chart, error: str) -> bool:
    """Whether a template or value may be missing because a dependency is."""
    return bool(chart.missing) and (_NO_TEMPLATE.search(error) is not None or _IN_TEMPLATE.search(error) is not None)


def _place(chart: Chart, error: str) -> Place:
    """The innermost place in a template that the error names, else the values, else the chart."""
    for source, line, column in reversed(list(_locations(chart, error))):
        if not line:
            return Place(source, Span(0, len(source.line(1))), Precision.FILE)
        start = source.offset(line, column or 1)
        text = source.line(line)
        begin = start if column else start + len(text) - len(text.lstrip())
        return Place(source, Span(begin, max(source.offset(line) + len(text.rstrip()), begin)))
    for name in (VALUES_FILE, CHART_FILE):
        file = chart.files.get(name)
        found = file.source() if file else None
        if found is not None and ("values" in error or name == CHART_FILE):
            return Place(found, Span(0, len(found.line(1))), Precision.FILE)
    return _place_in_chart_file(chart, "name")


def _locations(chart: Chart, error: str) -> Iterator[tuple[SourceFile, int, int]]:
    for match in _LOCATION.finditer(error):
        source = chart.templates.get(match[1])
        if source is not None:
            # Helm counts columns in bytes from zero.
            line = int(match[2] or 0)
            column = len(source.line(line).encode()[: int(match[3])].decode("utf-8", "ignore")) + 1 if match[3] else 0
            yield source, line, column


def _place_in_chart_file(chart: Chart, key: str) -> Place:
    source = chart.files[CHART_FILE].source() or SourceFile(chart.display, "")
    for number in range(1, len(source.line_starts) + 1):
        if source.line(number).startswith(f"{key}:"):
            start = source.line_starts[number - 1]
            return Place(source, Span(start, start + len(source.line(number))))
    return Place(source, Span(0, len(source.line(1))))
