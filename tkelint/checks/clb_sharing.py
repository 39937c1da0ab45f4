"""One existing CLB for several Services and Ingresses: who may use it, and whose listeners meet on it.

https://cloud.tencent.com/document/product/457/45491 and https://cloud.tencent.com/document/product/457/46370.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from tkelint import services
from tkelint.checks.nearby import are_alternatives, chance_to_meet
from tkelint.checks.patches import may_be_patched_in
from tkelint.clb_annotations import SHARE_EXISTING_CLB, keys_of
from tkelint.clb_uses import claims_of, clb_uses, existing_clb
from tkelint.compiled import table
from tkelint.problem import Addition, Fix, Problem, Related
from tkelint.resource import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

# How many users of one CLB are compared with each other, since that takes quadratic time.
MOST_COMPARED = 100


def listener_conflict(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A listener on an existing CLB that a Service before this one has too."""
    identity = existing_clb(service, workspace)
    claims = workspace.once(clb_uses).claims
    for claim in claims_of(service) if identity else ():
        for other in claims[identity, claim.transport, claim.port][:MOST_COMPARED]:
            if other.user is service:
                break
            likelihood = chance_to_meet(service, other.user)
            if likelihood:
                yield Problem(
                    node=claim.node,
                    message="same-protocol" if claim.protocol == other.protocol else "same-transport",
                    likelihood=likelihood,
                    parameters={
                        "service": service.label,
                        "clb": identity,
                        "protocol": claim.protocol,
                        "port": claim.port,
                        "other": other.user.label,
                        "theirs": other.protocol,
                    },
                    related=(Related(other.node, "first", {"other": other.user.label}),),
                )
                break


