"""How many rules and listeners the Ingresses of one CLB make: https://cloud.tencent.com/document/product/457/31711."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tkelint import ingress_rules, ingresses
from tkelint.clb_annotations import ENABLE_GROUP
from tkelint.clb_uses import clb_uses, existing_clb, gets_clb
from tkelint.compiled import table
from tkelint.ingress_rules import DEFAULT_PORTS
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_MOST_SHOWN = 5  # of the other Ingresses of a group


def exceeded(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """More rules or listeners than a CLB has; said of the first Ingress where several share it."""
    quotas = table("ingress-listeners")["quotas"]
    is_alone = ingress.annotations.get(ENABLE_GROUP) != "true"
    if is_alone and ingresses.LISTEN_PORTS not in ingress.annotations:
        at_most = len(DEFAULT_PORTS) * len(ingresses.forwarding_rules(ingress))
        if at_most <= quotas["rules"]:
            return
    if not gets_clb(ingress, workspace):
        return
    identity = existing_clb(ingress, workspace)
    group = (ingress,) if is_alone or not identity else workspace.once(_groups)[identity]
    if group[0] is not ingress:
        return
    counts = Counter[ingresses.Listener]()
    for member in group:
        for listener in ingresses.listeners(member):
            counts[listener] += len(ingress_rules.rules_of(member, listener))
    others = tuple(Related(other.node("metadata", "name"), "shared") for other in group[1 : _MOST_SHOWN + 1])
    shared = "-shared" if len(group) > 1 else ""
    parameters = {"ingress": ingress.label, "members": len(group)}
    if counts.total() > quotas["rules"]:
        most, busiest = max((count, str(listener)) for listener, count in counts.items())
        numbers = {"count": counts.total(), "quota": quotas["rules"], "listener": busiest, "most": most}
        node = ingress.node("spec", "rules").key()
        yield Problem(node=node, message=f"rules{shared}", parameters=parameters | numbers, related=others)
    if len(counts) > quotas["listeners"]:
        numbers = {"count": len(counts), "quota": quotas["listeners"]}
        node = ingress.annotation(ingresses.LISTEN_PORTS)
        yield Problem(node=node, message=f"listeners{shared}", parameters=parameters | numbers, related=others)


def _groups(workspace: Workspace) -> Mapping[str, Sequence[Resource]]:
    """The Ingresses that share each CLB; one that stands here twice, in two overlays say, counts once."""
    return {
        identity: tuple(
            {
                (user.namespace, user.name): user
                for user in reversed(users)
                if user.type == "Ingress" and user.annotations.get(ENABLE_GROUP) == "true"
            }.values()
        )[::-1]
        for identity, users in workspace.once(clb_uses).users.items()
    }
