"""Volumes of Pods: https://kubernetes.io/docs/concepts/storage/volumes/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.pods import Workload
from tkelint.problem import Edit, Fix, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_HOST_PATH = "hostPath"


def host_path_misspelt(resource: Resource, _: Workspace) -> Iterator[Problem]:
    """`hostPath` with other capitals, as the sample for kube-proxy's lock file was once printed: `hOStPath`."""
    workload = Workload.of(resource)
    for node, volume in resource.items(*workload.pod, "spec", "volumes") if workload else ():
        for key in volume:
            if isinstance(key, str) and key != _HOST_PATH and key.lower() == _HOST_PATH.lower():
                at = node.child(key).key()
                fix = Fix((Edit(at, _HOST_PATH),), safe=True) if _HOST_PATH not in volume else None
                yield Problem(node=at, parameters={"key": key, "volume": str(volume.get("name"))}, fix=fix)
