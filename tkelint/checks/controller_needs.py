"""What TKE's controllers need to work at all: to run while something is theirs, and to know their cluster.

https://cloud.tencent.com/document/product/457/45685 (switching the Ingress controller off),
https://cloud.tencent.com/document/product/457/81004 (E6001, E6002).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tkelint import ingresses
from tkelint.controller_config import NAMESPACE, SERVICE_CONTROLLER
from tkelint.problem import Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_CONFIG: Final = "tke-config"
# The keys that become environment variables of the controllers, with the event that tells of a missing one.
_CODES: Final = {"TKE_REGION": "E6001", "TKE_VPC_ID": "E6002"}
_MOST_RELATED: Final = 5


def config_keys_missing(config_map: Resource, _: Workspace) -> Iterator[Problem]:
    """The ConfigMap of the controllers without what they must know of the cluster."""
    if config_map.name != _CONFIG or config_map.namespace != NAMESPACE:
        return
    data = config_map.mapping("data")
    missing = [key for key in _CODES if not data.get(key)]
    if missing:
        where = config_map.node("data").key() if config_map.has("data") else config_map.node("metadata", "name")
        codes = [_CODES[key] for key in missing]
        yield Problem(
            node=where,
            parameters={"keys": missing, "codes": codes},
            codes=tuple(f"Ingress {code}" for code in codes),
        )


def ingress_controller_disabled(switch: Resource, workspace: Workspace) -> Iterator[Problem]:
    """TKE's Ingress controller switched off while Ingresses name it as theirs."""
    places = [node for node in workspace.once(ingresses.switched_off) if node.resource is switch]
    served = workspace.once(_explicit_ingresses) if places else ()
    if served:
        yield Problem(
            node=places[0],
            # The switch of one cluster says nothing of another's: a tree with several may hold several clusters.
            likelihood="certain" if len(workspace.once(_switches)) == 1 else "likely",
            parameters={"object": switch.label, "ingress": served[0].label, "count": len(served)},
            related=tuple(
                Related(_class_node(each), "served", {"ingress": each.label}) for each in served[:_MOST_RELATED]
            ),
        )


def _switches(workspace: Workspace) -> Sequence[Resource]:
    """Whatever can switch the controller off, on or off."""
    names = (("ConfigMap", SERVICE_CONTROLLER), ("Deployment", ingresses.CONTROLLER))
    return [each for type_, name in names for each in workspace.of_type(type_) if each.name == name]


def _explicit_ingresses(workspace: Workspace) -> Sequence[Resource]:
    return [each for each in workspace.of_type("Ingress") if ingresses.class_name(each) == ingresses.QCLOUD]


def _class_node(ingress: Resource) -> Node:
    annotation = ingress.annotation(ingresses.CLASS)
    return annotation if annotation.value == ingresses.QCLOUD else ingress.node("spec", "ingressClassName")
