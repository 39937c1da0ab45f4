"""Keys of annotations: misspelt or invented ones, those of the other kind, and those of other controllers.

The keys of TKE's controllers: https://cloud.tencent.com/document/product/457/51258 (Services),
https://cloud.tencent.com/document/product/457/56112 (Ingresses).
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from tkelint import ingresses, services, tke_annotations
from tkelint.cluster import DECLARED
from tkelint.compiled import table
from tkelint.guesses import Guesses, distance
from tkelint.ingresses import Owner
from tkelint.problem import Edit, Fix, Problem, Related

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# Values that TKE's console writes for what was not chosen.
_NOTHING_ASKED: Final = ("", "false", "null")
_NGINX: Final = "nginx.ingress.kubernetes.io/"
_CLOUD_CONTROLLER: Final = "service.beta.kubernetes.io/tencentcloud-loadbalancer-"
_OTHER_CLOUDS: Final = (
    "service.beta.kubernetes.io/aws-load-balancer-",
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-",
    "service.beta.kubernetes.io/alicloud-loadbalancer-",
    "service.beta.kubernetes.io/azure-load-balancer-",
    "kubernetes.io/elb.",
)
# How much a key may differ from the one that it is taken for, and still be repaired without asking.
_FEWEST_SLIPS: Final = 2
_ALIKE: Final = 0.75


def unknown(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A key that looks like TKE's and is none: a misspelling of one, one that people invent, or nothing known."""
    kind = resource.type
    rows, watched = tke_annotations.known(kind), _watched(kind)
    strange = [key for key in resource.annotations if key not in rows and key.startswith(watched)]
    prefixes = table("annotation-prefixes")[kind]
    strange = [key for key in strange if not key.startswith((*prefixes["known-families"], *prefixes["other"]))]
    if not strange or not _is_tkes(resource, workspace):
        return
    for key in strange:
        node = resource.annotation(key).key()
        hint = _hint(key, kind, prefixes)
        meant = "" if hint else _meant(key, kind, workspace)
        if meant:
            yield Problem(node, {"key": key, "meant": meant}, message="misspelt", fix=_rename(node, key, meant))
        elif hint:
            yield Problem(node, {"key": key, "hint": hint}, message="hint")
        elif key.startswith(tuple(prefixes["watched"])):
            yield Problem(node, {"key": key}, message="unknown", likelihood="possible")


@functools.cache
def _watched(kind: str) -> tuple[str, ...]:
    """The beginnings of keys that are meant for TKE, or may be."""
    prefixes = table("annotation-prefixes")[kind]
    return (*prefixes["watched"], *prefixes["likely"])


def _is_tkes(resource: Resource, workspace: Workspace) -> bool:
    """Whether TKE's controller is the one that looks at it."""
    if resource.type == "Service":
        return not resource.get("spec", "loadBalancerClass")
    return ingresses.is_served_by_tke(resource, workspace)


def _meant(key: str, kind: str, workspace: Workspace) -> str:
    """The key that was meant: by the list of known slips, by its name under another prefix, or the nearest one."""
    slip = table("annotation-slips")[kind].get(key)
    if slip:
        return str(slip["means"])
    name = _name_of(unicodedata.normalize("NFKC", key).strip(": "))
    names = workspace.once(_user_keys)[kind]
    exact = names.get(name.lower())
    # The prefixes are long and alike; only the rest tells one key from another.
    return exact or names.get(workspace.once(_guesses)[kind].nearest(name.lower()), "")


def _name_of(key: str) -> str:
    """A key without the prefix that it shares with many others."""
    _, _, name = key.rpartition("/")
    return name.removeprefix("ingress.").removeprefix("service.")


def _user_keys(_: Workspace) -> dict[str, dict[str, str]]:
    """The keys that users set by kind, each by its name in lower case; the current one where a former one shares it."""
    return {
        kind: {
            _name_of(row.key).lower(): row.key
            for row in sorted(tke_annotations.known(kind).values(), key=lambda row: not row.replaced_by)
            if row.set_by == "user"
        }
        for kind in tke_annotations.KINDS
    }


def _guesses(workspace: Workspace) -> dict[str, Guesses]:
    return {kind: Guesses(names, cutoff=_ALIKE) for kind, names in workspace.once(_user_keys).items()}


