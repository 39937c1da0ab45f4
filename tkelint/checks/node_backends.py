"""Which nodes a CLB binds, and where sessions of a Service are kept.

https://cloud.tencent.com/document/product/457/45492 (nodes), https://cloud.tencent.com/document/product/457/45490
(sessions of the CLB), https://cloud.tencent.com/document/product/457/48793 (direct access).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import service_configs, services
from tkelint.direct_access import direct_access
from tkelint.problem import Addition, Fix, Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Resource
    from tkelint.service_configs import Setting
    from tkelint.workspace import Workspace

_LAYER_7 = ("HTTP", "HTTPS")


def label_without_node(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A label that selects no node, since it is one of Pods or no Node here has it."""
    node = service.annotation(services.BACKENDS_LABEL)
    pairs = _pairs(node.value)
    if not pairs or not services.has_clb(service) or services.is_placeholder(node.value):
        return
    nodes = workspace.of_type("Node")
    if any(pairs.items() <= each.labels.items() for each in nodes):
        return
    selector = service.mapping("spec", "selector")
    parameters = {"service": service.label, "label": node.value, "count": len(nodes)}
    if all(selector.get(key) == value for key, value in pairs.items()):
        related = (Related(service.node("spec", "selector"), "selector", {}),)
        yield Problem(node=node, message="pods", parameters=parameters, related=related)
    elif nodes:
        yield Problem(node=node, message="nodes", parameters=parameters)


def _pairs(text: object) -> dict[str, str]:
    """The pairs of a selector such as `a=b,c==d`; empty where it says anything else."""
    parts = [part.replace("==", "=").split("=") for part in text.split(",")] if isinstance(text, str) else []
    if not all(len(part) == 2 and all(part) and not part[0].endswith("!") for part in parts):
        return {}
    return {key.strip(): value.strip() for key, value in parts}


def bind_without_effect(service: Resource, _: Workspace) -> Iterator[Problem]:
    """`local-svc-only-bind-node-with-pod` where the CLB binds every node anyway."""
    node = service.annotation(services.LOCAL_BIND)
    policy = service.get("spec", "externalTrafficPolicy") or "Cluster"
    if node.value != "true" or not services.has_clb(service) or not service.has("spec", "ports"):
        return
    if policy != "Local" and not services.is_placeholder(policy):
        yield Problem(node=node, parameters={"service": service.label, "policy": policy})


def weights_without_bind(service: Resource, _: Workspace) -> Iterator[Problem]:
    """`local-svc-weighted-balance` without the annotation that it must be used with."""
    node = service.annotation(services.WEIGHTED_BALANCE)
    bind = service.annotations.get(services.LOCAL_BIND)
    if node.value != "true" or bind in ("true", True) or services.is_placeholder(bind) or not services.has_clb(service):
        return
    annotations = service.node("metadata", "annotations")
    is_fixed = bind is None and services.only_local_nodes(service)
    yield Problem(
        node=node,
        parameters={"service": service.label},
        fix=Fix((Addition(annotations, services.LOCAL_BIND, "true"),), safe=True) if is_fixed else None,
    )


def local_policy_uneven(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Local, with every node probed, or with all nodes weighted alike whatever runs on them."""
    if not services.has_clb(service) or not services.only_local_nodes(service):
        return
    if direct_access(service, workspace).state is not False:
        return
    binds = service.annotations.get(services.LOCAL_BIND)
    weighs = service.annotations.get(services.WEIGHTED_BALANCE)
    message = "every-node" if binds in (None, "false") else "same-weight" if binds == "true" and not weighs else ""
    if message:
        node = service.node("spec", "externalTrafficPolicy")
        yield Problem(node=node, message=message, parameters={"service": service.label})


def session_not_at_clb(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Session affinity that only kube-proxy keeps, behind a CLB that distributes requests before or without it."""
    node = service.node("spec", "sessionAffinity")
    if node.value != "ClientIP" or not services.has_clb(service):
        return
    access = direct_access(service, workspace)
    if access.state is None or (access.state is False and services.only_local_nodes(service)):
        return
    reference = services.service_config(service, workspace)
    if reference is not None and not reference.candidates and not reference.is_missing:
        return
    listeners = [each for each in services.listeners(service) if each.protocol not in _LAYER_7]
    kept = {setting.entry.listener for setting in _settings(service, workspace) if _keeps_session(setting)}
    missing = [each for each in listeners if (each.protocol, each.port) not in kept]
    if missing:
        candidates = reference.candidates[:1] if reference else ()
        yield Problem(
            node=node,
            message="direct" if access.state else "nodes",
            likelihood="likely" if access.state else "possible",
            parameters={"service": service.label, "listeners": [str(each) for each in missing]},
            related=(
                *(Related(each.node("metadata", "name"), "config", {"config": each.label}) for each in candidates),
                *(access.related if access.state else ()),
            ),
        )


def _keeps_session(setting: Setting) -> bool:
    return setting.block("session").get("enable") is True


def _settings(service: Resource, workspace: Workspace) -> Iterator[Setting]:
    """What the TkeServiceConfig of a Service says of its layer-4 listeners."""
    reference = services.service_config(service, workspace)
    listeners = {(each.protocol, each.port) for each in services.listeners(service)}
    for config in reference.candidates if reference else ():
        for setting in service_configs.settings(config):
            if setting.entry.layer == service_configs.L4 and setting.entry.listener in listeners:
                yield setting
