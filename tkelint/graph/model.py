"""What the traffic graph is made of: vertices in columns, edges that say where they were read from, and loopbacks."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.problem import Related
    from tkelint.resource import Node


class Kind(str, Enum):
    """What a vertex is."""

    CLIENT = "client"  # a workload that calls
    NAME = "name"  # a host, a Service name or an address that is called
    SERVICE = "service"
    INGRESS = "ingress"
    CLB = "clb"
    CONTROLLER = "controller"  # of an Ingress that TKE's own leaves alone
    NODE_PORT = "node-port"
    PODS = "pods"  # a workload that serves

    __hash__ = str.__hash__  # that of Enum is not in C


# The kinds of each column, from left to right. Edges lead from a column to one further right.
COLUMNS: Final = (
    (Kind.CLIENT,),
    (Kind.NAME,),
    (Kind.SERVICE, Kind.INGRESS),
    (Kind.CLB, Kind.CONTROLLER),
    (Kind.NODE_PORT,),
    (Kind.PODS,),
)
COLUMN_OF: Final[Mapping[Kind, int]] = {kind: column for column, kinds in enumerate(COLUMNS) for kind in kinds}


class Vertex(NamedTuple):
    """One thing that a request passes.

    `object` is the manifest's `Kind`, empty for what is no object. `state` says more of some kinds: the network of a
    CLB (`internal`, `public`, `unknown`), whether a name is that of a Service (`by-name`), and why it leads to nothing
    (`missing`, `outside`, `unknown`). `nodes` are where it is written: several for an object in several overlays.
    """

    id: str
    kind: Kind
    name: str
    namespace: str | None = None
    object: str = ""
    state: str = ""
    nodes: tuple[Node, ...] = ()

    @property
    def column(self) -> int:
        """Its column, 0 at the left."""
        return COLUMN_OF[self.kind]

    @property
    def full_name(self) -> str:
        """`namespace/name`, or the name alone."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Edge(NamedTuple):
    """One hop of requests. `evidence` are the ways in which it was read off files, each an ordered chain of nodes.

    `tickets` keep requests apart that pass the same vertex: an Ingress hands a host only to that host's backends, and a
    Service that was reached through its CLB sends to node ports, not straight to Pods. A request may take a path if its
    edges have a ticket in common; an edge without tickets takes all. `is_likely` is false where a setting names a host
    but is hardly a call.
    """

    source: str
    target: str
    evidence: tuple[tuple[Related, ...], ...]
    tickets: frozenset[str] = frozenset()
    is_likely: bool = True


class Cure(NamedTuple):
    """One way out of a loopback. `key` names a text in `rules/facts/loopback-cures.yaml`, which parameters fill."""

    key: str
    parameters: Mapping[str, object] = MappingProxyType({})


class Loop(NamedTuple):
    """A request that may come back to the node it left.

    `edges` are indexes of `Graph.edges` in the order of columns, `condition` the fact that it takes where that is not
    known: `kubeProxyMode=ipvs`.
    """

    client: str
    name: str
    target: str
    edges: tuple[int, ...]
    condition: str
    cures: tuple[Cure, ...]


class Graph(NamedTuple):
    """Everything that requests pass, sorted by column and name. `unconnected` workloads neither call nor are called."""

    vertices: Mapping[str, Vertex]
    edges: tuple[Edge, ...]
    loops: tuple[Loop, ...]
    unconnected: tuple[str, ...] = ()

    @property
    def unconnected_names(self) -> frozenset[str]:
        """What unconnected workloads may be called: with and without kind and namespace."""
        full = [label.partition(" ")[2] for label in self.unconnected]
        kinds = [label.replace(" ", "/") for label in self.unconnected]
        return frozenset([*full, *kinds, *(name.rpartition("/")[2] for name in full)])

    def loop_edges(self) -> frozenset[int]:
        """The edges that lie on a loopback."""
        return frozenset(index for loop in self.loops for index in loop.edges)
