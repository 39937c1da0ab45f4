"""Workloads: the Pod template of everything that makes Pods, with the nodes of what stands in it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.kubernetes import CONTAINER_LISTS, POD_PATHS, label_selector_matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.resource import Node, Resource
    from tkelint.syntax.document import FieldPath

# Keys whose domains are a node or a set of nodes: apart in any of them means apart in the node.
NODE_OR_WIDER = frozenset(
    {
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region",
    }
)


class Workload(NamedTuple):
    """An object that makes Pods. `pod` is the path of the Pod (its metadata and spec) inside the object."""

    resource: Resource
    pod: FieldPath
    labels: dict[str, Any]
    spec: dict[str, Any]

    @staticmethod
    @functools.lru_cache(maxsize=4096)  # every rule asks, and so do indexes of all workloads
    def of(resource: Resource) -> Workload | None:
        """The workload of a resource; `None` when it makes no Pods or its Pod template has no spec (a patch)."""
        pod = POD_PATHS.get(resource.type)
        if pod is None:
            return None
        spec = resource.get(*pod, "spec")
        if not isinstance(spec, dict):
            return None
        return Workload(resource, pod, resource.mapping(*pod, "metadata", "labels"), spec)

    @property
    def annotations(self) -> dict[str, Any]:
        """The annotations of the Pod."""
        return self.resource.mapping(*self.pod, "metadata", "annotations")

    def node(self, *path: str | int) -> Node:
        """A node below the Pod's spec."""
        return self.resource.node(*self.pod, "spec", *path)

    def containers(self, *lists: str) -> Sequence[tuple[Node, dict[str, Any]]]:
        """Each container with its node; of all lists, or of those named (`containers`)."""
        return _containers(self.resource, self.pod, lists or CONTAINER_LISTS)

    @property
    def runs(self) -> bool:
        """Whether it makes any Pod at all: `replicas: 0` switches a workload off."""
        return bool(self.resource.get("spec", "replicas") != 0)

    def anti_affinity_terms(self) -> Iterator[tuple[Node, dict[str, Any]]]:
        """The required Pod anti-affinity terms; preferred ones promise nothing."""
        yield from self.resource.items(
            *self.pod, "spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"
        )

    def avoids(self, other: Workload) -> bool:
        """Whether a required anti-affinity keeps it off every node on which the other one runs."""
        return any(self._term_covers(term, other) for _, term in self.anti_affinity_terms())

    def _term_covers(self, term: dict[str, Any], other: Workload) -> bool:
        topology = term.get("topologyKey")
        if not isinstance(topology, str) or topology not in NODE_OR_WIDER:
            return False
        if not label_selector_matches(term.get("labelSelector"), other.labels):
            return False
        mine, theirs = self.resource.namespace, other.resource.namespace
        if "namespaceSelector" in term:
            return term["namespaceSelector"] == {} or mine == theirs
        namespaces = term.get("namespaces")
        named = namespaces if isinstance(namespaces, list) else []
        return theirs in named if named else mine == theirs or mine is None or theirs is None


@functools.lru_cache(maxsize=4096)  # as `Workload.of`
def _containers(resource: Resource, pod: FieldPath, lists: tuple[str, ...]) -> tuple[tuple[Node, dict[str, Any]], ...]:
    return tuple(found for name in lists for found in resource.items(*pod, "spec", name))


def kept_apart(client: Workload, server: Workload) -> bool:
    """Whether no Pod of one ever shares a node with a Pod of the other: the scheduler honours either side's terms."""
    return client.avoids(server) or server.avoids(client)
