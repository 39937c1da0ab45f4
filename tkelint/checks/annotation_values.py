"""Values of TKE's annotations, judged by the grammar of their keys.

Services: https://cloud.tencent.com/document/product/457/51258, Ingresses:
https://cloud.tencent.com/document/product/457/56112. A value that YAML does not read as a string has a rule of its own;
an empty one is as good as none.
"""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Final

from tkelint import embedded_json, ingresses, placeholders, services, tke_annotations
from tkelint.problem import Edit, Fix, Problem, Related
from tkelint.tke_annotations import Grammar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node, Resource
    from tkelint.tke_annotations import Annotation, Objection
    from tkelint.workspace import Workspace

# Booleans with a rule of their own.
OWN_RULE: Final = frozenset({services.PREVENT_LOOPBACK, services.SERVICE_CONFIG_AUTO, ingresses.SERVICE_CONFIG_AUTO})
# JSON whose outermost value the rule for its contents judges.
_SHAPE_ELSEWHERE: Final = frozenset(
    {
        *(services.SPECIFY_PROTOCOL, ingresses.HTTP_RULES, ingresses.HTTPS_RULES),
        *(ingresses.LISTEN_PORTS, ingresses.CERTIFICATE, "ingress.cloud.tencent.com/auto-rewrite-code"),
        *("service.cloud.tencent.com/lb-rs-weight", "ingress.cloud.tencent.com/lb-rs-weight"),
        *("service.cloud.tencent.com/snat-pro-info", "ingress.cloud.tencent.com/snat-pro-info"),
        "service.cloud.tencent.com/target-groups",
    }
)
_SHAPE_NAMES: Final = {
    "object": {"en": "an object", "zh": "对象"},
    "array": {"en": "an array", "zh": "数组"},
    "": {"en": "a single value", "zh": "单个值"},
}


@functools.lru_cache(maxsize=64)  # the rules of one object ask one after the other
def read_ones(resource: Resource, workspace: Workspace) -> tuple[tuple[Annotation, Node], ...]:
    """The annotations whose value a controller reads here, placeholders left out."""
    return tuple(pair for pair in user_ones(resource, workspace) if not services.is_placeholder(pair[1].value))


@functools.lru_cache(maxsize=64)
def user_ones(resource: Resource, workspace: Workspace) -> tuple[tuple[Annotation, Node], ...]:
    """The annotations that a user may set and a controller reads here.

    A Service of another load balancer class or an Ingress of another class is another controller's; on a type of
    Service where the key has no effect, that is all there is to say.
    """
    found = [pair for pair in tke_annotations.of(resource) if pair[0].set_by == "user"]
    if resource.type == "Service" and not resource.get("spec", "loadBalancerClass"):
        return tuple(pair for pair in found if may_have_effect(pair[0], resource))
    is_read = bool(found) and resource.type == "Ingress" and ingresses.is_served_by_tke(resource, workspace)
    return tuple(found) if is_read else ()


def may_have_effect(annotation: Annotation, service: Resource) -> bool:
    """Whether an annotation may do something on a Service of this type; a patch does not show its type."""
    if not annotation.effect_on or not service.has("spec", "ports"):
        return True
    kind = service.get("spec", "type") or "ClusterIP"
    return kind in annotation.effect_on or services.is_placeholder(kind)


