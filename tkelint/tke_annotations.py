"""The annotations of TKE's Service and Ingress controllers: who writes each, what its value may be, since when.

`rules/facts/service-annotations.yaml` and `ingress-annotations.yaml` hold them, each with its page;
`rules/annotations.schema.json` explains the fields. `objection` judges a value by the grammar of its key.
"""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from tkelint.compiled import table
from tkelint.kubernetes import parse_version
from tkelint.label_selectors import selector_fault
from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Node, Resource

Evidence = Literal["documented", "analog", "secondary"]

KINDS: Final = ("Service", "Ingress")

# What Go's strconv.ParseBool takes besides the documented spellings.
GO_BOOLEANS: Final = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "True"), "true"),
    **dict.fromkeys(("0", "f", "F", "FALSE", "False"), "false"),
}
_ID: Final = pattern(r"[a-z0-9]+")
_REGION: Final = pattern(r"(?:ap|na|eu|sa|af|me)-[a-z]+(?:-[a-z]+)*")
_NAME: Final = pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_DIGITS: Final = pattern(r"[0-9]{1,9}")


class Since(NamedTuple):
    """The version of the controller from which on something holds, and how well that is documented."""

    version: tuple[int, ...]
    text: str
    evidence: Evidence


class Grammar(NamedTuple):
    """What a value may be. `codes` are the events of the controller when it is something else."""

    type: str  # boolean, enum, integer, id, ids, json, region, name, selector or text (anything)
    values: tuple[str, ...] = ()
    hints: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    minimum: int = 0
    maximum: int = 0
    prefix: str = ""
    most: int = 0  # of a list of ids; 0 for any number
    may_be_empty: bool = False
    shape: str = ""  # of JSON: object or array
    may_be_null: bool = False
    evidence: Evidence = "documented"
    codes: tuple[str, ...] = ()


class Annotation(NamedTuple):
    """One annotation of one kind."""

    key: str
    kind: str
    value: Grammar
    page: str
    set_by: Literal["user", "controller"] = "user"
    effect_on: tuple[str, ...] = ()  # types of Services; empty for any
    create_only: bool = False
    since: Since | None = None
    since_empty: Since | None = None
    default_since: Since | None = None
    needs: tuple[str, ...] = ()
    needs_one_of: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    replaced_by: str = ""
    instead: str = ""
    twin: str = ""


class Objection(NamedTuple):
    """What is wrong with a value: the code points of it, and the name of the fault with its parameters.

    Faults: `boolean`, `go-boolean`, `enum`, `hint`, `integer`, `range`, `id`, `blanks`, `too-many`, `twice`, `region`,
    `zone`, `name`, `selector`. `repaired` is what certainly was meant.
    """

    fault: str
    part: tuple[int, int] | None = None
    parameters: Mapping[str, object] = MappingProxyType({})
    repaired: str | None = None


@functools.cache
def known(kind: str) -> Mapping[str, Annotation]:
    """Every annotation of a kind, by key."""
    rows = table(f"{kind.lower()}-annotations")
    return {key: _annotation(key, kind, row) for key, row in rows.items()}


def of(resource: Resource) -> Iterator[tuple[Annotation, Node]]:
    """The known annotations of a Service or Ingress that have a text as value, in the order of the file."""
    rows = known(resource.type)
    for key, value in resource.annotations.items():
        if key in rows and isinstance(value, str):
            yield rows[key], resource.annotation(key)


def twins() -> Mapping[str, str]:
    """For each key of one kind the key with its meaning on the other."""
    return {row.key: row.twin for kind in KINDS for row in known(kind).values() if row.twin}


def objection(grammar: Grammar, value: str) -> Objection | None:
    """Why a value is none that the grammar allows; `None` when it is one. JSON is not looked into."""
    judge = _JUDGES.get(grammar.type)
    return judge(grammar, value) if judge else None


def _annotation(key: str, kind: str, row: Mapping[str, Any]) -> Annotation:
    fields: dict[str, Any] = {
        _field(name): tuple(value) if isinstance(value, list) else value for name, value in row.items()
    }
    fields["value"] = _grammar(row["value"])
    fields |= {_field(name): _since(row[name]) for name in ("since", "since-empty", "default-since") if name in row}
    return Annotation(key, kind, **fields)


