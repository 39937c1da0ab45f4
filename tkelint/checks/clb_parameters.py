"""The parameters for CreateLoadBalancer, one by one, against `rules/facts/clb-parameters-schema.yaml`.

They stand as JSON in an annotation and are passed on when the CLB is bought; a text that is no JSON object has a rule
of its own. With an existing CLB nothing reads them.
"""

from __future__ import annotations

import functools
import ipaddress
from typing import TYPE_CHECKING, Any

from tkelint import embedded_json, json_schema, services
from tkelint.clb_annotations import keys_of
from tkelint.clb_uses import gets_clb
from tkelint.compiled import table
from tkelint.guesses import Guesses
from tkelint.problem import Edit, Fix, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.embedded_json import EmbeddedJson
    from tkelint.json_schema import Violation
    from tkelint.resource import Node, Resource
    from tkelint.workspace import Workspace

# Above this, in Mbps, only CLBs of the performance type go.
_SHARED_BANDWIDTH = 2048
_LONGEST_SHOWN = 60


@functools.lru_cache(maxsize=64)  # the rules of one object ask one after the other
def parameters_of(target: Resource, workspace: Workspace) -> EmbeddedJson | None:
    """The parameters with which TKE makes the CLB of a Service or Ingress; `None` where it makes none, or cannot."""
    keys = keys_of(target)
    if target.annotations.get(keys.existing) or not gets_clb(target, workspace):
        return None
    json = embedded_json.read(target.annotation(keys.parameters))
    return json if json is not None and isinstance(json.value, dict) else None


def unknown_field(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A key that CreateLoadBalancer does not have where it stands."""
    json = parameters_of(target, workspace)
    if json is None:
        return
    for violation in _violations(json):
        if violation.keyword != "additionalProperties" or services.is_placeholder(violation.key):
            continue
        node = json.key(*violation.path, violation.key)
        parameters = {"object": target.label, "key": violation.key}
        properties = violation.schema["properties"]
        same = next((key for key in properties if key.lower() == violation.key.lower()), "")
        nearest = same or workspace.once(_guesses).nearest(violation.key)
        if nearest in properties:
            yield Problem(
                node=node,
                message="case" if same else "misspelt",
                likelihood="likely",
                parameters={**parameters, "nearest": nearest},
                fix=_renamed(json, violation, same) if same else None,
            )
        elif nearest:
            place = _places_of_keys()[nearest]
            parameters |= {"nearest": nearest, "place": place}
            message = "misplaced" if place else "not-inside"
            yield Problem(node=node, message=message, likelihood="likely", parameters=parameters)
        else:
            yield Problem(node=node, message="unknown", likelihood="possible", parameters=parameters)


def invalid_value(target: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A value of the wrong type, none of the options, or out of range."""
    json = parameters_of(target, workspace)
    if json is None:
        return
    for violation in _violations(json):
        if violation.keyword == "additionalProperties" or services.is_placeholder(json.get(*violation.path)):
            continue
        message, wanted = _wanted(violation)
        likelihood = "likely" if message == "undocumented" else "certain"
        yield _invalid(target, json, violation.path, wanted, message=message, likelihood=likelihood)
    for path, schema, value in json_schema.described(table("clb-parameters-schema"), json.value):
        options = schema.get("x-ignoring-case")
        if not options or not isinstance(value, str) or services.is_placeholder(value):
            continue
        if value.lower() not in {option.lower() for option in options}:
            yield _invalid(target, json, path, json_schema.wanted({"enum": options}))
    yield from _special_values(target, json)


def _wanted(violation: Violation) -> tuple[str, object]:
    """The name of the message for a violation, and what it says is wanted."""
    schema = violation.schema
    message: str = "invalid"
    wanted: object = None
    match violation.keyword:
        case "required":
            message, wanted = "missing", violation.key
        case "pattern":
            message, wanted = "id", schema["pattern"].partition("[")[0].removeprefix("^")
        case "minLength":
            message = "empty"
        case "enum" if "x-grows" in schema:
            message = "undocumented"
        case "maxLength":
            wanted = json_schema.wanted_length(schema)
        case "type":
            wanted = json_schema.wanted({"type": schema["type"]})
    return message, wanted or json_schema.wanted(schema)


def _special_values(target: Resource, json: EmbeddedJson) -> Iterator[Problem]:
    """An address that is none, and a bandwidth that only some CLBs have."""
    vip = json.get("Vip")
    if isinstance(vip, str) and not services.is_placeholder(vip) and not _is_address(vip):
        yield _invalid(target, json, ("Vip",), table("schema-words")["ip-address"])
    path = ("InternetAccessible", "InternetMaxBandwidthOut")
    bandwidth = json.get(*path)
    if type(bandwidth) is int and _SHARED_BANDWIDTH < bandwidth <= 61440 and json.get("SlaType") is None:
        wanted = json_schema.wanted({"minimum": 1, "maximum": _SHARED_BANDWIDTH})
        yield _invalid(target, json, path, wanted, message="performance", likelihood="likely")


def _invalid(
    target: Resource,
    json: EmbeddedJson,
    path: tuple[str | int, ...],
    wanted: object,
    *,
    message: str = "invalid",
    likelihood: str = "certain",
) -> Problem:
    return Problem(
        node=json.at(*path),
        message=message,
        likelihood=likelihood,
        parameters={"object": target.label, "field": spoken(path), "value": shown(json, path), "wanted": wanted},
        codes=codes_of(target),
    )


def codes_of(target: Resource) -> tuple[str, ...]:
    """The event code for parameters that the API refuses."""
    return ("Ingress E4024",) if target.type == "Ingress" else ("Service E4005",)


def spoken(path: tuple[str | int, ...]) -> str:
    """A path in the parameters, for a message.

    >>> spoken(("Tags", 0, "TagKey"))
    'Tags[0].TagKey'
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def shown(json: EmbeddedJson, path: tuple[str | int, ...]) -> str:
    """A value in the parameters as it is spelt, cut short where it is long."""
    text = " ".join(json.spelt(*path).split())
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


@functools.lru_cache(maxsize=64)
def _violations_at(node: Node) -> tuple[Violation, ...]:
    json = embedded_json.read(node)
    value: Any = json.value if json else {}
    return tuple(json_schema.violations(table("clb-parameters-schema"), value))


def _violations(json: EmbeddedJson) -> tuple[Violation, ...]:
    return _violations_at(json.node)


def _renamed(json: EmbeddedJson, violation: Violation, name: str) -> Fix | None:
    """The fix that writes a key in its right case; none where that is there, too."""
    node = json.key(*violation.path, violation.key)
    if node.part is None or json.get(*violation.path, name) is not None:
        return None
    start, end = node.part
    inner = json.node.text(start + 1, end - 1)  # The quotes may be escaped in the file.
    return Fix((Edit(inner, name),), safe=True)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@functools.cache
def _places_of_keys() -> Mapping[str, str]:
    """Each key with where it belongs: "" at the top, or the key of the object it stands in."""
    places: dict[str, str] = {}
    for key, schema in table("clb-parameters-schema")["properties"].items():
        for inner in (*schema.get("properties", ()), *schema.get("items", {}).get("properties", ())):
            places.setdefault(inner, key)
        places[key] = ""
    return places


def _guesses(_: Workspace) -> Guesses:
    return Guesses(_places_of_keys(), cutoff=0.75)