def made_by_tke(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An existing CLB that TKE made for another Service or Ingress."""
    identity = existing_clb(target, workspace)
    if not identity:
        return
    node = target.annotation(keys_of(target).existing)
    parameters = {"object": target.label, "clb": identity}
    codes = ("Ingress E4019",) if target.type == "Ingress" else ("Service E4012",)
    for owner in workspace.once(clb_uses).made_by_tke.get(identity, ())[:MOST_COMPARED]:
        if not are_alternatives(target, owner.resource):
            yield Problem(
                node=node,
                message="written",
                # By hand, the annotation only claims that TKE made the CLB.
                likelihood="certain" if owner.resource.is_exported else "likely",
                parameters={**parameters, "owner": owner.resource.label},
                codes=codes,
                related=(Related(owner, "owner", {"owner": owner.resource.label}),),
            )
            return
    if workspace.facts.clb(identity).created_by == "tke":
        yield Problem(node=node, message="declared", parameters=parameters, codes=codes)


def used_by_other_cluster(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An existing CLB on which another cluster has listeners."""
    identity = existing_clb(service, workspace)
    if identity and workspace.facts.clb(identity).used_by_other_cluster:
        yield Problem(
            node=service.annotation(services.EXISTING_CLB), parameters={"service": service.label, "clb": identity}
        )


def reuse_disabled(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A second Service on one CLB, in a cluster that does not allow it."""
    reuse = workspace.facts.fact("clbReuse")
    if reuse.value != "disabled" or workspace.facts.value("clusterKind") == "serverless":
        return
    identity = existing_clb(service, workspace)
    other = _other_service(service, identity, workspace, earlier=True)
    if other is None:
        return
    switch = (Related(reuse.origin, "switch"),) if isinstance(reuse.origin, Node) else ()
    yield Problem(
        node=service.annotation(services.EXISTING_CLB),
        likelihood=chance_to_meet(service, other),
        parameters={"service": service.label, "clb": identity, "other": other.label},
        related=(_first(other), *switch),
    )


def share_annotation_missing(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Of several Services on one CLB in a serverless cluster, one that does not say so."""
    share = service.annotation(SHARE_EXISTING_CLB)
    if workspace.facts.value("clusterKind") != "serverless" or share.value not in (None, "false"):
        return
    identity = existing_clb(service, workspace)
    other = _other_service(service, identity, workspace)
    if other is None or (not share.exists and may_be_patched_in(SHARE_EXISTING_CLB, workspace)):
        return
    added = Addition(service.node("metadata", "annotations"), SHARE_EXISTING_CLB, "true")
    yield Problem(
        node=share if share.exists else service.annotation(services.EXISTING_CLB),
        message="off" if share.exists else "missing",
        parameters={"service": service.label, "clb": identity, "other": other.label},
        related=(_first(other),),
        fix=None if share.exists else Fix((added,), safe=True),
    )


def share_annotation_alone(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """The annotation that shares an existing CLB, without any existing CLB."""
    node = service.annotation(SHARE_EXISTING_CLB)
    if node.value != "true" or service.annotations.get(services.EXISTING_CLB) or not services.has_clb(service):
        return
    if may_be_patched_in(services.EXISTING_CLB, workspace):
        return
    is_standard = workspace.facts.value("clusterKind") in ("standard", "edge")
    yield Problem(
        node=node.key(), likelihood="possible" if is_standard else "likely", parameters={"service": service.label}
    )


def security_differs(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Two Services on one CLB that want different security groups on it."""
    identity = existing_clb(service, workspace)
    other = _other_service(service, identity, workspace, earlier=True)
    if other is None:
        return
    keys = keys_of(service)
    for key in (keys.security_groups, keys.pass_to_target):
        mine, theirs = _comparable(service, key), _comparable(other, key)
        if mine is not None and theirs is not None and mine != theirs:
            node = service.annotation(key if key in service.annotations else keys.existing)
            where = other.annotation(key if key in other.annotations else keys.existing)
            yield Problem(
                node=node,
                parameters={
                    "service": service.label,
                    "clb": identity,
                    "other": other.label,
                    "key": key,
                    "value": _spoken(mine),
                    "theirs": _spoken(theirs),
                },
                related=(Related(where, "first", {"other": other.label}),),
            )


def local_policy_on_classic(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Local policy on a classic CLB that several Services use."""
    identity = existing_clb(service, workspace)
    if not services.only_local_nodes(service) or workspace.facts.clb(identity).type != "classic":
        return
    other = _other_service(service, identity, workspace)
    if other is not None:
        yield Problem(
            node=service.node("spec", "externalTrafficPolicy"),
            parameters={"service": service.label, "clb": identity, "other": other.label},
            related=(_first(other),),
        )


def too_many_listeners(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """More listeners on one CLB than it may have; said once, of the first Service that uses it."""
    identity = existing_clb(service, workspace)
    quota = table("ingress-listeners")["quotas"]["listeners"]
    if identity:
        users = workspace.once(clb_uses).users[identity]
        count = workspace.once(_listener_counts)[identity]
        quota = workspace.facts.clb(identity).listener_quota or quota
        if count > quota and users[0] is service:
            yield Problem(
                node=service.annotation(services.EXISTING_CLB),
                message="existing",
                parameters={"clb": identity, "count": count, "quota": quota, "users": len(users)},
            )
    elif not service.annotations.get(services.EXISTING_CLB) and services.has_clb(service):
        count = len({(claim.transport, claim.port) for claim in claims_of(service)})
        if count > quota:
            parameters = {"service": service.label, "count": count, "quota": quota}
            yield Problem(node=service.node("spec", "ports").key(), message="own", parameters=parameters)


def sharing_discouraged(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Several Services on one CLB without need: no port is there for TCP and for UDP. Said once for a CLB."""
    identity = existing_clb(service, workspace)
    other = _other_service(service, identity, workspace, earlier=True)
    if other is None or identity in workspace.once(_with_both_transports):
        return
    users = workspace.once(clb_uses).users[identity][:MOST_COMPARED]
    if next((user for user in users if not are_alternatives(user, users[0])), None) is service:
        yield Problem(
            node=service.annotation(services.EXISTING_CLB),
            parameters={"clb": identity, "service": service.label, "other": other.label},
            related=(_first(other),),
        )


def _other_service(service: Resource, identity: str, workspace: Workspace, *, earlier: bool = False) -> Resource | None:
    """A Service that shares the CLB with this one, best the one before; `None` when it is alone."""
    users = workspace.once(clb_uses).users.get(identity, ())[:MOST_COMPARED]
    compared = itertools.takewhile(lambda user: user is not service, users) if earlier else users
    return next((user for user in compared if user.type == "Service" and not are_alternatives(user, service)), None)


def _first(other: Resource) -> Related:
    return Related(other.annotation(services.EXISTING_CLB), "first", {"other": other.label})


def _comparable(service: Resource, key: str) -> frozenset[str] | None:
    """An annotation as it compares with another Service's: a set, since the order of groups means nothing.

    What is switched off is as if it were not there; `None` is what cannot be compared.
    """
    if key not in service.annotations:
        return frozenset()
    value = service.annotations[key]
    if not isinstance(value, str) or services.is_placeholder(value):
        return None
    return frozenset(each.strip() for each in value.split(",") if each.strip()) - {"false"}


def _spoken(values: frozenset[str]) -> object:
    return f"'{','.join(sorted(values))}'" if values else {"en": "not set", "zh": "未设置"}


def _listener_counts(workspace: Workspace) -> Mapping[str, int]:
    """How many listeners each existing CLB gets."""
    uses = workspace.once(clb_uses)
    counts = dict.fromkeys(uses.users, 0)
    for identity, _, _ in uses.claims:
        counts[identity] += 1
    return counts


def _with_both_transports(workspace: Workspace) -> frozenset[str]:
    """The CLBs that have one port for TCP and for UDP, which is what sharing is for."""
    claims = workspace.once(clb_uses).claims
    return frozenset(
        identity for identity, transport, port in claims if transport == "UDP" and (identity, "TCP", port) in claims
    )


def controller_record(record: Resource, _: Workspace) -> Iterator[Problem]:
    """The controller's record of a CLB among the manifests; what was exported from a cluster has it with reason."""
    if not record.is_exported:
        yield Problem(node=record.node("kind"), parameters={"object": record.label})
