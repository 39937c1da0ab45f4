"""All charts of a project, rendered: which there are, in how many ways each, and what came of it."""

from __future__ import annotations

import posixpath
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tkelint.charts.chart import CHART_FILE, Chart, load_chart
from tkelint.charts.failures import failure_of, lacks_dependency, stopped
from tkelint.charts.files import PACKED_SUFFIXES, ChartFile, TooLargeError, location_of, read_file
from tkelint.charts.places import TemplatePlaces
from tkelint.charts.stage import UNKNOWN_NAMESPACE, Stage, job_of, key_of
from tkelint.charts.values import Values, ValuesFile
from tkelint.charts.worker import SECONDS, Answer, Engine, find_engine, run_jobs
from tkelint.config.model import ChartSettings
from tkelint.discovery import MANIFEST_SUFFIXES
from tkelint.reader import FileState, FileStatus
from tkelint.rendered import Render, RenderedFile
from tkelint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tkelint.config.model import Config

    Progress = Callable[[int, int], None]


class _Plan(NamedTuple):
    """One render to make, with the values files that are not the chart's own, the last one first."""

    settings: ChartSettings
    chart: Chart
    values: tuple[ChartFile, ...]
    is_own: bool  # nobody said how: the chart's own values


def find_charts(paths: Iterable[str]) -> list[str]:
    """The folders of the charts among some paths, without those that lie in `charts` of another one."""
    folders = {posixpath.dirname(path) for path in paths if posixpath.basename(path) == CHART_FILE}
    return sorted(folder or "." for folder in folders if not any(above in folders for above in _parents(folder)))


def _parents(folder: str) -> Iterator[str]:
    """The folders of which this one is, or lies in, a dependency."""
    parts = folder.split("/")
    for index, part in enumerate(parts):
        if part == "charts" and index + 1 < len(parts):
            yield "/".join(parts[:index])


def render_charts(config: Config, paths: Mapping[str, bool], progress: Progress | None = None) -> list[Render]:
    """Render the charts among the paths of a run, each given with whether it is a target, that a target is a part of.

    Those that `charts` of the configuration names are rendered as it says, the others with their own values.
    """
    plans, renders = _plans(config, paths)
    engine = find_engine(config.boundary) if plans else None
    if engine is None:
        renders += (_without_helm(plan) for plan in plans)
    else:
        renders += _run(plans, engine, config, progress)
    return sorted(renders, key=lambda render: render.name)


def _plans(config: Config, paths: Mapping[str, bool]) -> tuple[list[_Plan], list[Render]]:
    """What is to be rendered, and what cannot be read."""
    named = {settings.path for settings in config.charts}
    wanted = [(settings, False) for settings in config.charts]
    wanted += ((ChartSettings(path), True) for path in find_charts(paths) if path not in named)
    targets = [path for path, targeted in paths.items() if targeted]
    charts: dict[str, Chart | None] = {}
    plans: list[_Plan] = []
    unread: list[Render] = []
    for settings, is_own in wanted:
        if not _is_targeted(settings, targets):
            continue
        if settings.path not in charts:
            charts[settings.path] = _load(settings.path, config)
        chart = charts[settings.path]
        if chart is None:
            unread.append(_unread(settings, "chart-too-large"))
        elif chart.name and chart.metadata.get("type") != "library":
            values = (
                read_file(location_of(each, config.root), each, config.boundary) for each in reversed(settings.values)
            )
            plans.append(_Plan(settings, chart, tuple(file for file in values if file is not None), is_own))
        elif not chart.name:
            unread.append(_unread(settings, "no-chart"))
    return plans, unread


def _load(path: str, config: Config) -> Chart | None:
    try:
        return load_chart(path, config.root, config.boundary)
    except TooLargeError:
        return None


def _is_targeted(settings: ChartSettings, targets: Iterable[str]) -> bool:
    """Whether one of the targets is a part of the chart, or one of its values files; a packed one has no parts."""
    folder = "" if settings.path == "." else f"{settings.path}/"
    return settings.path.endswith(PACKED_SUFFIXES) or any(
        target.startswith(folder) or target in settings.values for target in targets
    )


