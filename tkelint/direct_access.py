"""Direct access (直连): whether the CLB of a Service or Ingress sends to Pods or to node ports, and what decides it.

https://cloud.tencent.com/document/product/457/41897. The annotation decides; without it CLBs of serverless clusters
and in front of super nodes always reach Pods, and since v2.11.0 the controller may add the annotation to new objects
by itself: https://cloud.tencent.com/document/product/457/131136.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint import ingresses, services
from tkelint.controller_config import DEFAULT_DIRECT_ACCESS, switch
from tkelint.problem import Related
from tkelint.resource import Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.pods import Workload
    from tkelint.resource import Resource
    from tkelint.workspace import Workspace

# From this release the controller may add direct access by itself.
_ADDED_SINCE: Final = (2, 11, 0)
_OLDER_CONTROLLER: Final = "controllerVersion<2.11.0"

# What a Pod that may only run on super nodes selects.
_INSTANCE_TYPE: Final = "node.kubernetes.io/instance-type"
_SUPER_NODE: Final = "eklet"

_MEANT: Final = {"true": True, "false": False}


class DirectAccess(NamedTuple):
    """How a CLB reaches its backends: `state` is `None` where the controller's default decides, or nobody can tell.

    `reason` is what decided: `annotation`, `serverless`, `super-nodes`, `switch`, `version`, `network`, `exported` or
    `default`; `node` is where that is written, if anywhere. `assumed` are facts taken for granted.
    """

    state: bool | None
    reason: str
    node: Node | None = None
    assumed: tuple[str, ...] = ()

    @property
    def is_stated(self) -> bool:
        """Whether the object asks for it itself."""
        return self.state is True and self.reason == "annotation"

    @property
    def related(self) -> tuple[Related, ...]:
        """The place that decided, for a finding elsewhere: roles `direct-access-on`, `-off` and `-default`."""
        if self.node is None:
            return ()
        role = {True: "direct-access-on", False: "direct-access-off", None: "direct-access-default"}[self.state]
        return (Related(self.node, role),)


def annotation_key(target: Resource) -> str:
    """The annotation for direct access of a Service or an Ingress."""
    return ingresses.DIRECT_ACCESS if target.type == "Ingress" else services.DIRECT_ACCESS


def is_direct(target: Resource, workspace: Workspace) -> bool | None:
    """Whether the CLB binds Pods instead of node ports; `None` when the controller's default decides."""
    return direct_access(target, workspace).state


@functools.lru_cache(maxsize=64)  # the rules of one Service ask one after the other
def direct_access(target: Resource, workspace: Workspace) -> DirectAccess:
    """How the CLB of a Service or Ingress reaches its backends."""
    key = annotation_key(target)
    stated = target.annotations.get(key)
    if stated is not None:
        # `true` without quotes is rejected by the API server; what is meant is plain. Other values have a rule.
        state = stated if isinstance(stated, bool) else _MEANT.get(stated) if isinstance(stated, str) else None
        return DirectAccess(state, "annotation", target.annotation(key))
    if workspace.facts.value("clusterKind") == "serverless":
        return DirectAccess(True, "serverless")
    super_node = _super_node_selector(target, workspace)
    if super_node is not None:
        return DirectAccess(True, "super-nodes", super_node)
    return _by_default(target, workspace)


def _by_default(target: Resource, workspace: Workspace) -> DirectAccess:
    """What an object without the annotation gets on nodes: only new objects get it added, and only by new releases."""
    if target.is_exported:
        return DirectAccess(False, "exported")
    if workspace.facts.value("networkMode") == "Cilium-Overlay":
        return DirectAccess(False, "network")
    adds = switch(DEFAULT_DIRECT_ACCESS, workspace)
    if adds.value is False:
        return DirectAccess(False, "switch")
    is_new = workspace.facts.at_least("controllerVersion", _ADDED_SINCE)
    if adds.value is True:
        return DirectAccess(None, "switch", adds.node)
    if is_new:
        origin = workspace.facts.fact("controllerVersion").origin
        return DirectAccess(None, "version", origin if isinstance(origin, Node) else None)
    return DirectAccess(False, "default", assumed=() if is_new is False else (_OLDER_CONTROLLER,))


def _super_node_selector(target: Resource, workspace: Workspace) -> Node | None:
    """The node selector that keeps every Pod behind the CLB on super nodes; `None` where one may run elsewhere."""
    found = None
    for workload in backends_of(target, workspace):
        if not runs_on_super_nodes(workload):
            return None
        found = found or workload.node("nodeSelector", _INSTANCE_TYPE)
    return found


def runs_on_super_nodes(workload: Workload) -> bool:
    """Whether the Pods of a workload can run on super nodes (超级节点) only."""
    selector = workload.spec.get("nodeSelector")
    return isinstance(selector, dict) and selector.get(_INSTANCE_TYPE) == _SUPER_NODE


def backends_of(target: Resource, workspace: Workspace) -> Sequence[Workload]:
    """The workloads behind the CLB of a Service or Ingress."""
    behind = [target] if target.type == "Service" else _services_of(target, workspace)
    return list({each.resource: each for service in behind for each in workspace.backends(service)}.values())


def _services_of(ingress: Resource, workspace: Workspace) -> list[Resource]:
    names = dict.fromkeys(rule.service for rule in ingresses.forwarding_rules(ingress) if rule.service)
    return [service for name in names for service in workspace.named("Service", name, ingress)]
