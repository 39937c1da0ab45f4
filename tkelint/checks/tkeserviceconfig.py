"""TkeServiceConfig and the two annotations that apply one to a Service or an Ingress.

https://cloud.tencent.com/document/product/457/45490 (Services), https://cloud.tencent.com/document/product/457/45700
(Ingresses). Annotations of any other type than string have a rule of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint import ingresses, services
from tkelint.checks.annotation_values import boolean_fix
from tkelint.checks.nearby import belong_together
from tkelint.checks.service_ports import is_integer
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.service_configs import GENERATED_FOR
from tkelint.tke_annotations import GO_BOOLEANS
from tkelint.workspace import may_share_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

_KEEPALIVE = {True: "1", "1": "1", "true": "1", False: "0", "0": "0", "false": "0"}


def auto_and_named(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Both annotations at once: a configuration of one's own, and the generated one."""
    named, auto = _annotations(target)
    if _is_read(target, workspace) and _text(named) and auto.value == "true":
        yield Problem(
            node=named,
            parameters={"object": target.label, "config": named.value},
            related=(Related(auto, "auto", {}),),
        )


def auto_value(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """`tke-service-config-auto` with a value that is neither "true" nor "false"."""
    _, auto = _annotations(target)
    value = auto.value
    if not isinstance(value, str) or value in ("true", "false") or services.is_placeholder(value):
        return
    if _is_read(target, workspace):
        # The code E4050 is documented for Ingresses only.
        strict = "certain" if target.type == "Ingress" else "likely"
        yield Problem(
            node=auto,
            message="parsed-by-go" if value in GO_BOOLEANS else "rejected",
            likelihood="possible" if value in GO_BOOLEANS else strict,
            parameters={"object": target.label, "value": value},
            fix=boolean_fix(auto),
        )


def reserved_name(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A name that ends like a generated one: in the annotation, or on an object that nothing generates."""
    if resource.type == "TkeServiceConfig":
        yield from _unread_object(resource, workspace)
        return
    named, _ = _annotations(resource)
    suffix = next((suffix for suffix in GENERATED_FOR if _text(named).endswith(suffix)), None)
    if suffix and _is_read(resource, workspace):
        yield Problem(
            node=named,
            message="annotation",
            parameters={"object": resource.label, "name": named.value, "suffix": suffix},
        )


def _unread_object(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A TkeServiceConfig named like the generated one of an object that does not have it generated."""
    suffix = next((suffix for suffix in GENERATED_FOR if config.name.endswith(suffix)), None)
    if suffix is None or config.name == suffix:
        return
    kind, owner_name, node = GENERATED_FOR[suffix], config.name.removesuffix(suffix), config.node("metadata", "name")
    named = workspace.named(kind, owner_name, config)
    owners = [owner for owner in named if belong_together(owner, config)]
    if owners and not any(_annotations(owner)[1].value in ("true", True) for owner in owners):
        yield Problem(
            node=node,
            message="object",
            likelihood="likely",
            parameters={"object": owners[0].label, "name": config.name, "suffix": suffix},
            related=(Related(owners[0].node("metadata", "name"), "owner", {"object": owners[0].label}),),
        )
    elif not named and not config.is_exported and workspace.find(kind, owner_name, config).is_missing:
        owner = f"{kind} {owner_name}"
        parameters = {"object": owner, "name": config.name, "suffix": suffix}
        yield Problem(node=node, message="orphan", likelihood="possible", parameters=parameters)


def reference_missing(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An annotation that names a TkeServiceConfig which is not in the namespace."""
    named, _ = _annotations(target)
    name = _text(named)
    if not name or services.is_placeholder(name) or name.endswith(tuple(GENERATED_FOR)):
        return
    if not _is_read(target, workspace):
        return
    reference = workspace.find("TkeServiceConfig", name, target)
    if reference.is_found:
        return
    other = _elsewhere(name, target, workspace)
    if other is not None:
        yield Problem(
            node=named,
            message="other-namespace",
            likelihood="likely" if reference.is_missing else "possible",
            parameters={"object": target.label, "config": name, "other": other.label},
            related=(Related(other.node("metadata", "name"), "other", {}),),
        )
    elif reference.is_missing:
        nearest = reference.nearest
        yield Problem(
            node=named,
            message="misspelt" if nearest else "missing",
            likelihood="likely",
            parameters={
                "object": target.label,
                "config": name,
                "count": reference.searched,
                "nearest": nearest.label if nearest else "",
            },
            related=(Related(nearest.node("metadata", "name"), "nearest", {}),) if nearest else (),
        )


def keepalive_type(config: Resource, _: Workspace) -> Iterator[Problem]:
    """`keepaliveEnable` that is not the integer 0 or 1."""
    for node, entry in config.items("spec", "loadBalancer", "l7Listeners"):
        value = entry.get("keepaliveEnable")
        where = node.child("keepaliveEnable")
        if value is None or (is_integer(value) and value in (0, 1)) or services.is_placeholder(value):
            continue
        meant = _KEEPALIVE.get(value) if isinstance(value, (bool, str)) else None
        yield Problem(
            node=where,
            parameters={"value": where.source_text, "port": str(entry.get("port", "?"))},
            fix=Fix((Edit(where, meant),), safe=True) if meant else None,
        )


def _annotations(target: Resource) -> tuple[Node, Node]:
    """The nodes of the two annotations of a Service or Ingress: the named configuration and the generated one."""
    if target.type == "Ingress":
        return target.annotation(ingresses.SERVICE_CONFIG), target.annotation(ingresses.SERVICE_CONFIG_AUTO)
    return target.annotation(services.SERVICE_CONFIG), target.annotation(services.SERVICE_CONFIG_AUTO)


def _is_read(target: Resource, workspace: Workspace) -> bool:
    """Whether a controller of TKE reads the annotations of an object."""
    return ingresses.is_served_by_tke(target, workspace) if target.type == "Ingress" else services.has_clb(target)


def _elsewhere(name: str, target: Resource, workspace: Workspace) -> Resource | None:
    return next(
        (
            config
            for config in workspace.of_type("TkeServiceConfig")
            if config.name == name and not may_share_namespace(config.namespace, target.namespace)
        ),
        None,
    )


def _text(node: Node) -> str:
    return node.value if isinstance(node.value, str) else ""
