"""Security groups of a CLB and default allow (默认放通): each makes sense only with the other.

https://cloud.tencent.com/document/product/457/56112, https://cloud.tencent.com/document/product/214/14733.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.checks.clb_backends import clb_of, passes_to_target, uses_existing_clb
from tkelint.clb_annotations import keys_of
from tkelint.clb_uses import gets_clb
from tkelint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace


def groups_alone(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Groups on the CLB, while the nodes' own groups are asked as well."""
    node = target.annotation(keys_of(target).security_groups)
    if not _is_stated(node.value) or not gets_clb(target, workspace) or passes_to_target(target, workspace):
        return
    if uses_existing_clb(target) and clb_of(target, workspace).pass_to_target is None:
        return  # Whoever made that CLB may have let it pass.
    yield Problem(node=node, parameters={"object": target.label, "key": keys_of(target).pass_to_target})


def pass_alone(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Default allow on a public CLB without groups: nothing is asked any more."""
    keys = keys_of(target)
    groups = target.annotations.get(keys.security_groups)
    if target.annotations.get(keys.pass_to_target) != "true" or _is_stated(groups) or services.is_placeholder(groups):
        return
    network = ingresses.network if target.type == "Ingress" else services.network
    if gets_clb(target, workspace) and not uses_existing_clb(target) and network(target, workspace.facts) == "public":
        yield Problem(
            node=target.annotation(keys.pass_to_target),
            parameters={"object": target.label, "key": keys.security_groups},
        )


def _is_stated(groups: object) -> bool:
    """Whether a value names groups; an empty one unbinds all."""
    return isinstance(groups, str) and bool(groups.strip()) and not services.is_placeholder(groups)
