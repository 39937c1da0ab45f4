"""Services that a name was meant to be which is misspelt, or used in another namespace."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tkelint.guesses import distance
from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_NUMBERS = pattern(r"\d+")
# So many letters may be wrong, and in a name of so many letters or more another one.
_SLIPS, _LONG_NAME = 1, 8
_SHORTEST_NAME = 4
_MOST_COMPARISONS = 200_000  # of names: about a second


class Misspellings:
    """All Services, by namespace and by name."""

    def __init__(self, workspace: Workspace) -> None:
        """Index all Services."""
        self._by_namespace: dict[str | None, dict[str, list[Resource]]] = defaultdict(lambda: defaultdict(list))
        self._by_name: dict[str, list[Resource]] = defaultdict(list)
        for service in workspace.of_type("Service"):
            self._by_name[service.name].append(service)
            self._by_namespace[service.namespace][service.name].append(service)
        self._known: dict[tuple[str, str | None], tuple[Resource, ...]] = {}
        self._left = _MOST_COMPARISONS

    def of(self, name: str, namespace: str | None) -> tuple[Resource, ...]:
        """The Services whose names differ from this one by a letter or two, but not only by a number.

        Those of the namespace, and those that may be in it since they or the caller do not state one.
        """
        key = name, namespace
        if key not in self._known:
            spaces = (
                [self._by_name]
                if namespace is None
                else [self._by_namespace.get(each, {}) for each in (namespace, None)]
            )
            self._known[key] = tuple(service for space in spaces for service in self._find(name, space))
        return self._known[key]

    def named(self, name: str) -> Sequence[Resource]:
        """The Services of this name in any namespace."""
        return self._by_name.get(name, ())

    def _find(self, name: str, services: Mapping[str, Sequence[Resource]]) -> tuple[Resource, ...]:
        self._left -= len(services)
        if self._left < 0 or len(name) < _SHORTEST_NAME:
            return ()
        near = (other for other in services if is_misspelt(name, other))
        return tuple(service for other in near for service in services[other])


def is_misspelt(name: str, other: str) -> bool:
    """Whether a name is another one with a letter or two wrong; `web-1` is not meant to be `web-2`.

    >>> is_misspelt("payment", "payments"), is_misspelt("web-1", "web-2"), is_misspelt("redis", "mysql")
    (True, False, False)
    """
    most = _SLIPS + (min(len(name), len(other)) >= _LONG_NAME)
    if abs(len(name) - len(other)) > most or _NUMBERS.sub("", name) == _NUMBERS.sub("", other):
        return False
    return distance(name, other, most) <= most
