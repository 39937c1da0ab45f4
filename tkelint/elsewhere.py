"""What a cluster may have besides what is known of it: the objects of charts and overlays that are other worlds."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.kubernetes import POD_PATHS
from tkelint.pods import Workload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tkelint.reader import Reading


class Elsewhere:
    """The objects of all renders. Alternatives, made mostly of the same files, are not in one cluster."""

    def __init__(self, rendered: Sequence[Sequence[Reading]]) -> None:
        """`rendered` has the readings of each render."""
        self._sources = [{each.source.path for each in readings if each.resources} for readings in rendered]
        self._rendered = rendered
        self._by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, readings in enumerate(rendered):
            for name in {(resource.type, resource.name) for each in readings for resource in each.resources}:
                self._by_name[name].append(index)

    def seen_from(self, own: int | None) -> Others:
        """What is elsewhere as seen from one render, or from the plain manifests."""
        return Others(self, own)

    def has(self, type_: str, name: str, own: int | None) -> bool:
        """Whether a render that may be in the same cluster has an object of this type and name."""
        return any(not self._are_alternatives(other, own) for other in self._by_name.get((type_, name), ()))

    def has_pods(self, labels: Mapping[str, Any], own: int | None) -> bool:
        """Whether a render that may be in the same cluster makes Pods with all of some labels."""
        pairs = [pair for pair in labels.items() if isinstance(pair[1], str)]
        found = [self._by_label.get(pair, set()) for pair in pairs]
        return bool(found) and any(not self._are_alternatives(other, own) for other in set.intersection(*found))

    @cached_property
    def _by_label(self) -> Mapping[tuple[str, str], set[int]]:
        """The renders that make Pods with a label."""
        found: dict[tuple[str, str], set[int]] = defaultdict(set)
        for index, readings in enumerate(self._rendered):
            for resource in (each for reading in readings for each in reading.resources if each.type in POD_PATHS):
                workload = Workload.of(resource)
                for key, value in workload.labels.items() if workload else ():
                    if isinstance(value, str):
                        found[key, value].add(index)
        return found

    def _are_alternatives(self, one: int, other: int | None) -> bool:
        if other is None or one == other:
            return one == other
        mine, others = self._sources[one], self._sources[other]
        return 2 * len(mine & others) >= min(len(mine), len(others))


class Others(NamedTuple):
    """See `Elsewhere.seen_from`."""

    elsewhere: Elsewhere
    own: int | None

    def may_have(self, type_: str, name: str) -> bool:
        """Whether an object may be in another render of the same cluster."""
        return self.elsewhere.has(type_, name, self.own)

    def may_have_pods(self, labels: Mapping[str, Any]) -> bool:
        """Whether Pods with all of some labels may be in another render of the same cluster."""
        return self.elsewhere.has_pods(labels, self.own)
