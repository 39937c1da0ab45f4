"""The event codes of TKE's Service and Ingress controllers, and which rules foresee each.

`rules/facts/controller-codes.yaml` has every code of https://cloud.tencent.com/document/product/457/81004; the numbers
of Services and Ingresses collide, so that a code is always one of a kind.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from tkelint.compiled import table
from tkelint.rule import load_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tkelint.rule import Rule, Text

PAGE: Final = "https://cloud.tencent.com/document/product/457/81004"

Foreseen = Literal["file", "repository", "facts", "never"]


class EventCode(NamedTuple):
    """One code. `foreseen` says what it takes to foresee it; `why` is set where nothing does."""

    name: str  # Ingress E4041
    meaning: Text
    foreseen: Foreseen
    when: Text | None = None  # the only cause that can be foreseen
    facts: tuple[str, ...] = ()
    effect: str = ""  # new, sync, cluster, partial, retried, none, or "" where it is not documented
    why: Text | None = None

    @property
    def kind(self) -> str:
        """Service or Ingress."""
        return self.name.partition(" ")[0]

    @property
    def number(self) -> str:
        """The code as the event has it: E4041."""
        return self.name.partition(" ")[2]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that foresee it."""
        return _rules_by_code().get(self.name, ())


@functools.cache
def event_codes() -> Mapping[str, EventCode]:
    """Every code by its name."""
    return {
        name: EventCode(name, **{**row, "facts": tuple(row.get("facts", ()))})
        for name, row in table("controller-codes").items()
    }


def codes_named(name: str) -> tuple[EventCode, ...]:
    """The codes of this name; a number alone, in whatever case, may be one of each kind."""
    wanted = " ".join(name.split()).casefold()
    return tuple(code for code in event_codes().values() if wanted in (code.name.casefold(), code.number.casefold()))


@functools.cache
def _rules_by_code() -> Mapping[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in load_rules().values():
        for code in rule.codes:
            found[code] = (*found.get(code, ()), rule)
    return found
