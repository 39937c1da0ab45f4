"""A small JSON Schema: where a value violates a schema, with the path of each place.

The keywords that the rules use are decided here, since importing jsonschema costs more than linting a small repository;
tests hold the two against each other. What a published schema may say beside them (`title`, `x-...`) has no effect.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tkelint.compiled import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Schema = Mapping[str, Any]
    Path = tuple[str | int, ...]


class Violation(NamedTuple):
    """One place that violates a schema: the path of the value, and the keyword of the schema there that it fails.

    `key` is the one that is missing (`required`) or unknown (`additionalProperties`) in the mapping at `path`.
    """

    path: Path
    keyword: str
    schema: Schema
    key: str = ""


def violations(schema: Schema, value: Any, *, root: Schema | None = None, path: Path = ()) -> Iterator[Violation]:
    """Every violation, in the order of the value. What is of the wrong type is not looked into.

    `root` has the `$defs` of a schema that is part of another one; `path` is where the value stands.
    """
    yield from _violations(schema, value, schema if root is None else root, path)


def described(schema: Schema, value: Any) -> Iterator[tuple[Path, Schema, Any]]:
    """Every value that the schema speaks of: its path, what the schema says there, and the value."""
    yield from _described(schema, value, schema, ())


def _described(schema: Schema, value: Any, root: Schema, path: Path) -> Iterator[tuple[Path, Schema, Any]]:
    schema = _resolved(schema, root)
    yield path, schema, value
    if isinstance(value, dict):
        for key, below in schema.get("properties", {}).items():
            if key in value:
                yield from _described(below, value[key], root, (*path, key))
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _described(schema["items"], item, root, (*path, index))


def fails(schema: Schema, value: Any) -> bool:
    """Whether a value violates a schema."""
    return any(violations(schema, value))


def wanted(schema: Schema) -> dict[str, str]:
    """What a schema wants a value to be, in each language: its options, else its range, else its type."""
    match schema:
        case {"enum": options}:
            words = _words("one-of", options=[str(option) for option in options])
        case {"const": option}:
            words = _words("just", options=[str(option)])
        case {"anyOf": [one, other]}:
            ones, others = wanted(one), wanted(other)
            words = {language: _words("or", one=ones[language], other=others[language])[language] for language in ones}
        case {"minimum": least, "maximum": most}:
            words = _words("between", minimum=least, maximum=most)
        case {"minimum": least}:
            words = _words("at-least", minimum=least)
        case {"maximum": most}:
            words = _words("at-most", maximum=most)
        case {"maxItems": most}:
            words = _words("no-more-items", maximum=most)
        case _:
            words = _words(schema["type"])
    return words


def wanted_length(schema: Schema) -> dict[str, str]:
    """How long a schema wants a string to be, in each language."""
    return _words("no-longer", length=schema["maxLength"]) if "maxLength" in schema else _words("not-empty")


def _words(name: str, *, options: Sequence[str] = (), **parameters: object) -> dict[str, str]:
    texts: dict[str, str] = table("schema-words")[name]
    joined = {"en": ", ".join(options), "zh": "、".join(options)}
    return {language: text.format(options=joined[language], **parameters) for language, text in texts.items()}


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema that a `$ref` names, with what stands beside it."""
    while "$ref" in schema:
        target = root["$defs"][schema["$ref"].rpartition("/")[2]]
        schema = {**target, **{key: each for key, each in schema.items() if key != "$ref"}}
    return schema


def _violations(schema: Schema, value: Any, root: Schema, path: Path) -> Iterator[Violation]:
    schema = _resolved(schema, root)
    failed = [keyword for keyword, test in KEYWORDS.items() if keyword in schema and not test(schema[keyword], value)]
    if "type" in failed:
        yield Violation(path, "type", schema)
        return
    yield from (Violation(path, keyword, schema) for keyword in failed)
    if "anyOf" in schema and all(any(_violations(each, value, root, path)) for each in schema["anyOf"]):
        yield Violation(path, "anyOf", schema)
    if isinstance(value, dict):
        yield from _mapping_violations(schema, value, root, path)
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _violations(schema["items"], item, root, (*path, index))


def _mapping_violations(schema: Schema, value: dict[str, Any], root: Schema, path: Path) -> Iterator[Violation]:
    yield from (Violation(path, "required", schema, key) for key in schema.get("required", ()) if key not in value)
    properties = schema.get("properties", {})
    for key, each in value.items():
        if key in properties:
            yield from _violations(properties[key], each, root, (*path, key))
        elif schema.get("additionalProperties") is False:
            yield Violation(path, "additionalProperties", schema, key)


def _equal(one: Any, other: Any) -> bool:
    """Equality of JSON: `1` equals `1.0`, but not `true`."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_TYPES: Final[dict[str, Callable[[Any], bool]]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}

# Whether a value satisfies a keyword with its argument; for the keywords that look at one value alone.
KEYWORDS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "type": lambda types, value: any(_TYPES[each](value) for each in ([types] if isinstance(types, str) else types)),
    "const": _equal,
    "enum": lambda options, value: any(_equal(option, value) for option in options),
    "minimum": lambda least, value: not _is_number(value) or value >= least,
    "maximum": lambda most, value: not _is_number(value) or value <= most,
    "pattern": lambda pattern, value: not isinstance(value, str) or re.search(pattern, value) is not None,
    "minLength": lambda least, value: not isinstance(value, str) or len(value) >= least,
    "maxLength": lambda most, value: not isinstance(value, str) or len(value) <= most,
    "maxItems": lambda most, value: not isinstance(value, list) or len(value) <= most,
}
