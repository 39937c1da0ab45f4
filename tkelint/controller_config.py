"""The ConfigMaps in kube-system through which TKE's Service and Ingress controllers are switched.

https://cloud.tencent.com/document/product/457/131136
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

NAMESPACE: Final = "kube-system"
SERVICE_CONTROLLER: Final = "tke-service-controller-config"

GLOBAL_ROUTE_DIRECT_ACCESS: Final = "GlobalRouteDirectAccess"
DEFAULT_DIRECT_ACCESS: Final = "EnableDefaultDirectAccess"
DEFAULT_PROTECTION: Final = "EnableDefaultModificationProtection"


class Switch(NamedTuple):
    """A switch of the controller. `value` is `None` where no manifest says it, or manifests differ.

    `node` is where it is said; where it is not said, the ConfigMap that lacks it, if there is one.
    """

    value: bool | None = None
    node: Node | None = None


def is_controller_config(resource: Resource) -> bool:
    """Whether a ConfigMap is the one with the switches. Without a namespace it may be."""
    return resource.name == SERVICE_CONTROLLER and resource.namespace in (None, NAMESPACE)


def switch(name: str, workspace: Workspace) -> Switch:
    """What the manifests say of a switch."""
    config_maps = workspace.once(_controller_configs)
    stated = {}
    for config_map in config_maps:
        text = config_map.get("data", name)
        if text in ("true", "false"):
            stated[text == "true"] = config_map.node("data", name)
    if len(stated) == 1:
        return Switch(*stated.popitem())
    return Switch(None, config_maps[0].node("data") if config_maps and not stated else None)


def _controller_configs(workspace: Workspace) -> tuple[Resource, ...]:
    return tuple(each for each in workspace.of_type("ConfigMap") if is_controller_config(each))