def placeholder(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A value that still has to be filled in. What a template engine will fill in is not for us to say."""
    for _, node in user_ones(resource, workspace):
        found = placeholders.placeholder_in(node.value)
        if found and not placeholders.is_template(node.value):
            yield Problem(node=node.text(*found), parameters={"key": node.path[-1], "text": node.value[slice(*found)]})


def boolean(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A boolean that is neither "true" nor "false"."""
    for annotation, node in read_ones(resource, workspace):
        if annotation.value.type == "boolean" and annotation.key not in OWN_RULE and node.value:
            found = tke_annotations.objection(annotation.value, node.value)
            if found:
                yield _problem(annotation, node, found, "possible" if found.fault == "go-boolean" else "")


def malformed_id(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """An id of a cloud resource that cannot be one."""
    yield from _objections(resource, workspace, ("id", "blanks"))


def invalid(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A word that is none of the documented ones, a number out of range, too many items."""
    faults = ("enum", "hint", "integer", "range", "too-many", "twice", "region", "zone", "name", "selector")
    yield from _objections(resource, workspace, faults)


def _objections(resource: Resource, workspace: Workspace, faults: tuple[str, ...]) -> Iterator[Problem]:
    for annotation, node in read_ones(resource, workspace):
        if node.value and annotation.value.type != "boolean":
            found = tke_annotations.objection(annotation.value, node.value)
            if found and found.fault in faults:
                yield _problem(annotation, node, found)


def _problem(annotation: Annotation, node: Node, found: Objection, likelihood: str = "") -> Problem:
    repaired = found.repaired
    return Problem(
        node=node.text(*found.part) if found.part else node,
        message=found.fault,
        likelihood=likelihood or _likelihood(annotation),
        parameters={"key": annotation.key, "value": node.value, **found.parameters},
        codes=annotation.value.codes,
        fix=Fix((Edit(node, f'"{repaired}"'),), safe=True) if repaired else None,
    )


def boolean_fix(node: Node) -> Fix | None:
    """The fix of a switch whose value is another spelling of "true" or "false"."""
    found = tke_annotations.objection(Grammar("boolean"), node.value)
    return Fix((Edit(node, f'"{found.repaired}"'),), safe=True) if found and found.repaired else None


def _likelihood(annotation: Annotation) -> str:
    """An event code makes it certain; what no official page says is only possible."""
    if annotation.value.codes:
        return "certain"
    return "possible" if annotation.value.evidence == "secondary" else "likely"


def json_invalid(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A value that should be JSON and is none, or is an array where an object is wanted or the other way round."""
    for annotation, found in _json(resource, workspace):
        if found.fault:
            problem = _json_problem(annotation, found.fault.node, "fault", {"reason": found.fault.reason})
            yield problem._replace(fix=_double_quoted(found.node))
            continue
        shape = _shape(found.value)
        is_null = found.value is None and annotation.value.may_be_null
        if shape != annotation.value.shape and not is_null and annotation.key not in _SHAPE_ELSEWHERE:
            wanted, given = _SHAPE_NAMES[annotation.value.shape], _SHAPE_NAMES[shape]
            yield _json_problem(annotation, found.node, "shape", {"wanted": wanted, "given": given})


def _double_quoted(node: Node) -> Fix | None:
    """The fix of JSON that only has single quotes where it needs double ones."""
    text = node.value.replace("'", '"')
    if '"' in node.value or "\n" in text:
        return None
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return Fix((Edit(node, f"'{text}'"),), safe=True)


def _shape(value: object) -> str:
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else ""


def _json(resource: Resource, workspace: Workspace) -> Iterator[tuple[Annotation, embedded_json.EmbeddedJson]]:
    for annotation, node in read_ones(resource, workspace):
        if annotation.value.type == "json" and node.value.strip():
            found = embedded_json.read(node)
            if found is not None:
                yield annotation, found


def _json_problem(annotation: Annotation, node: Node, message: str, parameters: dict[str, object]) -> Problem:
    documented = annotation.value.evidence == "documented"
    return Problem(
        node=node,
        message=message,
        likelihood="certain" if documented else _likelihood(annotation),
        parameters={"key": annotation.key, **parameters},
        codes=annotation.value.codes,
    )


def json_duplicate_key(resource: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A key that stands twice in an object inside JSON: Go's encoding/json keeps the later value."""
    for annotation, found in _json(resource, workspace):
        if found.value and found.node.value.count('"') >= _QUOTES_OF_TWO_KEYS:
            for key, first, second in found.duplicate_keys():
                yield Problem(
                    node=second,
                    parameters={"key": annotation.key, "name": key},
                    related=(Related(first, "first", {"name": key}),),
                )


_QUOTES_OF_TWO_KEYS: Final = 4
