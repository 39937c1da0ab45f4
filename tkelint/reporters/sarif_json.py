"""The objects of `sarif_om` as JSON values: it has classes (made with `attrs`, which it brings) but no serializer.

A property that has the value that the SARIF schema gives it anyway is left out, as the standard allows, with one
exception: the level of a result. Its default is that of the rule, not the `warning` that `sarif_om` believes in, so
that leaving out `warning` would turn it into whatever the rule has.
"""

from __future__ import annotations

from typing import Any, Final

import attr
import sarif_om

_ALWAYS_WRITTEN: Final = {
    sarif_om.Result: frozenset({"level"}),
    sarif_om.Notification: frozenset({"level"}),
    sarif_om.ReportingConfiguration: frozenset({"level"}),
}


def json_value(value: Any) -> Any:
    """A `sarif_om` object, or a list or mapping with such, as plain JSON values in the standard's spelling."""
    if attr.has(type(value)):
        return {
            field.metadata["schema_property_name"]: json_value(getattr(value, field.name))
            for field in attr.fields(type(value))
            if _is_written(value, field)
        }
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    if isinstance(value, dict):
        return {key: json_value(item) for key, item in value.items()}
    return value


def _is_written(owner: Any, field: Any) -> bool:
    """Whether a property says more than its absence does."""
    value = getattr(owner, field.name)
    if value is None:
        return False
    if field.name in _ALWAYS_WRITTEN.get(type(owner), ()):
        return True
    factory = getattr(field.default, "factory", None)
    default = factory() if factory is not None else field.default
    return bool(default is attr.NOTHING or value != default)
