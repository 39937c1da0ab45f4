"""Workspace: every resource of one cluster, indexed, and references between them.

A reference is *found*, *missing* or *unknown*: the object a manifest names is often elsewhere, made by Terraform or by
another team. Only where the search space is closed may a rule say missing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tkelint.guesses import close_matches
from tkelint.kubernetes import POD_PATHS
from tkelint.patterns import pattern
from tkelint.pods import Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tkelint.cluster import ClusterFacts, External
    from tkelint.elsewhere import Others
    from tkelint.kustomize import Kustomizations
    from tkelint.reader import Reading
    from tkelint.resource import Resource

    Derived = TypeVar("Derived")


_TEMPLATED_NAME = pattern(r"name['\"]?\s*:.*\{\{")
_MOST_COMPARISONS = 100_000  # of names, to find the nearest of a missing one: about a second


class State(Enum):
    """What a search came to."""

    FOUND = "found"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Reference(NamedTuple):
    """The outcome of a search for an object by name.

    `candidates` are all objects it may be: the same object in two alternatives or overlays is normal, and an object
    that exists elsewhere (`externals`) is found without candidates. `searched` counts the objects of the kind and
    namespace that were looked through; `nearest` is the most similar name among them.
    """

    state: State
    type: str
    name: str
    namespace: str | None
    candidates: tuple[Resource, ...] = ()
    searched: int = 0
    nearest: Resource | None = None

    @property
    def is_missing(self) -> bool:
        """Whether it certainly does not exist."""
        return self.state is State.MISSING

    @property
    def is_found(self) -> bool:
        """Whether it exists, here or as a declared external."""
        return self.state is State.FOUND


class Workspace:
    """Everything that is known of one cluster. Built once, never changed.

    `once` keeps what a function derives from the workspace (an index, the traffic graph) for the next caller.
    """

    def __init__(
        self,
        readings: Sequence[Reading],
        facts: ClusterFacts,
        *,
        externals: Sequence[External] = (),
        kustomizations: Kustomizations | None = None,
        elsewhere: Others | None = None,
    ) -> None:
        """Index the resources of all readings by type, and by type and name.

        `elsewhere` is what other charts and overlays have that may belong to the cluster.
        """
        self.readings = tuple(readings)
        self.facts = facts
        self.externals = tuple(externals)
        self.kustomizations = kustomizations
        self._elsewhere = elsewhere
        self.resources: tuple[Resource, ...] = tuple(resource for reading in readings for resource in reading.resources)
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        self._by_namespace: dict[tuple[str, str | None], list[Resource]] = defaultdict(list)
        for resource in self.resources:
            self._by_type[resource.type].append(resource)
            self._by_namespace[resource.type, resource.namespace].append(resource)
            self._by_name[resource.type, resource.name].append(resource)
        self._found: dict[tuple[str, str, str | None], tuple[Resource, ...]] = {}  # see _candidates
        self._unread: dict[str, list[str]] = {}  # by type: texts that could not be read and may hold one of it
        self._comparisons_left = _MOST_COMPARISONS
        self._derived: dict[Callable[[Workspace], Any], Any] = {}
        self._backends: dict[Resource, tuple[Workload, ...]] = {}

    def once(self, derive: Callable[[Workspace], Derived]) -> Derived:
        """`derive(self)`, computed by the first caller and shared with all later ones."""
        if derive not in self._derived:
            self._derived[derive] = derive(self)
        derived: Derived = self._derived[derive]
        return derived

    def of_type(self, type_: str) -> Sequence[Resource]:
        """All resources of a type (see `Resource.type`), in the order of files."""
        return self._by_type.get(type_, ())

    def types(self) -> Iterable[str]:
        """The types that occur."""
        return self._by_type.keys()

    def named(self, type_: str, name: str, near: Resource) -> tuple[Resource, ...]:
        """The objects of this type and name that may lie in the namespace of `near`; exact namespaces first."""
        return self._candidates(type_, name, near.namespace)

    def _candidates(self, type_: str, name: str, namespace: str | None) -> tuple[Resource, ...]:
        """The objects that a name may stand for. Many ask for the same one, of which there may be many alternatives."""
        key = (type_, name, namespace)
        if key not in self._found:
            named = self._by_name.get((type_, name), ())
            fits = [other for other in named if may_share_namespace(other.namespace, namespace)]
            self._found[key] = tuple([other for other in fits if other.namespace == namespace] or fits)
        return self._found[key]

    def find(self, type_: str, name: str, near: Resource, namespace: str | None = None) -> Reference:
        """Look for an object that `near` names, in `namespace` or else in the namespace of `near`."""
        wanted = namespace or near.namespace
        candidates = self._candidates(type_, name, wanted)
        if candidates:
            return Reference(State.FOUND, type_, name, wanted, candidates)
        if self.external(type_, name, wanted) is not None:
            return Reference(State.FOUND, type_, name, wanted)
        space: Sequence[Resource] = self._by_namespace.get((type_, wanted), ())
        if wanted is None and near.template is not None:
            space = [other for other in space if _same_release(other, near)]
        state = State.MISSING if space and self._is_closed(type_, name) else State.UNKNOWN
        nearest = self._nearest(name, space) if state is State.MISSING else None
        return Reference(state, type_, name, wanted, (), len(space), nearest)

    def external(self, type_: str, name: str, namespace: str | None) -> External | None:
        """The object of the configuration that exists elsewhere and has this name."""
        return next((each for each in self.externals if each.covers(type_, namespace, name)), None)

    def is_external_host(self, host: str) -> bool:
        """Whether a domain name or address is one that something outside of the project answers to."""
        return any(each.answers_to(host) for each in self.externals)

    def may_have_pods_elsewhere(self, labels: Mapping[str, Any], namespace: str | None) -> bool:
        """Whether Pods with labels may be made by another render, or by a workload that is declared to be elsewhere."""
        if any(each.kind in POD_PATHS and each.may_be_in(namespace) for each in self.externals):
            return True
        return self._elsewhere is not None and self._elsewhere.may_have_pods(labels)

    def _nearest(self, name: str, among: Sequence[Resource]) -> Resource | None:
        """The object with the most similar name; a guess costs a comparison with each, so they are not endless."""
        self._comparisons_left -= len(among)
        if self._comparisons_left < 0:
            return None
        by_name = {resource.name: resource for resource in among}
        close = close_matches(name, list(by_name), most=1, cutoff=0.75)
        return by_name[close[0]] if close else None

    def _is_closed(self, type_: str, name: str) -> bool:
        """Whether nothing unread or unbuilt may hold the object."""
        generated = self.kustomizations.generated if self.kustomizations else frozenset()
        if type_ in generated or "*" in generated:
            return False
        if self._elsewhere is not None and self._elsewhere.may_have(type_, name):
            return False
        if type_ not in self._unread:
            texts = (text for reading in self.readings for text in reading.unread)
            self._unread[type_] = [text for text in texts if _may_be_of(text, type_)]
        return not any(name in text or _TEMPLATED_NAME.search(text) for text in self._unread[type_])

    @cached_property
    def workloads(self) -> tuple[Workload, ...]:
        """Everything that makes Pods and shows its Pod template; patches without one are not among them."""
        types = [type_ for type_ in self._by_type if type_ in POD_PATHS]
        found = (Workload.of(resource) for type_ in types for resource in self._by_type[type_])
        return tuple(workload for workload in found if workload is not None)

    @cached_property
    def _workloads_by_label(self) -> Mapping[tuple[str, Any], list[Workload]]:
        index: dict[tuple[str, Any], list[Workload]] = defaultdict(list)
        for workload in self.workloads:
            for key, value in workload.labels.items():
                if isinstance(value, str):
                    index[key, value].append(workload)
        return index

    def backends(self, service: Resource) -> tuple[Workload, ...]:
        """The workloads whose Pods a Service selects; none for a Service without selector."""
        known = self._backends.get(service)
        if known is None:
            known = self._backends[service] = self._find_backends(service)
        return known

    def _find_backends(self, service: Resource) -> tuple[Workload, ...]:
        selector = service.mapping("spec", "selector")
        pairs = [(key, value) for key, value in selector.items() if isinstance(value, str)]
        if not pairs or len(pairs) != len(selector):
            return ()
        fewest = min((self._workloads_by_label.get(pair, []) for pair in pairs), key=len)
        return tuple(
            workload
            for workload in fewest
            if may_share_namespace(workload.resource.namespace, service.namespace)
            and all(workload.labels.get(key) == value for key, value in pairs)
        )


def may_share_namespace(one: str | None, other: str | None) -> bool:
    """Whether two objects may be in one namespace: an unset one may be any, since Helm or kustomize sets it later."""
    return one is None or other is None or one == other


def _same_release(other: Resource, near: Resource) -> bool:
    """Objects without a namespace belong together only within one chart."""
    if near.namespace is not None or near.template is None or other.template is None:
        return True
    return other.template.partition("/")[0] == near.template.partition("/")[0]


def _may_be_of(text: str, type_: str) -> bool:
    """Whether a text that could not be read may define an object of a type."""
    kind = re.escape(type_.partition(".")[0])
    return re.search(rf"kind['\"]?\s*:\s*['\"]?(?:{kind}\b|List\b|\{{\{{)", text) is not None
