"""The configuration as rules, engine and command line use it: plain frozen values, nothing left to check."""

from __future__ import annotations

import datetime as dt
import fnmatch
import functools
import posixpath
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from tkelint.cluster import ClusterFacts
from tkelint.gitignore import IgnoreRules
from tkelint.observed import observed_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tkelint.cluster import External
    from tkelint.problem import Finding, Severity
    from tkelint.resource import Resource
    from tkelint.source import Place


class RuleSetting(NamedTuple):
    """What the configuration says of a rule; `None` leaves what the rule file says."""

    severity: Severity | None = None
    enabled: bool | None = None


class Ignore(NamedTuple):
    """Findings not to report: of one rule, perhaps only in some files or on some objects.

    `path` is a line as in `.gitignore`, `object` is `Kind/name` or `Kind/namespace/name`; both are empty for all.
    `expires` is the last day it holds. `place` is where it is written.
    """

    rule: str
    reason: str
    place: Place
    path: str = ""
    object: str = ""
    expires: dt.date | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is meant, be the entry expired or not."""
        return (
            finding.rule_id == self.rule
            and (not self.path or _ignore_rules(self.path).covers(finding.place.source.path))
            and (not self.object or self._is_object(finding.subject))
        )

    def is_expired(self, today: dt.date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and self.expires < today

    def _is_object(self, subject: str) -> bool:
        """Whether the subject of a finding is meant: `Service prod/web`, or `Service web` without namespace."""
        kind, _, rest = subject.partition(" ")
        namespace, _, name = rest.rpartition("/")
        wanted = self.object.split("/")
        found = [kind, namespace, name] if len(wanted) == 3 else [kind, name]
        return all(fnmatch.fnmatchcase(one, pattern) for one, pattern in zip(found, wanted, strict=True))


@functools.lru_cache(maxsize=1000)  # each finding asks
def _ignore_rules(line: str) -> IgnoreRules:
    return IgnoreRules([line])


class Cluster(NamedTuple):
    """One of several clusters. `paths`, `overlays`, `charts` and `context` are paths and globs relative to the root.

    `facts` and `externals` are its own besides those of the whole configuration.
    """

    name: str
    paths: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    facts: ClusterFacts = ClusterFacts()
    externals: tuple[External, ...] = ()
    context: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Whether a file is one of its manifests."""
        return any(_is_below(path, each) for each in self.paths)

    def knows(self, path: str) -> bool:
        """Whether a file is read for its references."""
        return any(_is_below(path, each) for each in self.context)

    def has_render(self, name: str) -> bool:
        """Whether what was made of an overlay or a chart belongs to it: `web/overlays/prod`, `charts/web (prod)`."""
        folder = name.partition(" (")[0]
        return any(each == name or _is_below(folder, each) for each in (*self.overlays, *self.charts))


def _is_below(path: str, written: str) -> bool:
    """Whether a path is one that the configuration names, or lies below it."""
    named = posixpath.normpath(written)
    return named in (".", path) or path.startswith(f"{named}/") or _ignore_rules(f"/{named}").covers(path)


class ChartSettings(NamedTuple):
    """One way in which a chart is rendered: `charts` of the configuration. Paths are relative to the root.

    What is empty is as without configuration: the chart's own values, its name as the release's, Helm's versions.
    """

    path: str
    name: str = ""  # what the render is called in reports
    values: tuple[str, ...] = ()
    set: tuple[str, ...] = ()  # as `helm --set` has it: `image.tag=v1`
    release: str = ""
    namespace: str | None = None
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()


class Config(NamedTuple):
    """The configuration of a run.

    `root` is the folder that its paths and those of findings are relative to; nothing is read outside of `boundary`
    because of it. `path` is its file, if there is one. `is_project`: the root is more than the current folder.
    `today` is `None` for the day of the run.
    """

    root: Path
    boundary: Path
    path: Path | None = None
    is_project: bool = False
    cluster: ClusterFacts = ClusterFacts()
    externals: tuple[External, ...] = ()
    context: tuple[str, ...] = ()
    charts: tuple[ChartSettings, ...] = ()
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    rules: Mapping[str, RuleSetting] = MappingProxyType({})
    ignores: tuple[Ignore, ...] = ()
    fail_on: str | None = None
    language: str | None = None
    docs_url: str = ""
    baseline: str = ""  # relative to the root
    today: dt.date | None = None

    def facts(self, resources: Iterable[Resource]) -> ClusterFacts:
        """The facts declared here and those read off manifests."""
        return self.cluster.merge(observed_facts(tuple(resources)))

    def of_cluster(self, cluster: Cluster) -> Config:
        """The configuration as it is for one of the clusters: what it says itself comes first."""
        facts = ClusterFacts({**self.cluster.known, **cluster.facts.known})
        return self._replace(cluster=facts, externals=(*cluster.externals, *self.externals))

    def knows(self, path: str) -> bool:
        """Whether a file is read for references only."""
        return any(_is_below(path, each) for each in self.context)

    def claims_overlay(self, folder: str) -> bool:
        """Whether one of the clusters has an overlay."""
        return any(_is_below(folder, each) for cluster in self.clusters for each in cluster.overlays)

    @property
    def all_context(self) -> tuple[str, ...]:
        """What is read for references, whatever the cluster."""
        return (*self.context, *(path for cluster in self.clusters for path in cluster.context))

    def ignore_for(self, finding: Finding) -> Ignore | None:
        """The entry that a finding is not reported for."""
        return next((each for each in self.ignores if not each.is_expired(self.day) and each.covers(finding)), None)

    def ignore_reason(self, finding: Finding) -> str | None:
        """Why a finding is not reported, if it is not."""
        ignore = self.ignore_for(finding)
        return ignore.reason if ignore else None

    @property
    def expired_ignores(self) -> tuple[Ignore, ...]:
        """The entries that hold no longer."""
        return tuple(each for each in self.ignores if each.is_expired(self.day))

    @property
    def day(self) -> dt.date:
        """The day on which entries must hold."""
        return self.today or dt.datetime.now(tz=dt.timezone.utc).date()
