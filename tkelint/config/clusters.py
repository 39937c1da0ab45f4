"""What the configuration says of each of several clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tkelint.cluster import ClusterFacts
from tkelint.config.facts import declared_facts, entries_of, external
from tkelint.config.model import Cluster
from tkelint.config.problems import shown
from tkelint.config.renders import inner_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.config.model import Config
    from tkelint.config.problems import Complaints
    from tkelint.syntax.document import FieldPath


def clusters(value: Mapping[str, Any], base: Config, complaints: Complaints) -> tuple[Cluster, ...]:
    """The entries of `clusters`, as far as they are sound. Each has a name of its own."""
    found: dict[str, Cluster] = {}
    for path, entry in entries_of(value, "clusters"):
        cluster = _cluster(entry, path, base, complaints)
        if cluster.name in found:
            complaints.add((*path, "name"), "twice", value=shown(cluster.name))
        found[cluster.name] = cluster
    return tuple(found.values())


def _cluster(value: Mapping[str, Any], path: FieldPath, base: Config, complaints: Complaints) -> Cluster:
    def paths(key: str) -> tuple[str, ...]:
        return inner_paths((((*path, *where), text) for where, text in entries_of(value, key)), base, complaints)

    return Cluster(
        name=value.get("name", ""),
        paths=paths("paths"),
        overlays=paths("overlays"),
        charts=paths("charts"),
        facts=ClusterFacts.declare(declared_facts(value.get("facts", {}), (*path, "facts"), complaints)),
        externals=tuple(external(each) for _, each in entries_of(value, "externals")),
        context=paths("context"),
    )
