"""The fields of a TkeServiceConfig, one by one, against its JSON Schema in `rules/facts/tkeserviceconfig-schema.yaml`.

The CRD is not published: https://cloud.tencent.com/document/product/457/41895 introduces the fields, newer pages add
some. An unknown key may therefore be one that the pages do not have yet. `null` says nothing and is never judged.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tkelint import json_schema, services
from tkelint.compiled import table
from tkelint.guesses import Guesses
from tkelint.kubernetes import parse_version
from tkelint.problem import Edit, Fix, Problem
from tkelint.syntax.document import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.json_schema import Violation
    from tkelint.resource import Node, Resource
    from tkelint.syntax.document import FieldPath
    from tkelint.workspace import Workspace

# tkeserviceconfig-keepalive-type judges these.
_JUDGED_ELSEWHERE = frozenset({"keepaliveEnable"})

_TRUE = frozenset({"true", "ture", "treu", "yes", "on", "y", "1", "enable", "enabled"})
_FALSE = frozenset({"false", "flase", "fasle", "no", "off", "n", "0", "disable", "disabled"})
_IDENTITY = frozenset({"", "apiVersion", "kind", "metadata"})
_SPOKEN = ("minimum", "maximum", "x-grammar")  # what is said of a schema that is narrowed down
_LONGEST_SHOWN = 60


def unknown_field(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A key that the schema does not have where it stands: misspelt, in the wrong place, or not documented."""
    if config.is_exported:
        return
    for violation in _violations(config):
        if violation.keyword != "additionalProperties" or services.is_placeholder(violation.key):
            continue
        node = config.node(*violation.path, violation.key).key()
        parameters = {"field": format_path((*violation.path, violation.key)), "key": violation.key}
        meant = _meant(violation)
        places = _places_of_keys().get(violation.key.lower())
        nearest = "" if meant or places else workspace.once(_guesses).nearest(violation.key)
        if meant or nearest in violation.schema["properties"]:
            yield Problem(
                node=node,
                message="misspelt",
                likelihood="likely",
                parameters={**parameters, "nearest": meant or nearest},
                fix=_renamed(node, meant) if meant else None,
            )
        elif places:
            key, place = places[0]
            parameters |= {"nearest": key, "place": place}
            yield Problem(node=node, message="misplaced", likelihood="likely", parameters=parameters)
        else:
            yield Problem(node=node, message="unknown", likelihood="possible", parameters=parameters)


