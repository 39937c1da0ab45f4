"""The configuration against its JSON Schema, each violation as a problem in plain words.

jsonschema finds the violations; what it says of them is for programmers, so the words are our own.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tkelint.config.problems import Choices, TypeNames, nearest, shown
from tkelint.syntax.document import format_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tkelint.config.problems import Complaints
    from tkelint.syntax.document import FieldPath

SCHEMA_FILE: Final = Path(__file__).parent.parent / "config.schema.json"

_LONGEST_NUMBER: Final = 30

_TYPES: Final[Mapping[type, str]] = {
    dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Violation:
    """A value that does not satisfy a keyword of a part of the schema, as jsonschema found it."""

    path: FieldPath
    value: Any
    wanted: Any  # what the keyword says
    part: Any  # the part of the schema that the keyword stands in
    text: str


@functools.cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the configuration."""
    content: dict[str, Any] = json.loads(SCHEMA_FILE.read_bytes())
    return content


def canonical(value: Any) -> Any:
    """The configuration without empty sections and facts, and with the values of facts spelt as the schema does.

    `cluster:` with nothing or only comments below it says nothing; `vpc-cni` is `VPC-CNI`.
    """
    if not isinstance(value, dict):
        return value
    sections = {key: each for key, each in value.items() if each is not None or key not in schema()["properties"]}
    cluster = sections.get("cluster")
    if isinstance(cluster, dict):
        part = schema()["properties"]["cluster"]
        said = {key: each for key, each in cluster.items() if each is not None or key not in part["properties"]}
        sections["cluster"] = _canonical(said, part)
    if isinstance(sections.get("clusters"), list):
        sections["clusters"] = [_canonical_facts(each) for each in sections["clusters"]]
    return sections


def _canonical_facts(entry: Any) -> Any:
    """An entry of `clusters` whose facts are spelt as the schema does."""
    if not isinstance(entry, dict) or not isinstance(entry.get("facts"), dict):
        return entry
    part = schema()["properties"]["cluster"]
    return {**entry, "facts": _canonical(entry["facts"], part)}


def validate(value: Any, complaints: Complaints) -> None:
    """Complain about everything in which a configuration does not satisfy the schema."""
    # The import takes longer than a small run, and most projects need no configuration.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    for error in Draft202012Validator(schema()).iter_errors(value):
        if complaints.is_full:
            complaints.settle()
        keyword = "propertyNames" if "propertyNames" in error.absolute_schema_path else str(error.validator)
        violation = _Violation(
            tuple(error.absolute_path), error.instance, error.validator_value, error.schema, error.message
        )
        _WORDS[keyword](violation, complaints)


def _canonical(value: Any, part: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        same = [choice for choice in part.get("enum", ()) if choice.casefold() == value.casefold()]
        return same[0] if same else value
    if isinstance(value, list):
        return [_canonical(each, part.get("items", {})) for each in value]
    if isinstance(value, dict):
        parts, others = part.get("properties", {}), part.get("additionalProperties")
        others = others if isinstance(others, dict) else {}
        return {key: _canonical(each, parts.get(key, others)) for key, each in value.items()}
    return value


def _misnamed(violation: _Violation, complaints: Complaints) -> None:
    example = violation.part["examples"][0]
    complaints.add(
        (*violation.path, violation.value), "wrong-form", at_key=True, value=shown(violation.value), example=example
    )


def _unknown_keys(violation: _Violation, complaints: Complaints) -> None:
    known = violation.part["properties"]
    for key in violation.value:
        if key not in known and not complaints.is_full:
            suggestion = nearest(key, known) or _elsewhere(key)
            complaints.add((*violation.path, key), "unknown-key", at_key=True, suggestion=suggestion, key=shown(key))


def _elsewhere(key: str) -> str:
    """Where a key belongs that stands in the wrong place: a fact outside of `cluster`, or the other way round."""
    top = schema()["properties"]
    places = {**{name: f"cluster.{name}" for name in top["cluster"]["properties"]}, **{name: name for name in top}}
    near = nearest(key, places)
    return places[near] if near else ""


def _missing_keys(violation: _Violation, complaints: Complaints) -> None:
    # jsonschema reports each missing key by itself, and names it only in its text.
    for key in violation.wanted:
        if key not in violation.value and f"'{key}'" in violation.text:
            complaints.add((*violation.path, key), "missing-key", key=shown(key))


def _wrong_type(violation: _Violation, complaints: Complaints) -> None:
    wanted = violation.wanted
    found = _TYPES[type(violation.value)]
    if wanted == "string" and found in ("number", "integer"):
        written = complaints.origin.written(violation.path)[:_LONGEST_NUMBER]
        complaints.add(violation.path, "number-for-text", suggestion=f'"{written}"', value=shown(written))
        return
    names = TypeNames(tuple(wanted) if isinstance(wanted, list) else (wanted,))
    key = shown(format_path(violation.path)) if violation.path else {"en": "the configuration", "zh": "配置"}
    complaints.add(violation.path, "wrong-type", key=key, expected=names, found=TypeNames((found,)))


def _no_choice(violation: _Violation, complaints: Complaints) -> None:
    choices = tuple(violation.wanted)
    suggestion = nearest(violation.value, choices)
    complaints.add(
        violation.path, "not-a-choice", suggestion=suggestion, value=shown(violation.value), choices=Choices(choices)
    )


def _wrong_form(violation: _Violation, complaints: Complaints) -> None:
    if not violation.value:
        _empty(violation, complaints)
        return
    example = shown(violation.part["examples"][0])
    complaints.add(violation.path, "wrong-form", value=shown(violation.value), example=example)


def _empty(violation: _Violation, complaints: Complaints) -> None:
    complaints.add(violation.path, "empty", key=shown(format_path(violation.path)))


def _too_small(violation: _Violation, complaints: Complaints) -> None:
    complaints.add(violation.path, "too-small", value=shown(violation.value), limit=violation.wanted)


def _too_large(violation: _Violation, complaints: Complaints) -> None:
    complaints.add(violation.path, "too-large", value=shown(violation.value), limit=violation.wanted)


# Every keyword of the schema; a test keeps the two together.
_WORDS: Final[Mapping[str, Callable[[_Violation, Complaints], None]]] = {
    "additionalProperties": _unknown_keys,
    "enum": _no_choice,
    "maximum": _too_large,
    "minItems": _empty,
    "minLength": _empty,
    "minProperties": _empty,
    "minimum": _too_small,
    "pattern": _wrong_form,
    "propertyNames": _misnamed,
    "required": _missing_keys,
    "type": _wrong_type,
}