def _field(name: str) -> Any:
    return name.replace("-", "_")


def _grammar(row: Mapping[str, Any]) -> Grammar:
    fields: dict[str, Any] = {
        _field(name): tuple(value) if isinstance(value, list) else value for name, value in row.items()
    }
    return Grammar(**fields)


def _since(row: Mapping[str, Any]) -> Since:
    return Since(parse_version(row["version"]) or (), row["version"], row["evidence"])


def _boolean(_: Grammar, value: str) -> Objection | None:
    if value in ("true", "false"):
        return None
    if value in GO_BOOLEANS:
        return Objection("go-boolean", repaired=GO_BOOLEANS[value])
    meant = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
    word = value.strip(" “”‘’'\"").lower()
    return Objection("boolean", repaired=word if word in ("true", "false") else meant.get(word))


def _enum(grammar: Grammar, value: str) -> Objection | None:
    if value in grammar.values:
        return None
    if value in grammar.hints:
        return Objection("hint", parameters={"hint": grammar.hints[value]})
    meant = [each for each in grammar.values if each.lower() == value.strip().lower()]
    return Objection("enum", parameters={"values": grammar.values}, repaired=meant[0] if meant else None)


def _integer(grammar: Grammar, value: str) -> Objection | None:
    parameters = {"minimum": grammar.minimum, "maximum": grammar.maximum}
    if not _DIGITS.fullmatch(value):
        trimmed = value.strip()
        return Objection("integer", None, parameters, trimmed if _DIGITS.fullmatch(trimmed) else None)
    return None if grammar.minimum <= int(value) <= grammar.maximum else Objection("range", None, parameters)


def _id(grammar: Grammar, value: str) -> Objection | None:
    return _id_fault(grammar.prefix, value) if value else None


def _id_fault(prefix: str, value: str, offset: int = 0) -> Objection | None:
    if value.startswith(f"{prefix}-") and _ID.fullmatch(value, len(prefix) + 1):
        return None
    part = (offset, offset + len(value))
    trimmed = value.strip()
    if trimmed != value and _id_fault(prefix, trimmed) is None:
        return Objection("blanks", part, {"part": trimmed}, trimmed)
    return Objection("id", part, {"part": trimmed, "prefix": prefix})


def _ids(grammar: Grammar, value: str) -> Objection | None:
    """A list: each item alone, then their number, then whether one stands there twice."""
    if not value:
        return None
    offset = 0
    items: set[str] = set()
    for item in value.split(","):
        fault = _id_fault(grammar.prefix, item, offset)
        if fault is not None and fault.fault != "blanks":
            return fault
        if fault is not None:
            parts = [each.strip() for each in value.split(",")]
            return fault._replace(repaired=",".join(parts) if all(parts) else None)
        if item in items:
            return Objection("twice", (offset, offset + len(item)), {"part": item})
        items.add(item)
        offset += len(item) + 1
    if grammar.most and len(items) > grammar.most:
        return Objection("too-many", None, {"count": len(items), "most": grammar.most})
    return None


def _region(_: Grammar, value: str) -> Objection | None:
    if not value or _REGION.fullmatch(value):
        return None
    trimmed = value.strip()
    region, dash, number = trimmed.rpartition("-")
    if dash and number.isdigit() and _REGION.fullmatch(region):
        return Objection("zone", parameters={"region": region}, repaired=region)
    return Objection("region", repaired=trimmed if _REGION.fullmatch(trimmed) else None)


def _name(_: Grammar, value: str) -> Objection | None:
    if not value or _NAME.fullmatch(value):
        return None
    trimmed = value.strip()
    return Objection("name", repaired=trimmed if _NAME.fullmatch(trimmed) else None)


def _selector(_: Grammar, value: str) -> Objection | None:
    fault = selector_fault(value)
    if fault is None:
        return None
    at = min(fault, max(len(value) - 1, 0))
    return Objection("selector", (at, min(at + 1, len(value))) if value else None)


_JUDGES: Final = {
    "boolean": _boolean,
    "enum": _enum,
    "integer": _integer,
    "id": _id,
    "ids": _ids,
    "region": _region,
    "name": _name,
    "selector": _selector,
}