def field_missing(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A key that the pages call required; one that is only misspelt is reported as that."""
    violations = _violations(config)
    meant = {(each.path, _meant(each)) for each in violations if each.keyword == "additionalProperties"}
    for violation in violations:
        if violation.keyword == "required" and (violation.path, violation.key) not in meant:
            node = config.node(*violation.path) if violation.path else config.node("kind")
            is_domain = violation.key == "domain"
            yield Problem(
                node=node.key(),
                message="domain" if is_domain else "missing",
                likelihood="likely" if is_domain else "certain",
                parameters={"field": format_path(violation.path) or config.label, "key": violation.key},
            )


def field_type(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A value of the wrong type: a quoted number, `ture`, a mapping instead of a list."""
    for violation, node in _faults(config, {"type"}):
        text = _replacement(node, violation.schema)
        wanted = json_schema.wanted({"type": violation.schema["type"]})
        yield Problem(
            node=node.key() if isinstance(node.value, (dict, list)) else node,
            parameters={"field": node.field, "value": shown(node), "wanted": wanted},
            fix=Fix((Edit(node, text),), safe=True) if text is not None else None,
        )


def field_value(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A text that is none of those allowed, too long, or no path or domain."""
    for violation, node in _faults(config, {"enum", "pattern", "maxLength", "minLength"}):
        options = violation.schema.get("enum", ())
        meant = [option for option in options if str(option).lower() == str(node.value).lower()]
        yield Problem(
            node=node,
            message="rejected",
            parameters={"field": node.field, "value": shown(node), "wanted": _wanted_text(violation)},
            fix=Fix((Edit(node, meant[0]),), safe=True) if meant else None,
        )
    yield from _undocumented(config, {"enum", "pattern"})


def _wanted_text(violation: Violation) -> object:
    is_length = violation.keyword in ("maxLength", "minLength")
    return json_schema.wanted_length(violation.schema) if is_length else _wanted(violation.schema)


def _wanted(schema: Mapping[str, Any]) -> object:
    return schema.get("x-grammar") or json_schema.wanted(schema)


def field_range(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A number outside of its range; where only newer CLBs take it, the range that TKE documents."""
    for violation, node in _faults(config, {"minimum", "maximum", "anyOf"}):
        wanted = json_schema.wanted(violation.schema)
        yield Problem(
            node=node, message="rejected", parameters={"field": node.field, "value": shown(node), "wanted": wanted}
        )
    yield from _undocumented(config, {"minimum", "maximum"})


def unsupported_field(config: Resource, _: Workspace) -> Iterator[Problem]:
    """A field that was announced and never came."""
    for path, schema, value in _described(config):
        if schema.get("deprecated") and value is not None:
            node = config.node(*path)
            yield Problem(node=node.key(), parameters={"field": node.field, "key": path[-1]})


def field_version(config: Resource, workspace: Workspace) -> Iterator[Problem]:
    """A field that the controller of the cluster does not know yet."""
    for path, schema, value in _described(config):
        since = parse_version(schema.get("x-since"))
        if since and value is not None and workspace.facts.at_least("controllerVersion", since) is False:
            node = config.node(*path)
            parameters = {
                "field": node.field,
                "since": schema["x-since"],
                "version": workspace.facts.value("controllerVersion"),
            }
            yield Problem(node=node.key(), parameters=parameters)


def shown(node: Node) -> object:
    """A value for a message: a scalar as the file spells it, for anything else what it is."""
    value = node.value
    if isinstance(value, (dict, list)):
        return table("schema-words")["object" if isinstance(value, dict) else "array"]
    text = " ".join(node.source_text.split())
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


@functools.lru_cache(maxsize=64)  # the rules of one object ask one after the other
def _violations(config: Resource) -> tuple[Violation, ...]:
    """What violates the schema below `spec`, also under a key that is only misspelt.

    Identity and metadata have rules of their own.
    """
    schema = table("tkeserviceconfig-schema")
    found = list(json_schema.violations(schema, config.value))
    for violation in found:  # it grows: a misspelt key may hold another one
        meant = _meant(violation) if violation.keyword == "additionalProperties" else ""
        if meant:
            path = (*violation.path, violation.key)
            below = violation.schema["properties"][meant]
            found.extend(json_schema.violations(below, config.get(*path), root=schema, path=path))
    return tuple(each for each in found if each.path[:1] == ("spec",) or each.key not in _IDENTITY)


@functools.lru_cache(maxsize=64)
def _described(config: Resource) -> tuple[tuple[FieldPath, Mapping[str, Any], Any], ...]:
    return tuple(json_schema.described(table("tkeserviceconfig-schema"), config.value))


def _faults(config: Resource, keywords: set[str]) -> Iterator[tuple[Violation, Node]]:
    """The violations of some keywords, each with its node; not of nulls and placeholders."""
    for violation in _violations(config):
        node = config.node(*violation.path)
        if violation.keyword in keywords and node.path[-1] not in _JUDGED_ELSEWHERE and _says_something(node.value):
            yield violation, node


def _undocumented(config: Resource, keywords: set[str]) -> Iterator[Problem]:
    """What the CLB API allows or may allow, but the pages do not."""
    for path, schema, value in _described(config):
        narrower = schema.get("x-documented", {})
        if keywords.isdisjoint(narrower) or not _says_something(value) or json_schema.fails(schema, value):
            continue
        if json_schema.fails(narrower, value):
            node = config.node(*path)
            wanted = _wanted({key: schema[key] for key in _SPOKEN if key in schema} | narrower)
            parameters = {"field": node.field, "value": shown(node), "wanted": wanted}
            yield Problem(node=node, message="undocumented", likelihood="possible", parameters=parameters)


def _says_something(value: object) -> bool:
    return value is not None and not services.is_placeholder(value)


def _meant(violation: Violation) -> str:
    """The key that certainly was meant: another spelling, or a known wrong word for it. "" for none."""
    properties = violation.schema["properties"]
    spelt = {key.lower(): key for key in properties}
    word = re.sub(r"[-_]", "", violation.key.lower())
    meant: str = spelt.get(word) or spelt.get(word + "s") or table("tkeserviceconfig")["instead-of"].get(word, "")
    return meant if meant in properties else ""


def _renamed(key: Node, name: str) -> Fix | None:
    """The fix that gives a key its right name; none where that is there, too."""
    return None if key.resource.has(*key.path[:-1], name) else Fix((Edit(key, name),), safe=True)


@functools.cache
def _places_of_keys() -> Mapping[str, list[tuple[str, str]]]:
    """For each key of the schema, in lower case: the key, and where it belongs (`spec.loadBalancer.l7Listeners[]`)."""
    schema = table("tkeserviceconfig-schema")
    places: dict[str, list[tuple[str, str]]] = defaultdict(list)
    waiting: list[tuple[Mapping[str, Any], str]] = [(schema["properties"]["spec"], "spec")]
    while waiting:
        here, place = waiting.pop(0)
        here = schema["$defs"][here["$ref"].rpartition("/")[2]] if "$ref" in here else here
        for key, below in here.get("properties", {}).items():
            places[key.lower()].append((key, place))
            waiting.append((below, f"{place}.{key}"))
        if "items" in here:
            waiting.append((here["items"], f"{place}[]"))
    return places


def _guesses(_: Workspace) -> Guesses:
    return Guesses({key for places in _places_of_keys().values() for key, _ in places}, cutoff=0.75)


def _replacement(node: Node, schema: Mapping[str, Any]) -> str | None:
    """How a value of the wrong type was certainly meant: `true` for `"true"`, `443` for `"443"`; `None` if unsure."""
    value = node.value
    text = str(value).strip().lower() if isinstance(value, (str, int, bool)) else ""
    if schema["type"] == "boolean":
        return "true" if text in _TRUE else "false" if text in _FALSE else None
    if schema["type"] == "integer" and isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", text):
        return None if json_schema.fails({**schema, "type": "integer"}, int(text)) else str(int(text))
    return None
