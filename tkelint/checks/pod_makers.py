"""Whether Pods may come from something whose Pod template no manifest shows.

Operators, GitOps tools, unrendered charts and workloads of which only a patch is here make Pods with labels that
nobody can read. Counted over 1,211 Services of public repositories, 16 % select such Pods.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from tkelint.checks.nearby import belong_together, share_a_folder
from tkelint.compiled import table
from tkelint.kubernetes import POD_PATHS
from tkelint.patterns import pattern
from tkelint.pods import Workload
from tkelint.workspace import may_share_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_WORKLOAD_TEXT = pattern(rf"kind['\"]?\s*:\s*['\"]?(?:{'|'.join(POD_PATHS)}|List|\{{\{{)")


def may_make_pods(namespace: str, workspace: Workspace) -> bool:
    """Whether something here may make Pods, and Services for them, in a namespace without showing a template."""
    if workspace.once(_is_open) or workspace.once(_unread_workloads):
        return True
    if any(_is_maker(each.kind) and each.may_be_in(namespace) for each in workspace.externals):
        return True
    return any(may_share_namespace(namespace, maker.namespace) for maker in workspace.once(_makers))


def may_make_pods_for(service: Resource, workspace: Workspace) -> bool:
    """Whether something here may make Pods for a Service that no Pod template shows."""
    if workspace.once(_is_open):
        return True
    if any(belong_together(service, maker) for maker in workspace.once(_makers)):
        return True
    values = [value for value in service.mapping("spec", "selector").values() if isinstance(value, str)]
    path = service.document.source.path
    return any(
        share_a_folder(path, other) or any(value in text for value in values)
        for other, text in workspace.once(_unread_workloads)
    )


def _is_open(workspace: Workspace) -> bool:
    """Whether workloads may be anywhere: in remote bases, or applied by a GitOps tool."""
    if workspace.kustomizations is not None and "*" in workspace.kustomizations.generated:
        return True
    return any(type_ in table("pod-makers")["everywhere"] for type_ in workspace.types())


def _makers(workspace: Workspace) -> Sequence[Resource]:
    """Objects that may make Pods, one for each namespace and folder."""
    makers = [resource for type_ in workspace.types() if _is_maker(type_) for resource in workspace.of_type(type_)]
    places = {
        (maker.namespace, posixpath.dirname(maker.document.source.path), maker.template): maker
        for maker in (*makers, *_patched_workloads(workspace))
    }
    return tuple(places.values())


def _unread_workloads(workspace: Workspace) -> Sequence[tuple[str, str]]:
    """The path and text of each document that could not be read and seems to be a workload."""
    return tuple(
        (reading.source.path, text)
        for reading in workspace.readings
        for text in reading.unread
        if _WORKLOAD_TEXT.search(text)
    )


def _is_maker(type_: str) -> bool:
    """Whether objects of a type may make Pods: custom resources of which the contrary is not known."""
    _, _, group = type_.partition(".")
    facts = table("pod-makers")
    return bool(group) and group not in facts["groups-without-pods"] and type_ not in facts["kinds-without-pods"]


def _patched_workloads(workspace: Workspace) -> Iterator[Resource]:
    """Workloads of which only a patch is here: no Pod spec, or a container without an image."""
    for type_ in POD_PATHS:
        for resource in workspace.of_type(type_):
            workload = Workload.of(resource)
            if workload is None or any("image" not in each for _, each in workload.containers("containers")):
                yield resource