def _run(plans: Sequence[_Plan], engine: Engine, config: Config, progress: Progress | None) -> list[Render]:
    """Render all plans, each different input once."""
    with tempfile.TemporaryDirectory(prefix="tkelint-") as folder:
        stages: list[Stage] = []
        made: dict[tuple[int, bool], Stage] = {}
        jobs: dict[str, Mapping[str, object]] = {}
        keys: list[str] = []
        for plan in plans:
            version = plan.settings.kube_version or str(config.cluster.value("kubernetesVersion") or "")
            kind = (id(plan.chart), bool(version))
            if kind not in made:
                made[kind] = Stage(plan.chart, Path(folder), version_known=bool(version))
            stages.append(made[kind])
            job = job_of(plan.settings, stages[-1], plan.values, version)
            keys.append(key_of(job))
            jobs.setdefault(keys[-1], {**job, "answer": f"{folder}/{keys[-1]}"})
        done = iter(range(1, len(jobs) + 1))
        answers = run_jobs(
            engine, list(jobs.values()), Path(folder), lambda: progress(next(done), len(jobs)) if progress else None
        )
        by_key = dict(zip(jobs, answers, strict=True))
        return [_render(plan, by_key[key], stage) for plan, key, stage in zip(plans, keys, stages, strict=True)]


def _render(plan: _Plan, answer: Answer, stage: Stage) -> Render:
    """What came of one plan."""
    chart = plan.chart
    missing = [name for name in chart.missing if not (plan.is_own and name in chart.switched_off)]
    skipped = (
        *(_missing(chart, name) for name in missing),
        *(
            FileStatus(path=chart.files[path].display, state=FileState.UNREADABLE, reason="schema-elsewhere")
            for path in sorted(chart.unsafe_schemas)
        ),
    )
    inputs = frozenset(file.display for file in (*chart.files.values(), *plan.values))
    render = Render(_name(plan.settings), skipped=skipped, inputs=inputs, complete=not missing)
    if answer.stopped:
        return render._replace(failures=(stopped(chart, answer.stopped, SECONDS),), complete=False)
    if answer.error:
        if lacks_dependency(chart, answer.error):
            return render._replace(complete=False)
        return render._replace(failures=(failure_of(chart, answer.error, own_values=plan.is_own),), complete=False)
    files = tuple(_files(plan, answer, stage))
    return render._replace(files=files, replaces=frozenset(file.source.path for file in files))


def _files(plan: _Plan, answer: Answer, stage: Stage) -> Iterator[RenderedFile]:
    """The rendered files; a template that wrote nothing is one of them."""
    texts, *marked = answer.outputs
    # Should Helm call a template otherwise than expected, its objects are known all the same.
    for name in texts.keys() - plan.chart.templates.keys():
        chart_file = plan.chart.files[CHART_FILE].source() or SourceFile(plan.chart.display, "")
        rendered = SourceFile(chart_file.path, texts[name])
        places = TemplatePlaces(chart_file, rendered, [], Values(()))
        yield RenderedFile(chart_file, rendered, places, name, plan.settings.namespace, UNKNOWN_NAMESPACE)
    for name, template in plan.chart.templates.items():
        if name not in texts and not name.endswith(MANIFEST_SUFFIXES):
            continue
        rendered = SourceFile(template.path, texts.get(name, ""))
        lines = stage.lines_of(name, rendered.text, marked)
        places = TemplatePlaces(template, rendered, lines, _values(plan, name))
        yield RenderedFile(template, rendered, places, name, plan.settings.namespace, UNKNOWN_NAMESPACE)


def _values(plan: _Plan, name: str) -> Values:
    """The values files that a template takes its values from, those that win first."""
    chart = name.partition("/templates/")[0]
    steps = chart.split("/charts/")
    given = [source for source in (file.source() for file in plan.values) if source is not None]
    files = [ValuesFile(source, tuple(steps[1:])) for source in given]
    for depth in range(1, len(steps) + 1):
        own = plan.chart.values.get("/charts/".join(steps[:depth]))
        if own is not None:
            files.append(ValuesFile(own, tuple(steps[depth:])))
    return Values(files)


def _name(settings: ChartSettings) -> str:
    """What the render is called: two of one chart differ in their values files."""
    if settings.name:
        return settings.name
    told = [posixpath.basename(each).rpartition(".")[0] for each in settings.values] + list(settings.set)
    told += [each for each in (settings.release, settings.namespace) if each]
    return f"{settings.path} ({', '.join(told)})" if told else settings.path


def _without_helm(plan: _Plan) -> Render:
    """A chart that nothing here can render; its templates are listed as what they are."""
    return Render(_name(plan.settings), complete=False)


def _unread(settings: ChartSettings, reason: str) -> Render:
    path = settings.path if settings.path.endswith(PACKED_SUFFIXES) else posixpath.join(settings.path, CHART_FILE)
    status = FileStatus(path=path, state=FileState.UNREADABLE, reason=reason)
    return Render(_name(settings), skipped=(status,), complete=False)


def _missing(chart: Chart, name: str) -> FileStatus:
    return FileStatus(
        path=posixpath.normpath(posixpath.join(chart.display, "charts", name)) + "/",
        state=FileState.UNREADABLE,
        reason="dependency-missing",
        parameters={"name": name},
    )
