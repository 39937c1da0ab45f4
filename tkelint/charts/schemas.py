"""Schemas of values that lead elsewhere. Helm would follow them: to the network, and to files of this machine.

A message of Helm could then tell what is there, so a schema that names anything but itself is not given to Helm.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA_FILE: Final = "values.schema.json"
_REFERENCES: Final = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$schema"})
# What the library of Helm has built in: https://pkg.go.dev/github.com/santhosh-tekuri/jsonschema/v6
_BUILT_IN: Final = pattern(
    r"(?:https?://json-schema\.org/(?:draft-0[467]/schema|draft/20(?:19-09|20-12)/schema|schema))?(?:#.*)?\Z", 16
)  # re.DOTALL


def leads_elsewhere(data: bytes) -> bool:
    """Whether a schema refers to anything but itself and the drafts of JSON schema, or cannot be read."""
    is_elsewhere = False

    def look(pairs: Iterable[tuple[str, Any]]) -> None:
        # Every pair, as of a key that is written twice Helm may take another one than Python does.
        nonlocal is_elsewhere
        for key, value in pairs:
            if key in _REFERENCES and not (isinstance(value, str) and _BUILT_IN.match(value)):
                is_elsewhere = True

    try:
        json.loads(data, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return True
    return is_elsewhere
