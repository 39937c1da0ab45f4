"""Annotations that choose, pay for and protect a CLB, where one of them does not go with another.

Services: https://cloud.tencent.com/document/product/457/51258, Ingresses:
https://cloud.tencent.com/document/product/457/56112.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint import services
from tkelint.checks.clb_parameters import parameters_of
from tkelint.checks.nearby import are_alternatives, chance_to_meet
from tkelint.checks.patches import may_be_patched_in
from tkelint.clb_annotations import ENABLE_GROUP, LOADBALANCE_TYPE, keys_of, stated
from tkelint.clb_uses import clb_uses, existing_clb, gets_clb
from tkelint.controller_config import DEFAULT_PROTECTION, switch
from tkelint.problem import Fix, Problem, Related, Removal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

# From this release the controller of a new cluster protects the CLBs that it makes: page 457/131136.
_PROTECTED_SINCE: Final = (2, 11, 1)
_MOST_COMPARED: Final = 100

# The keys that came before charge type and bandwidth of Services, each of which pairs with either.
_OLD_BILLING: Final = ("kubernetes.io/service.internetChargeType", "kubernetes.io/service.internetMaxBandwidthOut")


def ignored_with_existing(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Annotations for a CLB to be made, beside one that is there."""
    keys = keys_of(target)
    existing = target.annotation(keys.existing)
    if not isinstance(existing.value, str) or not existing.value or not gets_clb(target, workspace):
        return
    is_internal = workspace.facts.clb_network(existing.value) == "internal"
    for key in (keys.subnet, keys.cross_vpc, keys.charge_type, keys.bandwidth, keys.parameters, LOADBALANCE_TYPE):
        node = target.annotation(key)
        if not isinstance(node.value, str) or not node.value or services.is_placeholder(node.value):
            continue
        # The subnet says that the CLB is internal: whoever believes it may open a service to the public.
        is_network = key == keys.subnet
        yield Problem(
            node=node.key(),
            message="network" if is_network else "other",
            likelihood="likely" if is_network and not is_internal else "possible",
            parameters={"object": target.label, "key": key, "clb": existing.value},
            related=(Related(existing, "existing"),),
            # The page for Services says that it has no effect.
            fix=Fix((Removal(node),), safe=target.type == "Service") if is_network else None,
        )


