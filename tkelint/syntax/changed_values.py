"""What changes make of a plain value, told without any text: what a changed document has to read as.

`yaml_edits` makes the same changes in the text of a document. Neither knows the other, so that one proves the other.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from tkelint.syntax.document import Add, Append, Remove, Replace

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from tkelint.syntax.document import Change, FieldPath, Json

    _Read = Callable[[str], Json]


class ImpossibleChangeError(ValueError):
    """There is nothing at the path of a change, or something else than it needs, or two changes are about the same."""


def changed_value(value: Json, changes: Sequence[Change], read: _Read) -> Json:
    """The value with all changes made; what was passed in stays as it is. `read` gives the value of a YAML text.

    The order of the changes does not matter: paths are those before any of them. Raises `ImpossibleChangeError`.
    """
    replacements = [change for change in changes if isinstance(change, Replace)]
    for replace in replacements:
        if replace.part is None and not replace.at_key:
            value = _at(value, replace.path, functools.partial(_as_read, read, replace.text))
    parts = [(each.part, each) for each in replacements if each.part is not None]
    for part, replace in sorted(parts, key=lambda pair: pair[0], reverse=True):
        value = _at(value, replace.path, functools.partial(_with_part, part, replace.text))
    removed = {each.path for each in changes if isinstance(each, Remove)}
    for change in changes:
        if isinstance(change, Add):
            value = _added(value, change.path, change, removed)
        elif isinstance(change, Append):
            value = _at(value, change.path, functools.partial(_with_item, change.value))
    replaced = {(*each.path, each.key) for each in changes if isinstance(each, Add)}
    for path in sorted(removed - replaced, key=_from_the_end):
        value = _without(value, path)
    # A key is renamed last: all other paths have the old one. The deepest first, since they have those above.
    for replace in sorted((each for each in replacements if each.at_key), key=lambda each: -len(each.path)):
        value = _renamed(value, replace, read)
    return value


def _from_the_end(path: FieldPath) -> tuple[tuple[int, int | str], ...]:
    """An order in which later items of a list come before earlier ones, whose indexes then still hold."""
    return tuple((0, -step) if isinstance(step, int) else (1, step) for step in path)


def _at(value: Json, path: FieldPath, change: Callable[[Any], Json]) -> Json:
    """A value with something else at a path."""
    if not path:
        return change(value)
    step = path[0]
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        return {key: _at(child, path[1:], change) if key == step else child for key, child in value.items()}
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return [*value[:step], _at(value[step], path[1:], change), *value[step + 1 :]]
    raise ImpossibleChangeError


def _as_read(read: _Read, text: str, _: Json) -> Json:
    return read(text)


def _with_part(part: tuple[int, int], new: str, text: Json) -> str:
    start, end = part
    if not isinstance(text, str) or not 0 <= start <= end <= len(text):
        raise ImpossibleChangeError
    return text[:start] + new + text[end:]


def _with_item(item: Json, items: Json) -> Json:
    if not isinstance(items, list):
        raise ImpossibleChangeError
    return [*items, item]


def _added(value: Json, path: FieldPath, change: Add, removed: Collection[FieldPath]) -> Json:
    """A value with an entry in the mapping at a path; what is missing on the way, or null, becomes a mapping.

    One whose key is removed at the same time stands last, like any other.
    """
    if not path:
        mapping = {} if value is None else value
        if not isinstance(mapping, dict) or (change.key in mapping and (*change.path, change.key) not in removed):
            raise ImpossibleChangeError
        return {**{key: child for key, child in mapping.items() if key != change.key}, change.key: change.value}
    step = path[0]
    if value is None or (isinstance(value, dict) and step not in value):
        if not isinstance(step, str):
            raise ImpossibleChangeError
        return {**(value or {}), step: _added(None, path[1:], change, removed)}
    return _at(value, path[:1], lambda child: _added(child, path[1:], change, removed))


def _without(value: Json, path: FieldPath) -> Json:
    """A value without what is at a path, and without each mapping or list above that has nothing else."""
    if not path:
        raise ImpossibleChangeError
    parent = _collection(value, path[:-1])
    if len(parent) == 1 and len(path) > 1:
        if isinstance(path[-2], int):
            raise ImpossibleChangeError  # an item of a list would be left with nothing in it
        _at(value, path, lambda child: child)  # it has to be there
        return _without(value, path[:-1])
    if isinstance(parent, list):
        _at(value, path, lambda child: child)
        return _at(value, path[:-1], lambda old: [each for index, each in enumerate(old) if index != path[-1]])
    if path[-1] not in parent:
        raise ImpossibleChangeError
    return _at(value, path[:-1], lambda old: {key: child for key, child in old.items() if key != path[-1]})


def _collection(value: Any, path: FieldPath) -> Any:
    for step in path:
        is_there = step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
        if not is_there:
            raise ImpossibleChangeError
        value = value[step]
    if not isinstance(value, (dict, list)):
        raise ImpossibleChangeError
    return value


def _renamed(value: Json, change: Replace, read: _Read) -> Json:
    name = read(change.text)

    def with_other_key(mapping: Any) -> Json:
        if not isinstance(mapping, dict) or not isinstance(name, str) or name in mapping:
            raise ImpossibleChangeError
        if change.path[-1] not in mapping:
            raise ImpossibleChangeError
        return {name if key == change.path[-1] else key: child for key, child in mapping.items()}

    if not change.path:
        raise ImpossibleChangeError
    return _at(value, change.path[:-1], with_other_key)
