"""Which objects of a tree are installed together, as far as the files tell.

A repository often holds several applications, alternatives and examples side by side. Two objects that state no
namespace may meet in one, but only a common file, chart or folder says that they do.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from tkelint.workspace import may_share_namespace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tkelint.resource import Resource


def belong_together(one: Resource, other: Resource) -> bool:
    """Whether two objects live in one namespace: both state it, or they come from one file, chart or folder."""
    if one.namespace is not None and other.namespace is not None:
        return one.namespace == other.namespace
    return are_installed_together(one, other)


def are_installed_together(one: Resource, other: Resource) -> bool:
    """Whether two objects come from one file, one chart, or folders of which one holds the other."""
    if one.template is not None and other.template is not None:
        return _chart(one.template) == _chart(other.template)
    return share_a_folder(one.document.source.path, other.document.source.path)


def share_a_folder(one: str, other: str) -> bool:
    """Whether two files lie in one folder, or in folders of which one holds the other."""
    here, there = posixpath.dirname(one), posixpath.dirname(other)
    return here == there or _holds(here, there) or _holds(there, here)


def are_alternatives(one: Resource, other: Resource) -> bool:
    """Whether two objects are the same one twice: in two overlays, or public here and internal there."""
    return one.type == other.type and one.name == other.name and may_share_namespace(one.namespace, other.namespace)


def chance_to_meet(one: Resource, other: Resource) -> str:
    """How likely two objects that claim one thing meet in one cluster: `certain`, `likely`, "" for one object twice.

    The claim itself says something: two objects with the id of one CLB are seldom there by chance.
    """
    if are_alternatives(one, other):
        return ""
    if is_in_one_file(one, other):
        return "certain"
    both_stated = one.namespace is not None and other.namespace is not None
    is_chart = one.template is not None and other.template is not None
    return "certain" if (both_stated or is_chart) and are_installed_together(one, other) else "likely"


class Neighbourhood:
    """Where some objects without a namespace live: tells in one step whether another one lives with any of them."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Note the chart of each object, its folder, and the folders above."""
        self._charts: set[str] = set()
        self._all = _Folders()
        self._outside_charts = _Folders()
        for resource in resources:
            folder = posixpath.dirname(resource.document.source.path)
            self._all.add(folder)
            if resource.template is None:
                self._outside_charts.add(folder)
            else:
                self._charts.add(_chart(resource.template))

    def has(self, resource: Resource) -> bool:
        """Whether an object is installed together with one of them."""
        folder = posixpath.dirname(resource.document.source.path)
        if resource.template is None:
            return self._all.share(folder)
        return _chart(resource.template) in self._charts or self._outside_charts.share(folder)


class _Folders:
    """Folders, and for each of them those above."""

    def __init__(self) -> None:
        self._exact: set[str] = set()
        self._above: set[str] = set()

    def add(self, folder: str) -> None:
        self._exact.add(folder)
        self._above.update(_with_parents(folder))

    def share(self, folder: str) -> bool:
        """Whether a folder is one of them, holds one, or lies in one."""
        return folder in self._above or not self._exact.isdisjoint(_with_parents(folder))


def is_in_one_file(one: Resource, other: Resource) -> bool:
    """Whether two objects stand in one file and, in Helm's output, come from one chart."""
    if one.document.source.path != other.document.source.path:
        return False
    return one.template is None or other.template is None or _chart(one.template) == _chart(other.template)


def _chart(template: str) -> str:
    """The chart of `web/charts/redis/templates/service.yaml`: `web`, since subcharts are installed with it."""
    return template.partition("/")[0]


def _with_parents(folder: str) -> Iterator[str]:
    """A folder and those that hold it, but for the root."""
    yield folder
    while "/" in folder:
        folder = posixpath.dirname(folder)
        yield folder


def _holds(outer: str, inner: str) -> bool:
    """Whether a folder other than the root holds another one: everything is below the root."""
    return outer != "" and inner.startswith(outer + "/")