def switched(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An object whose CLB is to become another one."""
    keys = keys_of(target)
    wanted, used = stated(target, keys.existing), stated(target, keys.in_use)
    if wanted and used and wanted != used and gets_clb(target, workspace):
        yield Problem(
            node=target.annotation(keys.existing),
            likelihood="likely" if target.type == "Ingress" or not target.is_exported else "certain",
            parameters={"object": target.label, "wanted": wanted, "used": used},
            related=(Related(target.annotation(keys.in_use), "used"),),
        )


def billing_incomplete(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The charge type of a public CLB without its bandwidth, or the other way round."""
    keys = keys_of(target)
    annotations = target.annotations
    if annotations.get(keys.existing) or annotations.get(keys.subnet) or not gets_clb(target, workspace):
        return
    if any(key in annotations for key in _OLD_BILLING) and target.type == "Service":
        return
    json = parameters_of(target, workspace)
    if json is not None and json.get("InternetAccessible") is not None:
        return
    pairs = ((keys.charge_type, keys.bandwidth), (keys.bandwidth, keys.charge_type))
    for key, twin in pairs:
        if key in annotations and twin not in annotations and not may_be_patched_in(twin, workspace):
            parameters = {"object": target.label, "key": key, "twin": twin}
            yield Problem(node=target.annotation(key).key(), parameters=parameters)


def internal_with_billing(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """How a public CLB is paid, for an internal one."""
    keys = keys_of(target)
    if target.annotations.get(keys.existing) or not stated(target, keys.subnet) or not gets_clb(target, workspace):
        return
    for key in (keys.charge_type, keys.bandwidth):
        node = target.annotation(key)
        if node.exists:
            yield Problem(
                node=node.key(),
                parameters={"object": target.label, "key": key},
                related=(Related(target.annotation(keys.subnet), "subnet"),),
                fix=Fix((Removal(node),), safe=True),
            )


def skip_mode(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`mode: skip` on a CLB that others use, or that is protected from changes."""
    keys = keys_of(target)
    node = target.annotation(keys.mode)
    if node.value != "skip" or not gets_clb(target, workspace):
        return
    parameters: dict[str, object] = {"object": target.label}
    group = target.annotation(ENABLE_GROUP)
    other = _other_user(target, workspace)
    if target.type == "Ingress" and group.value == "true":
        yield Problem(node=node, message="group", parameters=parameters, related=(Related(group, "group"),))
    elif other is not None:
        yield Problem(
            node=node,
            message="shared",
            # The page for Ingresses forbids it, the one for Services says that it does not apply.
            likelihood=chance_to_meet(target, other) if target.type == "Ingress" else "likely",
            parameters={**parameters, "other": other.label},
            related=(Related(other.annotation(keys_of(other).existing), "other", {"other": other.label}),),
        )
    protection = target.annotation(keys.modification_protection)
    if protection.value == "true":
        related = (Related(protection, "protection"),)
        yield Problem(node=node, message="protected", likelihood="likely", parameters=parameters, related=related)
    elif not protection.exists and not target.annotations.get(keys.existing) and _protects_by_default(workspace):
        yield Problem(node=node, message="default", likelihood="possible", parameters=parameters)


def _protects_by_default(workspace: Workspace) -> bool:
    """Whether the controller may protect the CLBs that it makes."""
    stated_switch = switch(DEFAULT_PROTECTION, workspace).value
    is_new = workspace.facts.at_least("controllerVersion", _PROTECTED_SINCE)
    return bool(is_new) if stated_switch is None else stated_switch


def retain(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A CLB to be kept that is protected from changes, or kept anyway."""
    keys = keys_of(target)
    node = target.annotation(keys.retain)
    if node.value != "true" or not gets_clb(target, workspace):
        return
    parameters = {"object": target.label}
    protection, existing = target.annotation(keys.modification_protection), target.annotation(keys.existing)
    if existing.value:
        related = (Related(existing, "existing"),)
        codes = ("Ingress W1001",) if target.type == "Ingress" else ()
        yield Problem(
            node=node, message="existing", likelihood="possible", parameters=parameters, related=related, codes=codes
        )
    elif protection.value == "true":
        related = (Related(protection, "protection"),)
        yield Problem(
            node=node, message="protected", likelihood="likely", parameters=parameters, related=related, codes=()
        )


def _other_user(target: Resource, workspace: Workspace) -> Resource | None:
    """Another Service or Ingress on the same existing CLB."""
    users = workspace.once(clb_uses).users.get(existing_clb(target, workspace), ())[:_MOST_COMPARED]
    return next((user for user in users if user is not target and not are_alternatives(user, target)), None)


def id_misspelt(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An existing CLB that is not declared, while another one whose id differs by one slip is."""
    identity = existing_clb(target, workspace)
    declared = workspace.facts.value("clbs") or {}
    if not identity or identity in declared:
        return
    slips = workspace.once(_slips_of_declared)
    nearest = next((slips[slip] for slip in (identity, *_slips(identity)) if slip in slips), None)
    if nearest is not None:
        yield Problem(
            node=target.annotation(keys_of(target).existing),
            parameters={"object": target.label, "clb": identity, "nearest": nearest},
            codes=("Ingress E4018",) if target.type == "Ingress" else ("Service E4011",),
        )


def _slips_of_declared(workspace: Workspace) -> Mapping[str, str]:
    """The declared CLBs by their ids and by what is left of these when one character is missing."""
    declared = workspace.facts.value("clbs") or {}
    return {slip: identity for identity in declared for slip in (identity, *_slips(identity))}


def _slips(identity: str) -> Iterator[str]:
    """An id with each of its characters left out: ids that share one differ by one slip of the keyboard."""
    return (identity[:index] + identity[index + 1 :] for index in range(len("lb-"), len(identity)))
