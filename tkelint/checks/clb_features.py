"""Fields that need an allow-list (白名单) which the account does not have.

https://cloud.tencent.com/document/product/457/80913 names both; which ones were granted can only be declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import services
from tkelint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

_KEEPALIVE = "l7-keepalive"
_HEALTH_CHECK = "healthcheck-non-vip"


def not_granted(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """What stops the loopback of layer 7 or layer 4, where `features` is declared without it."""
    if resource.type == "Service":
        if workspace.facts.has_feature(_HEALTH_CHECK) is False and services.has_clb(resource):
            node = resource.annotation(services.PREVENT_LOOPBACK)
            if node.value == "true":
                yield Problem(node=node, parameters={"field": services.PREVENT_LOOPBACK, "feature": _HEALTH_CHECK})
        return
    if workspace.facts.has_feature(_KEEPALIVE) is False:
        for listener, entry in resource.items("spec", "loadBalancer", "l7Listeners"):
            for field, on in (("keepaliveEnable", 1), ("snatEnable", True)):
                if type(entry.get(field)) is type(on) and entry[field] == on:
                    yield Problem(node=listener.child(field), parameters={"field": field, "feature": _KEEPALIVE})
