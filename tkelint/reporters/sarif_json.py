"""The objects of `sarif_om` as JSON values: it has classes (made with `attrs`, which it brings) but no serializer.

A property that has the value that the SARIF schema gives it anyway is left out, as the standard allows, with one
exception: the level of a result. Its default is that of the rule, not the `warning` that `sarif_om` believes in, so
that leaving out `warning` would turn it into whatever the rule has.
"""

from __future__ import annotations

import functools
from typing import Any, Final

import attr
import sarif_om

_LEVELS_WRITTEN: Final = (sarif_om.Result, sarif_om.Notification, sarif_om.ReportingConfiguration)

_NOTHING: Final = object()


def json_value(value: Any) -> Any:
    """A `sarif_om` object, or a list or mapping with such, as plain JSON values in the standard's spelling."""
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    if isinstance(value, dict):
        return {key: json_value(item) for key, item in value.items()}
    class_: type[object] = type(value)
    if not attr.has(class_):
        return value
    properties = ((spelling, getattr(value, name), default) for name, spelling, default in _properties(class_))
    return {
        spelling: json_value(content)
        for spelling, content, default in properties
        if content is not None and content != default
    }


@functools.cache
def _properties(class_: type[attr.AttrsInstance]) -> tuple[tuple[str, str, Any], ...]:
    """For each property of a class its attribute, its spelling in JSON, and the value that need not be written."""
    return tuple(
        (field.name, field.metadata["schema_property_name"], _default(class_, field)) for field in attr.fields(class_)
    )


def _default(class_: type[attr.AttrsInstance], field: Any) -> Any:
    if field.default is attr.NOTHING or (field.name == "level" and class_ in _LEVELS_WRITTEN):
        return _NOTHING
    factory = getattr(field.default, "factory", None)
    return factory() if factory is not None else field.default
