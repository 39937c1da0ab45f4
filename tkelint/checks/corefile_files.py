"""Files that a Corefile imports, as far as manifests show what is in the container."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from tkelint.checks.corefile_texts import quoted
from tkelint.coredns_readers import readers_of
from tkelint.corefiles import corefiles_of
from tkelint.problem import Problem, Related
from tkelint.syntax.corefile import DEFAULT_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.coredns import DnsServer
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace


def import_missing(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An imported file that would have to be a key of the Corefile's own ConfigMap, and is none."""
    for view in corefiles_of(resource, workspace):
        readers = readers_of(view, workspace)
        imports = [*view.corefile.imports, *(each for block in view.corefile.blocks for each in block.imports)]
        seen: set[int] = set()
        for each in imports if readers else ():
            if each.kind != "file" or each.pattern.start in seen or view.has_error_on_line(each.pattern.start):
                continue
            seen.add(each.pattern.start)
            path = posixpath.normpath(posixpath.join(posixpath.dirname(DEFAULT_PATH), each.pattern.text))
            mounts = [_mount_of_config_map(server, path, resource) for server in readers]
            key, mount = mounts[0] or ("", None)
            if mount is None or not all(mounts) or _has(resource, key):
                continue
            parameters = {"path": path, "key": key, "coredns": quoted(each.missing)}
            yield Problem(view.at(each.pattern), parameters, related=(Related(mount, "mount", {"key": key}),))


def _has(resource: Resource, key: str) -> bool:
    return key in resource.mapping("data") or key in resource.mapping("binaryData")


def _mount_of_config_map(server: DnsServer, path: str, config_map: Resource) -> tuple[str, Node] | None:
    """The key of a ConfigMap that a path in the container is, and the mount; `None` where it is anything else."""
    found = _mount_above(server.container.value.get("volumeMounts"), path)
    if found is None:
        return None
    index, folder, mount = found
    source = _config_map_of(server.workload.spec.get("volumes"), mount.get("name"))
    # With items, keys may have other names in the container.
    if source.get("name") != config_map.name or source.get("optional") or source.get("items"):
        return None
    return path.removeprefix(f"{folder}/"), server.container.child("volumeMounts", index)


def _mount_above(mounts: object, path: str) -> tuple[int, str, dict[str, Any]] | None:
    """The innermost whole mount that a path lies in, with its index and folder."""
    found: tuple[int, str, dict[str, Any]] | None = None
    for index, mount in enumerate(mounts if isinstance(mounts, list) else ()):
        place = mount.get("mountPath") if isinstance(mount, dict) else None
        folder = place.rstrip("/") if isinstance(place, str) else ""
        if folder and path.startswith(f"{folder}/") and (found is None or len(folder) > len(found[1])):
            found = index, folder, mount
    is_whole = found is not None and not (found[2].get("subPath") or found[2].get("subPathExpr"))
    return found if is_whole else None


def _config_map_of(volumes: object, name: object) -> dict[str, Any]:
    """What a volume of a name says of its ConfigMap; empty for every other volume."""
    for volume in volumes if isinstance(volumes, list) else ():
        if isinstance(volume, dict) and volume.get("name") == name and isinstance(volume.get("configMap"), dict):
            source: dict[str, Any] = volume["configMap"]
            return source
    return {}