def _hint(key: str, kind: str, prefixes: Mapping[str, Any]) -> Mapping[str, str] | None:
    slip = table("annotation-slips")[kind].get(key, {})
    families = prefixes["hinted-families"]
    hint: Mapping[str, str] | None = slip.get("hint") or next(
        (families[family] for family in families if key.startswith(family)), None
    )
    return hint


def _rename(node: Node, key: str, meant: str) -> Fix | None:
    """Safe where only a few letters or the prefix differ and the right key is not there already."""
    if meant in node.resource.annotations:
        return None
    same_name = _name_of(key).lower() == _name_of(meant).lower()
    safe = same_name or distance(key, meant, _FEWEST_SLIPS) <= _FEWEST_SLIPS
    return Fix((Edit(node, meant),), safe=safe)


def wrong_kind(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A key of Ingresses on a Service, or a key of Services on an Ingress: nobody reads it there."""
    other = "Ingress" if resource.type == "Service" else "Service"
    foreign = [key for key in resource.annotations if _is_of(key, other)]
    if not foreign or not _is_tkes(resource, workspace):
        return
    for key in foreign:
        row = tke_annotations.known(other).get(key)
        twin = row.twin if row and row.set_by == "user" else ""
        node = resource.annotation(key).key()
        yield Problem(
            node=node,
            message="twin" if twin else "plain",
            parameters={"key": key, "object": resource.label, "other": other, "twin": twin},
            fix=Fix((Edit(node, twin),), safe=True) if twin and twin not in resource.annotations else None,
        )


def _is_of(key: str, kind: str) -> bool:
    """Whether a key is one for Services, or one for Ingresses. prevent-loopback has a rule of its own."""
    if key in (ingresses.CLASS, services.PREVENT_LOOPBACK):
        return False
    own_prefix = "ingress.cloud.tencent.com/" if kind == "Ingress" else "service.cloud.tencent.com/"
    return (key.startswith(own_prefix) or key in tke_annotations.known(kind)) and "/" in key


def foreign_class(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Keys of TKE's Ingress controller on an Ingress of another class. The console writes rule-mix: "false" on any."""
    known = tke_annotations.known("Ingress")
    keys = [key for key, value in ingress.annotations.items() if key in known and value not in _NOTHING_ASKED]
    keys = [key for key in keys if key != ingresses.CLASS and known[key].set_by == "user"]
    if not keys or ingress.is_exported or not ingresses.class_name(ingress):
        return
    if ingresses.owner(ingress, workspace) is Owner.FOREIGN:
        first, *more = [ingress.annotation(key).key() for key in keys]
        only_tkes = any(key.startswith("ingress.cloud.tencent.com/") for key in keys)
        yield Problem(
            node=first,
            message="more" if more else "one",
            likelihood="likely" if only_tkes else "possible",
            parameters={"key": keys[0], "class": ingresses.class_name(ingress), "count": len(keys)},
            related=tuple(Related(node, "key", {"key": node.path[-1]}) for node in more),
        )


def nginx_on_clb(ingress: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Annotations of ingress-nginx on an Ingress of class qcloud, which has no such functions."""
    keys = [key for key in ingress.annotations if key.startswith(_NGINX)]
    if not keys or ingresses.owner(ingress, workspace) is not Owner.QCLOUD:
        return
    first, *more = [ingress.annotation(key).key() for key in keys]
    yield Problem(
        node=first,
        message="more" if more else "one",
        parameters={"key": keys[0], "ingress": ingress.label, "count": len(keys)},
        related=tuple(Related(node, "key", {"key": node.path[-1]}) for node in more),
    )


def other_cloud(service: Resource, workspace: Workspace) -> Iterator[Problem]:
    """Keys that TKE's controller does not read: those of the cloud controller manager for self-built clusters.

    Those of other clouds are normal in charts for several of them; only a declared TKE cluster makes them odd.
    """
    keys = [key for key in service.annotations if key.startswith((_CLOUD_CONTROLLER, *_OTHER_CLOUDS))]
    if not keys or not services.has_clb(service):
        return
    declared = any(fact.origin == DECLARED for fact in workspace.facts)
    own = any(key in tke_annotations.known("Service") for key in service.annotations)
    for key in keys:
        manager = key.startswith(_CLOUD_CONTROLLER)
        if manager or (declared and not own):
            node = service.annotation(key).key()
            yield Problem(node, {"key": key}, message="cloud-controller-manager" if manager else "other-cloud")
