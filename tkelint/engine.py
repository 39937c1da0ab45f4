"""The engine: runs rules over a workspace and makes findings of what they say.

`lint` is a whole run from sources to a report without touching the disk; `cli` brings the sources.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tkelint import processes
from tkelint.cluster import ClusterFacts
from tkelint.corefiles import holds_corefile
from tkelint.finding import finding_of
from tkelint.kubernetes import POD_PATHS, is_workload
from tkelint.reader import FileStatus, read_files
from tkelint.redact import secret_spans
from tkelint.report import Report, RuleCrash
from tkelint.resource import FILE_KIND, PSEUDO_KINDS, Resource, text_resource
from tkelint.rule import Rule, load_rules
from tkelint.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from tkelint.config import Config
    from tkelint.graph.model import Graph
    from tkelint.problem import Finding, Problem
    from tkelint.reader import Reading
    from tkelint.rule import Check
    from tkelint.source import SourceFile, Span
    from tkelint.syntax.document import FieldPath

    Part = Callable[[int], slice]  # which of how many

# What `kinds` of a rule file may say besides types of objects: see `rules/rule.schema.json`.
OBJECT_KIND = "Object"
WORKLOAD_KIND = "Workload"
COREFILE_KIND = "Corefile"


class World(NamedTuple):
    """One cluster, as far as it is known. `name` is empty for that of plain manifests.

    `open` indexes the readings; there may be a thousand worlds, so that none is kept open when its rules have run.
    """

    name: str
    readings: Sequence[Reading]
    open: Callable[[], Workspace]


class Worlds(NamedTuple):
    """The worlds of a run, the readings in which suppressions and Secret data are looked for, and every file's status.

    `untargeted` are the paths of files that are known and not linted: nothing is reported there.
    """

    worlds: tuple[World, ...]
    readings: tuple[Reading, ...]
    files: tuple[FileStatus, ...]
    untargeted: frozenset[str]


class Selection(NamedTuple):
    """Which rules run: those enabled, or only `select`, in each case without `ignore`. Ids and folders name rules."""

    select: Collection[str] = ()
    ignore: Collection[str] = ()
    only_corefiles: bool = False  # none of the rules that look at anything but Corefiles

    def rules(self, config: Config) -> tuple[Rule, ...]:
        """The rules to run, in the order of their ids."""
        return tuple(rule for rule in load_rules().values() if self._runs(rule, config))

    def with_all_enabled(self, config: Config) -> Selection:
        """The same rules and, where only some are selected, all others that are enabled."""
        if not self.select:
            return self
        enabled = self._replace(select=()).rules(config)
        return self._replace(select=tuple(sorted({rule.id for rule in (*enabled, *self.rules(config))})))

    def _runs(self, rule: Rule, config: Config) -> bool:
        if self.only_corefiles and COREFILE_KIND not in rule.kinds and not rule.reported_by:
            return False
        names = {rule.id, rule.folder, *rule.aliases}
        if not names.isdisjoint(self.ignore):
            return False
        if self.select:
            return not names.isdisjoint(self.select)
        setting = config.rules.get(rule.id)
        return rule.enabled if setting is None or setting.enabled is None else setting.enabled


def lint(
    sources: Sequence[tuple[SourceFile, bool]],
    config: Config,
    *,
    selection: Selection | None = None,
    skipped: Sequence[FileStatus] = (),
    suppressions: bool = True,
    corefiles: Collection[str] = (),
) -> Report:
    """Lint sources, each given with whether it is a target or only known.

    `skipped` are the files that could not be brought. With `suppressions` off every finding is reported. The files of
    the paths `corefiles` are Corefiles, whatever their names say.
    """
    workspace = build_workspace(sources, config, corefiles)
    return lint_workspace(workspace, config, selection=selection, skipped=skipped, suppressions=suppressions)


def lint_workspace(
    workspace: Workspace,
    config: Config,
    *,
    selection: Selection | None = None,
    skipped: Sequence[FileStatus] = (),
    suppressions: bool = True,
) -> Report:
    """Lint what is read already. The parameters are those of `lint`."""
    worlds = one_world(workspace)
    return lint_worlds(worlds, config, selection=selection, skipped=skipped, suppressions=suppressions)


def one_world(workspace: Workspace) -> Worlds:
    """A run that has only plain manifests."""
    readings = workspace.readings
    return Worlds(
        (World("", readings, lambda: workspace),), readings, tuple(reading.status for reading in readings), frozenset()
    )


def lint_worlds(
    worlds: Worlds,
    config: Config,
    *,
    selection: Selection | None = None,
    skipped: Sequence[FileStatus] = (),
    suppressions: bool = True,
) -> Report:
    """Lint each world. What several share is found once, with their names. The parameters are those of `lint`."""
    rules = (selection or Selection()).rules(config)
    found: list[Finding] = []
    crashes: list[RuleCrash] = []
    facts: ClusterFacts | None = None
    for world in worlds.worlds:
        names = (world.name,) if world.name and len(worlds.worlds) > 1 else ()
        workspace = world.open()
        facts = facts or workspace.facts
        for outcome in _outcomes(workspace, rules, config, is_plain=not world.name):
            if isinstance(outcome, RuleCrash):
                crashes.append(outcome)
            elif outcome.place.source.path not in worlds.untargeted:
                found.append(outcome._replace(worlds=names) if names else outcome)
    findings, suppressed = _sorted_out(found, worlds, config, rules) if suppressions else (found, [])
    if len(worlds.worlds) > 1:
        from tkelint.fold import fold  # noqa: PLC0415 - most trees are one world

        findings, suppressed = fold(findings), fold(suppressed)
    shown = {place.source.path for finding in findings for place in finding.places()}
    return Report(
        findings=_sorted(findings),
        suppressed=_sorted(suppressed),
        files=tuple(sorted([*worlds.files, *skipped], key=lambda status: status.path)),
        crashes=_counted(crashes),
        rules=rules,
        facts=facts or ClusterFacts(),
        root=config.root,
        secrets=secret_spans([*worlds.readings, *_rendered(worlds)], shown),
        read_graphs=functools.partial(_graphs, worlds),
    )


def _outcomes(
    workspace: Workspace, rules: Sequence[Rule], config: Config, *, is_plain: bool
) -> Iterable[Finding | RuleCrash]:
    """The findings of one world, and the rules that crashed. A large one is shared between two processes.

    What is not `is_plain` was rendered and has places in files that only one process may have read.
    """

    def outcomes(part: Part) -> list[Finding | RuleCrash]:
        found = run_rules(workspace, rules, part)
        return [each if isinstance(each, RuleCrash) else finding_of(*each, config) for each in found]

    if not is_plain or not processes.pay_off(len(workspace.resources)):
        return outcomes(slice)
    # One object of each type first: what rules derive from the tree is then there for both processes.
    first = outcomes(lambda count: slice(min(count, 1)))
    files = [reading.source for reading in workspace.readings]
    # Halves and not every second one: often objects alternate, such as applications with and without an Ingress.
    halves = (lambda count: slice(1, (count + 1) // 2), lambda count: slice(max((count + 1) // 2, 1), count))
    return itertools.chain(first, *processes.in_two(lambda half: outcomes(halves[half]), files))


def _counted(crashes: Iterable[RuleCrash]) -> tuple[RuleCrash, ...]:
    """Each rule that crashed, once: where it did first, in the order of paths, and how often."""
    counts = Counter(crash.rule_id for crash in crashes)
    first = {
        crash.rule_id: crash for crash in sorted(crashes, key=lambda each: (each.path, each.subject), reverse=True)
    }
    return tuple(crash._replace(times=counts[rule_id]) for rule_id, crash in sorted(first.items()))


def _graphs(worlds: Worlds) -> Iterator[Graph]:
    from tkelint.graph.build import graph_of  # noqa: PLC0415 - only a report with pictures needs it

    return (graph_of(world.open()) for world in worlds.worlds)


def _sorted_out(
    findings: list[Finding], worlds: Worlds, config: Config, rules: Sequence[Rule]
) -> tuple[list[Finding], list[Finding]]:
    """The findings to report, and those that are suppressed."""
    if not config.ignores and not any("tkelint" in reading.source.text for reading in worlds.readings):
        return findings, []
    from tkelint.suppress import suppress  # noqa: PLC0415 - most trees suppress nothing

    return suppress(findings, worlds.readings, config, rules)


def _rendered(worlds: Worlds) -> Iterator[Reading]:
    """The readings of what was rendered, in which Secret data may stand too."""
    return (reading for world in worlds.worlds if world.name for reading in world.readings if reading.is_rendered)


def build_workspace(
    sources: Sequence[tuple[SourceFile, bool]], config: Config, corefiles: Collection[str] = ()
) -> Workspace:
    """Everything that is known of the cluster, from sources given as in `lint`."""
    readings, kustomizations = read_files(sources, corefiles)
    facts = config.facts([resource for reading in readings for resource in reading.resources])
    return Workspace(readings, facts, externals=config.externals, kustomizations=kustomizations)


def with_facts_of(workspace: Workspace, config: Config) -> Workspace:
    """The same files, with the facts as another configuration declares them."""
    facts = config.facts(workspace.resources)
    return Workspace(workspace.readings, facts, externals=workspace.externals, kustomizations=workspace.kustomizations)


class _Dispatch:
    """The rules for one type of object: those for every one of it, and those that an annotation or field asks for."""

    def __init__(self, rules: Iterable[Rule], pod: FieldPath | None = None) -> None:
        """`pod` is where the objects of the type have their Pod template."""
        self._specs = [("spec",)] if pod is None else [("spec",), (*pod, "spec")]
        self._always: list[Rule] = []
        self._by_annotation: dict[str, list[Rule]] = defaultdict(list)
        self._by_field: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            if not rule.annotations and not rule.fields:
                self._always.append(rule)
            for key in rule.annotations:
                self._by_annotation[key].append(rule)
            for key in rule.fields:
                self._by_field[key].append(rule)

    def rules_for(self, resource: Resource) -> Iterable[Rule]:
        """What to ask of an object; costs as much as it has annotations and fields, however many rules there are."""
        asked = [rule for key in resource.annotations.keys() & self._by_annotation for rule in self._by_annotation[key]]
        if self._by_field:
            for path in self._specs:
                fields = resource.mapping(*path).keys() & self._by_field
                asked += [rule for key in fields for rule in self._by_field[key]]
        return [*self._always, *{rule.id: rule for rule in asked}.values()] if asked else self._always


def run_rules(
    workspace: Workspace, rules: Iterable[Rule], part: Part = slice
) -> Iterator[tuple[Rule, Problem] | RuleCrash]:
    """What each rule says of each resource that can trigger it; a rule that raises is a crash, the others still run.

    `part` says which of how many objects of a type are looked at; the parts of a whole together say the same as it.
    """
    by_kind: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for kind in () if rule.reported_by else rule.kinds:
            by_kind[kind].append(rule)
    checks: dict[str, Check] = {}
    for type_ in sorted(workspace.types()):
        for_type = [*by_kind[type_], *(by_kind[WORKLOAD_KIND] if is_workload(type_) else ())]
        for_type += by_kind[OBJECT_KIND] if type_ not in PSEUDO_KINDS else ()
        dispatch = _Dispatch(for_type, POD_PATHS.get(type_))
        for_corefiles = by_kind[COREFILE_KIND] if type_ == "ConfigMap" else ()
        resources = workspace.of_type(type_)
        for resource in resources[part(len(resources))]:
            if not resource.targeted:
                continue
            yield from _apply(dispatch.rules_for(resource), resource, workspace, checks)
            if for_corefiles and holds_corefile(resource):
                yield from _apply(for_corefiles, resource, workspace, checks)
    if by_kind[FILE_KIND]:
        for reading in workspace.readings[part(len(workspace.readings))]:
            if reading.targeted and reading.errors:
                file = text_resource(reading.source, FILE_KIND, targeted=True)
                yield from _apply(by_kind[FILE_KIND], file, workspace, checks)


def _apply(
    rules: Iterable[Rule], resource: Resource, workspace: Workspace, checks: dict[str, Check]
) -> Iterator[tuple[Rule, Problem] | RuleCrash]:
    """Ask rules about one resource. `checks` keeps the function of each rule that was asked."""
    for rule in rules:
        try:
            check = checks.get(rule.id) or checks.setdefault(rule.id, rule.check)
            for problem in check(resource, workspace):
                if problem.node.resource.targeted:  # A check may point at another object, which is only known.
                    yield rule, problem
        except Exception as error:  # noqa: BLE001 - a bug in one rule must not take the other findings away
            import traceback  # noqa: PLC0415 - only a bug needs it

            yield RuleCrash(
                rule_id=rule.id,
                subject=resource.label,
                path=resource.document.source.path,
                error=type(error).__name__,
                traceback="".join(traceback.format_tb(error.__traceback__)),
            )


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By path, place and rule, each finding once."""
    keyed = {_order(finding): finding for finding in findings}
    return tuple(keyed[key] for key in sorted(keyed))


def _order(finding: Finding) -> tuple[str, Span, str, str]:
    place = finding.place
    return place.source.path, place.span, finding.rule_id, finding.message["en"]
