"""What a check yields, and what the engine makes of it.

A `Problem` says where and with which parameters; it has no text, no line number and no severity. The engine joins it
with its rule into a `Finding`, the one record that suppression, reporters and tests work on.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tkelint.resource import Node
    from tkelint.source import Place
    from tkelint.syntax.document import Change, Document, Json


class Severity(str, Enum):
    """SARIF's levels.

    `error`: rejected, or traffic certainly fails; `warning`: a documented failure under conditions; `note`: advice, or
    something without effect.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


class Related(NamedTuple):
    """Another node that belongs to the proof. `role` names a text of the rule file; parameters fill it."""

    node: Node
    role: str
    parameters: Mapping[str, object] = MappingProxyType({})


class Edit(NamedTuple):
    """Write another text at a node: YAML on one line for a value or, at `node.key()`, for a key.

    At a part of a string (`node.text(...)`) it is the raw text. In a JSON file the value is written as JSON.
    """

    node: Node
    text: str


class Removal(NamedTuple):
    """Take out a whole entry of a mapping or item of a list, and each collection above that has nothing else."""

    node: Node


class Addition(NamedTuple):
    """Add `key: value` to the mapping at a node; missing parents, such as `metadata.annotations`, are made."""

    node: Node
    key: str
    value: Json


class Item(NamedTuple):
    """Add an item at the end of the list at a node, which is there."""

    node: Node
    value: Json


class Fix(NamedTuple):
    """Edits that repair a problem, all together; `safe` ones change only what has no effect today or is rejected.

    Where one of them cannot be written soundly (behind an alias, say), the finding has no repair.
    """

    edits: tuple[Edit | Removal | Addition | Item, ...]
    safe: bool = False


class Problem(NamedTuple):
    """One thing a check found.

    `message` picks a text of the rule file when it has several; `likelihood` picks a rung of its severity ladder
    (`certain`, `likely`, `possible`). `flow` is an ordered path (a request on its way), `related` is not ordered.
    `assumed` are facts that are not known but taken for granted, such as `kubeProxyMode=ipvs`. `codes` are those of
    the rule's event codes that this one leads to; `None` stands for all of them.
    """

    node: Node
    parameters: Mapping[str, object] = MappingProxyType({})
    message: str = ""
    likelihood: str = "certain"
    related: tuple[Related, ...] = ()
    flow: tuple[Related, ...] = ()
    assumed: tuple[str, ...] = ()
    fix: Fix | None = None
    codes: tuple[str, ...] | None = None


class RelatedPlace(NamedTuple):
    """A related node with its place and its text in each language (`en`, `zh`)."""

    place: Place
    text: Mapping[str, str]
    label: str  # the object it lies in: `Service prod/web`


class Replacement(NamedTuple):
    """Text that takes the place of a span."""

    place: Place
    text: str


class Repair(NamedTuple):
    """A fix as it is reported: all replacements together; `safe` as in `Fix`.

    `changes` say the same of the values: what the documents have to read as when it is done.
    """

    replacements: tuple[Replacement, ...]
    safe: bool
    changes: tuple[tuple[Document, tuple[Change, ...]], ...] = ()


class Unrepaired(NamedTuple):
    """A fix that cannot be written: `rendered`, what it would change was made by a tool, or `unsound` as in `Fix`."""

    reason: str
    safe: bool


class Finding(NamedTuple):
    """A problem as it is reported: with place, severity and text in each language."""

    rule_id: str
    severity: Severity
    confidence: str  # high · medium · low
    message: Mapping[str, str]
    place: Place
    subject: str  # `Service prod/web`; the path of the file when there is no object
    field: str  # `spec.ports[0].port`; empty for a whole file
    template: str | None  # the chart file Helm says the object came from
    fingerprint: str  # semantic: independent of path, line and column
    related: tuple[RelatedPlace, ...] = ()
    flow: tuple[RelatedPlace, ...] = ()
    assumed: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    repair: Repair | None = None
    worlds: tuple[str, ...] = ()  # the overlays, charts and clusters it was found in; none for plain manifests
    unrepaired: Unrepaired | None = None
    suppressed: str | None = None  # the reason, when a comment, an annotation or the config suppresses it
    namespace: str | None = None  # of the object, as far as it says

    def places(self) -> Iterator[Place]:
        """Every place it points at: its own, the related ones, the hops of its flow."""
        yield self.place
        yield from (related.place for related in (*self.related, *self.flow))
