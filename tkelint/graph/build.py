"""The graph of a workspace: names that clients are configured with, what they lead to, and what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.graph.behind import Behind
from tkelint.graph.calls import Calls, lead
from tkelint.graph.destinations import Way
from tkelint.graph.loops import loops
from tkelint.graph.model import Graph, Kind, Vertex
from tkelint.graph.parts import Parts
from tkelint.traffic import all_frontends

if TYPE_CHECKING:
    from tkelint.workspace import Workspace


def graph_of(workspace: Workspace) -> Graph:
    """The traffic graph of a workspace, built by the first who asks."""
    return workspace.once(_build)


def _build(workspace: Workspace) -> Graph:
    parts = Parts()
    Behind(workspace, parts).build()
    _outside_names(workspace, parts)
    Calls(workspace, parts).build()
    vertices = parts.vertices()
    edges = parts.edges(vertices)
    labels = {workload.resource.label for workload in workspace.workloads}
    ends = {end.value for end in (Kind.CLIENT, Kind.PODS)}
    alone = (label for label in labels if all(f"{end}:{label}" not in vertices for end in ends))
    return Graph(vertices, edges, loops(edges, workspace), tuple(sorted(alone)))


def _outside_names(workspace: Workspace, parts: Parts) -> None:
    """The hosts and addresses by which clients outside of the cluster come in, whoever mentions them here."""
    for host, ways in all_frontends(workspace).items():
        name = parts.add(Vertex(f"name:{host}", Kind.NAME, host))
        for way in ways:
            lead(parts, name, Way((), way.resource, way))
