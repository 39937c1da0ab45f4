"""One existing CLB for several Ingresses, and for Ingresses and Services together.

https://cloud.tencent.com/document/product/457/127545 (several Ingresses on one CLB),
https://cloud.tencent.com/document/product/457/45686 (existing CLBs).
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from tkelint import ingress_rules, ingresses, services
from tkelint.checks.clb_sharing import MOST_COMPARED
from tkelint.checks.nearby import are_alternatives, chance_to_meet
from tkelint.checks.patches import may_be_patched_in
from tkelint.clb_annotations import ENABLE_GROUP
from tkelint.clb_uses import claims_of, clb_uses, existing_clb
from tkelint.problem import Fix, Problem, Related, Removal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# From this release Services and Ingresses may share a CLB.
_WITH_SERVICES_SINCE = (2, 12, 0)
# How many listeners of an Ingress are looked at: a CLB has no more.
_MOST_LISTENERS = 50


class _GroupRule(NamedTuple):
    """A forwarding rule that an Ingress of a group puts on its CLB."""

    ingress: Resource
    node: Node


def shared_without_group(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Two Ingresses on one CLB, neither of them in a group."""
    for identity, other in _other_ingress(ingress, workspace):
        if _is_in_group(ingress) or _is_in_group(other) or may_be_patched_in(ENABLE_GROUP, workspace):
            continue
        yield Problem(
            node=ingress.annotation(ingresses.EXISTING_CLB),
            likelihood=chance_to_meet(ingress, other),
            parameters={"ingress": ingress.label, "clb": identity, "other": other.label},
            related=(Related(other.annotation(ingresses.EXISTING_CLB), "first", {"other": other.label}),),
        )


