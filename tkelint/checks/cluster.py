"""Where the configuration and the manifests, or two manifests, say different things of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.problem import Problem, Related
from tkelint.resource import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.cluster import Contradiction
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace


def fact_contradiction(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A manifest that shows another value of a fact than the configuration or an earlier manifest."""
    for contradiction in workspace.once(_by_resource).get(resource, ()):
        fact, other = contradiction.fact, contradiction.other
        first, second = fact.origin, other.origin
        if isinstance(second, Node):
            shown = isinstance(first, Node)
            yield Problem(
                node=second,
                message="manifest" if shown else "declared",
                likelihood="possible" if shown else "likely",
                parameters={"fact": fact.name, "value": other.value, "other": fact.value},
                related=(Related(first, "first", {"value": fact.value}),) if isinstance(first, Node) else (),
            )


def _by_resource(workspace: Workspace) -> Mapping[Resource, Sequence[Contradiction]]:
    found: dict[Resource, list[Contradiction]] = {}
    for contradiction in workspace.facts.contradictions:
        if isinstance(contradiction.other.origin, Node):
            found.setdefault(contradiction.other.origin.resource, []).append(contradiction)
    return found
