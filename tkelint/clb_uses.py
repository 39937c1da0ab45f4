"""Who uses which CLB: one index over all Services and Ingresses, by the id of the CLB."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tkelint import ingresses, services
from tkelint.clb_annotations import keys_of, stated
from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

Key = TypeVar("Key")
Value = TypeVar("Value")

_ID = pattern(r"lb-[0-9a-z]+\Z")


class Claim(NamedTuple):
    """A listener that a Service or Ingress wants on an existing CLB. `node` is what asks for it."""

    user: Resource
    protocol: str
    transport: str  # TCP or UDP: a CLB has each port once for either
    port: int
    node: Node


class ClbUses(NamedTuple):
    """What all Services and Ingresses say of CLBs, by id, in the order of files.

    `users` name an existing CLB, `claims` are their listeners by id, transport and port. `made_by_tke` are the ids
    that the controller wrote on objects which name no existing CLB: TKE made that CLB.
    """

    users: Mapping[str, tuple[Resource, ...]]
    claims: Mapping[tuple[str, str, int], tuple[Claim, ...]]
    made_by_tke: Mapping[str, tuple[Node, ...]]


def gets_clb(target: Resource, workspace: Workspace) -> bool:
    """Whether a controller of TKE gives a Service or Ingress a CLB, and so reads its annotations."""
    return ingresses.is_served_by_tke(target, workspace) if target.type == "Ingress" else services.has_clb(target)


def existing_clb(target: Resource, workspace: Workspace) -> str:
    """The id of the existing CLB that a Service or Ingress names; "" for none, a placeholder or a malformed id."""
    identity = stated(target, keys_of(target).existing)
    return identity if _ID.match(identity) and gets_clb(target, workspace) else ""


def clb_uses(workspace: Workspace) -> ClbUses:
    """The index; ask for it with `workspace.once(clb_uses)`."""
    users: dict[str, list[Resource]] = {}
    claims: dict[tuple[str, str, int], list[Claim]] = {}
    made_by_tke: dict[str, list[Node]] = {}
    for target in (*workspace.of_type("Service"), *workspace.of_type("Ingress")):
        keys = keys_of(target)
        if target.annotations.keys().isdisjoint((keys.existing, keys.in_use)):
            continue
        identity = existing_clb(target, workspace)
        if identity:
            users.setdefault(identity, []).append(target)
            for claim in claims_of(target):
                claims.setdefault((identity, claim.transport, claim.port), []).append(claim)
        elif _ID.match(stated(target, keys.in_use)) and not target.annotations.get(keys.existing):
            made_by_tke.setdefault(target.annotations[keys.in_use], []).append(target.annotation(keys.in_use))
    return ClbUses(_frozen(users), _frozen(claims), _frozen(made_by_tke))


def claims_of(target: Resource) -> tuple[Claim, ...]:
    """The listeners of a Service or Ingress, as a CLB tells them apart."""
    if target.type != "Ingress":
        return tuple(
            Claim(target, listener.protocol, listener.transport, listener.port, listener.node)
            for listener in services.listeners(target)
        )
    key = ingresses.LISTEN_PORTS if target.annotations.get(ingresses.LISTEN_PORTS) else ingresses.EXISTING_CLB
    return tuple(
        Claim(target, listener.protocol, "TCP", listener.port, target.annotation(key))
        for listener in ingresses.listeners(target)
    )


def _frozen(found: Mapping[Key, list[Value]]) -> dict[Key, tuple[Value, ...]]:
    return {key: tuple(values) for key, values in found.items()}