def group_mixed(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An Ingress outside of the group that uses its CLB."""
    identity = existing_clb(ingress, workspace)
    if not identity or _is_in_group(ingress):
        return
    group = workspace.once(_groups)[identity][:MOST_COMPARED]
    other = next((user for user in group if not are_alternatives(user, ingress)), None)
    if other is not None:
        yield Problem(
            node=ingress.annotation(ingresses.EXISTING_CLB),
            parameters={"ingress": ingress.label, "clb": identity, "other": other.label},
            related=(Related(other.annotation(ENABLE_GROUP), "group", {"other": other.label}),),
        )


def group_without_clb(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A group without the CLB that it is for."""
    if not _is_in_group(ingress) or not ingresses.is_served_by_tke(ingress, workspace):
        return
    if not ingress.annotations.get(ingresses.EXISTING_CLB) and not may_be_patched_in(ingresses.EXISTING_CLB, workspace):
        yield Problem(node=ingress.annotation(ENABLE_GROUP).key(), parameters={"ingress": ingress.label})


def group_unsupported(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Annotations that do not work in a group."""
    if not _is_in_group(ingress) or not ingresses.is_served_by_tke(ingress, workspace):
        return
    parameters = {"ingress": ingress.label}
    auto = ingress.annotation(ingresses.SERVICE_CONFIG_AUTO)
    if auto.value == "true":
        yield Problem(node=auto, message="auto", parameters=parameters)
    rewrite = ingress.annotation(ingresses.REWRITE_SUPPORT)
    if rewrite.value in ("true", "false"):
        fix = Fix((Removal(rewrite),), safe=True)
        yield Problem(node=rewrite.key(), message="rewrite", likelihood="possible", parameters=parameters, fix=fix)


def group_rule_duplicate(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A forwarding rule that another Ingress of the group has on the same listener."""
    identity = existing_clb(ingress, workspace) if _is_in_group(ingress) else ""
    if not identity:
        return
    reported = set()
    by_key = workspace.once(_group_rules)
    for key, node in _rules_with_keys(ingress, identity):
        for other in by_key[key][:MOST_COMPARED]:
            if other.ingress is ingress or node in reported:
                break
            likelihood = chance_to_meet(ingress, other.ingress)
            if likelihood:
                reported.add(node)
                _, protocol, port, host, path, _ = key
                yield Problem(
                    node=node,
                    likelihood=likelihood,
                    parameters={
                        "ingress": ingress.label,
                        "clb": identity,
                        "listener": f"{protocol}:{port}",
                        "url": f"{host}{path}",
                        "other": other.ingress.label,
                    },
                    related=(Related(other.node, "first", {"other": other.ingress.label}),),
                )


def shared_with_service(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A CLB that a Service uses, too: the same port, or a controller that does not allow it at all."""
    identity = existing_clb(ingress, workspace)
    if not identity:
        return
    conflicts = list(_port_conflicts(ingress, identity, workspace))
    yield from conflicts
    service = workspace.once(clb_uses).users[identity][0]  # Services come first.
    is_allowed = workspace.facts.at_least("controllerVersion", _WITH_SERVICES_SINCE)
    if service.type == "Service" and not conflicts and not is_allowed:
        yield Problem(
            node=ingress.annotation(ingresses.EXISTING_CLB),
            message="unsupported" if is_allowed is False else "version",
            likelihood=chance_to_meet(ingress, service) if is_allowed is False else "likely",
            parameters={"ingress": ingress.label, "clb": identity, "service": service.label},
            related=(Related(service.annotation(services.EXISTING_CLB), "service", {"service": service.label}),),
            assumed=() if is_allowed is False else ("controllerVersion<2.12.0",),
            codes=("Ingress E4021", "Ingress E4020"),
        )


def _port_conflicts(ingress: Resource, identity: str, workspace: Workspace) -> Iterator[Problem]:
    """Each listener of an Ingress whose port a Service has on the CLB."""
    claims = workspace.once(clb_uses).claims
    for claim in claims_of(ingress)[:_MOST_LISTENERS]:
        first = claims[identity, claim.transport, claim.port][0]  # Services come first.
        if first.user.type == "Service":
            yield Problem(
                node=claim.node,
                message="port",
                likelihood=chance_to_meet(ingress, first.user),
                parameters={
                    "ingress": ingress.label,
                    "clb": identity,
                    "listener": f"{claim.protocol}:{claim.port}",
                    "service": first.user.label,
                    "theirs": f"{first.protocol}:{first.port}",
                },
                related=(Related(first.node, "service", {"service": first.user.label}),),
                codes=("Ingress E4101",),
            )


def group_port_conflict(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A port that is HTTP for one Ingress of a group and HTTPS for another one."""
    identity = existing_clb(ingress, workspace) if _is_in_group(ingress) else ""
    claims = workspace.once(clb_uses).claims
    for claim in claims_of(ingress)[:_MOST_LISTENERS] if identity else ():
        for other in claims[identity, claim.transport, claim.port][:MOST_COMPARED]:
            if other.user is ingress:
                break
            likelihood = chance_to_meet(ingress, other.user)
            if likelihood and other.user.type == "Ingress" and other.protocol != claim.protocol:
                yield Problem(
                    node=claim.node,
                    likelihood=likelihood,
                    parameters={
                        "ingress": ingress.label,
                        "clb": identity,
                        "listener": f"{claim.protocol}:{claim.port}",
                        "other": other.user.label,
                        "theirs": f"{other.protocol}:{other.port}",
                    },
                    related=(Related(other.node, "first", {"other": other.user.label}),),
                )
                break


def classic_clb(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An Ingress on a classic CLB, which has no forwarding rules."""
    identity = existing_clb(ingress, workspace)
    if identity and workspace.facts.clb(identity).type == "classic":
        node = ingress.annotation(ingresses.EXISTING_CLB)
        yield Problem(node=node, parameters={"ingress": ingress.label, "clb": identity})


def _is_in_group(ingress: Resource) -> bool:
    return bool(ingress.annotations.get(ENABLE_GROUP) == "true")


def _other_ingress(ingress: Resource, workspace: Workspace) -> Iterator[tuple[str, Resource]]:
    """The CLB of an Ingress with the first one before it that uses the same, if there is one."""
    identity = existing_clb(ingress, workspace)
    users = workspace.once(_ingresses_by_clb).get(identity, ())[:MOST_COMPARED]
    earlier = itertools.takewhile(lambda user: user is not ingress, users)
    other = next((user for user in earlier if not are_alternatives(user, ingress)), None)
    if other is not None:
        yield identity, other


def _ingresses_by_clb(workspace: Workspace) -> Mapping[str, tuple[Resource, ...]]:
    users = workspace.once(clb_uses).users
    return {identity: tuple(user for user in each if user.type == "Ingress") for identity, each in users.items()}


def _groups(workspace: Workspace) -> Mapping[str, tuple[Resource, ...]]:
    """The Ingresses of each group, by the id of its CLB; each name once, since alternatives are one Ingress."""
    return {
        identity: tuple({(user.namespace, user.name): user for user in users if _is_in_group(user)}.values())
        for identity, users in workspace.once(_ingresses_by_clb).items()
    }


_Key = tuple[str, str, int, str, str, str]


def _group_rules(workspace: Workspace) -> Mapping[_Key, tuple[_GroupRule, ...]]:
    """The forwarding rules of all groups, by CLB, listener, host and path."""
    found: dict[_Key, list[_GroupRule]] = {}
    for identity, users in workspace.once(_ingresses_by_clb).items():
        for ingress in users:
            for key, node in _rules_with_keys(ingress, identity) if _is_in_group(ingress) else ():
                found.setdefault(key, []).append(_GroupRule(ingress, node))
    return {key: tuple(rules) for key, rules in found.items()}


def _rules_with_keys(ingress: Resource, identity: str) -> Iterator[tuple[_Key, Node]]:
    if not ingress_rules.placement(ingress).is_known:
        return
    for listener in ingresses.listeners(ingress)[:_MOST_LISTENERS]:
        for rule in ingress_rules.rules_of(ingress, listener):
            if services.is_placeholder(rule.host) or services.is_placeholder(rule.path):
                continue
            path_type = rule.node.child("pathType").value
            key = (identity, listener.protocol, listener.port, rule.host.lower(), rule.path, str(path_type))
            node = rule.node.child("path")
            yield key, node if node.exists else rule.service_node
