"""What the setup of a plugin makes of its arguments and its block, from the table of what each plugin takes.

The table is `rules/facts/coredns-setup.yaml`, which explains its keys. It follows CoreDNS 1.14.7; which properties an
older release knows is for rules to say. Words with an unknown variable are taken to be right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from tkelint.syntax.corefile_dispenser import ONCE, Dispenser, Property, RefusedError
from tkelint.syntax.corefile_keys import server_key
from tkelint.syntax.corefile_setup_special import SPECIAL
from tkelint.syntax.corefile_values import check_value, words
from tkelint.syntax.golang import quote, to_lower

if TYPE_CHECKING:
    from tkelint.syntax.corefile_errors import CorefileError
    from tkelint.syntax.corefile_lexer import Token
    from tkelint.syntax.corefile_tree import Directive

Facts: TypeAlias = "Mapping[str, Any]"

_NO_FACTS: Facts = {}
_EARLY = frozenset({"argument-count", "unknown-property"})


@dataclass(frozen=True, slots=True)
class SetupView:
    """A plugin as its setup reads it. `again` are the places where it reads another occurrence of itself."""

    name: Token
    properties: tuple[Property, ...]
    again: tuple[Token, ...]
    errors: tuple[CorefileError, ...]


def setup_view(directive: Directive, facts: Facts) -> SetupView:
    """Read all occurrences of a plugin in a server block; `facts` is its row of the table."""
    setup = Setup(directive, facts)
    setup.read()
    return SetupView(
        name=directive.name,
        properties=tuple(setup.properties),
        again=tuple(setup.again),
        errors=tuple(error.as_error(setup.plugin) for error in setup.refused),
    )


@dataclass(slots=True)
class Setup:
    """One reading: the cursor, and what was found so far."""

    directive: Directive
    facts: Facts
    dispenser: Dispenser = field(init=False)
    properties: list[Property] = field(default_factory=list)
    again: list[Token] = field(default_factory=list)
    refused: list[RefusedError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dispenser = Dispenser(self.directive)

    @property
    def plugin(self) -> str:
        """The plugin's name."""
        return self.directive.name.text

    def read(self) -> None:
        """Read one occurrence after the other, as far as the plugin does."""
        dispenser, repeat = self.dispenser, self.facts.get("repeat", "adds")
        while dispenser.next():
            if dispenser.cursor > 0:
                self.again.append(dispenser.current)
            if dispenser.cursor > 0 and repeat == "once":
                self.refuse(self._twice())
                return
            if dispenser.cursor > 0 and repeat == "one-argument":
                has_argument = dispenser.next_argument()
                self.refuse(self._twice() if has_argument else dispenser.wrong_arguments(self.plugin))
                return
            before = len(self.refused)
            self._occurrence()
            if repeat == "first":
                return
            if repeat == "arguments" and dispenser.next():
                self.again.append(dispenser.current)
                # CoreDNS looks for another occurrence before it reads the values.
                early = [each for each in self.refused[before:] if each.code in _EARLY]
                late = [each for each in self.refused[before:] if each.code not in _EARLY]
                self.refused[before:] = early
                self.refuse(dispenser.wrong_arguments(self.plugin), *late)
                return
        self._check_transport(self.directive.name)

    def refuse(self, *errors: RefusedError) -> None:
        """Keep what the plugin refuses; one says no more of anything than that its arguments are wrong."""
        if self.facts.get("every-error") == "arguments":
            for error in errors:
                error.text = self.dispenser.wrong_arguments(self.plugin).text
        self.refused += errors

    def _twice(self) -> RefusedError:
        text = self.facts.get("repeated", ONCE)
        text = text if text == ONCE else words(text, self.dispenser)
        return RefusedError("plugin-twice", self.dispenser.current, text, plugin=self.plugin)

    def _occurrence(self) -> None:
        special = self.facts.get("special")
        if self.facts.get("named") and self.dispenser.current.text != self.plugin:
            return
        if special:
            SPECIAL[special](self, self.dispenser.current, self.facts)
            return
        name = self.dispenser.current
        if "arguments" in self.facts:
            count = self.read_values(name, self.facts["arguments"], self.plugin)
            if count and self.facts["arguments"].get("ends-here"):
                return
        if "properties" in self.facts:
            self.read_block(name)

    def read_block(self, name: Token) -> None:
        """Read the block of an occurrence, if one opens here."""
        before = len(self.properties)
        while self.dispenser.next_in_block():
            self._property()
        found = {each.name.text for each in self.properties[before:]}
        for required, text in self.facts.get("required", _NO_FACTS).items():
            if required not in found:
                self._refuse_property("property-missing", name, text, required)
        if "empty" in self.facts and len(self.properties) == before:
            self._refuse_property("property-missing", name, self.facts["empty"], ", ".join(self.facts["properties"]))
        for each in self.properties[before:]:
            needed = self.facts["properties"].get(each.name.text, _NO_FACTS).get("requires")
            if needed and needed not in found:
                text = f"{each.name.text} requires {needed}"
                self.refuse(RefusedError("property-requires", each.name, text, name=each.name.text, other=needed))

    def _refuse_property(self, code: str, token: Token, text: str, name: str) -> None:
        parameters = {"name": name, "plugin": self.plugin}
        self.refuse(RefusedError(code, token, words(text, self.dispenser), **parameters))

    def _property(self) -> None:
        """Read the property under the cursor."""
        dispenser, name = self.dispenser, self.dispenser.current
        facts = self._facts_of(name)
        if facts is None:
            self._unknown_property(name)
            return
        begin = dispenser.cursor + 1
        repeated = "once" in facts and any(each.name.text == name.text for each in self.properties)
        if repeated and facts.get("once-first"):
            self._once(name, facts)
        self.read_values(name, facts, name.text)
        if repeated and not facts.get("once-first"):
            self._once(name, facts)
        self.properties.append(Property(name, dispenser.tokens[begin : dispenser.cursor + 1]))

    def _facts_of(self, name: Token) -> Facts | None:
        """What is known of a property; `None` of one that the newest release does not have."""
        known: Facts = self.facts["properties"]
        found: Facts | None = known.get(name.text)
        if found is None:
            folded = known.get(to_lower(name.text))
            found = folded if folded is not None and (folded.get("fold") or self.facts.get("fold")) else None
        return None if found is None or "removed" in found else found

    def _once(self, name: Token, facts: Facts) -> None:
        text = words(facts["once"], self.dispenser, name=name.text)
        self.refuse(RefusedError("property-twice", name, text, name=name.text))

    def _unknown_property(self, name: Token) -> None:
        dispenser = self.dispenser
        if not name.unknown:
            if "unknown-values" in self.facts:
                self.read_values(name, self.facts["unknown-values"], name.text)
            value = to_lower(name.text) if self.facts.get("fold") else name.text
            template = self.facts.get("unknown", "@unknown property '{value}'")
            bare = template.startswith("~")
            text = words(template.removeprefix("~"), dispenser, value=value, quoted=quote(value))
            error = RefusedError("unknown-property", name, text, name=name.text, plugin=self.plugin)
            error.names_plugin = not bare
            self.refuse(error)
        dispenser.remaining_arguments()

    def read_values(self, name: Token, facts: Facts, called: str) -> int:
        """Read and judge the words that belong to a property, or the arguments of the plugin; how many there are."""
        if "special" in facts and "values" not in facts:
            SPECIAL[facts["special"]](self, name, facts)
            return 0
        arguments = self.take(facts)
        if not self.count_is_right(arguments, facts, called):
            return len(arguments)
        if "special" in facts:
            SPECIAL[facts["special"]](self, name, facts, arguments)
        else:
            self.judge(arguments, facts, called)
        return len(arguments)

    def take(self, facts: Facts) -> Sequence[Token]:
        """The words that belong to a property or plugin, as much of the line as it reads."""
        dispenser = self.dispenser
        match facts.get("read", "line"):
            case "none":
                return ()
            case "one":
                return (dispenser.current,) if dispenser.next_argument() else ()
            case "one-or-two":
                return tuple(dispenser.current for _ in range(2) if dispenser.next_argument())
        opening = [dispenser.current for _ in range(facts.get("open", 0)) if dispenser.next_argument()]
        return [*opening, *dispenser.remaining_arguments()]

    def count_is_right(self, arguments: Sequence[Token], facts: Facts, called: str) -> bool:
        """Refuse a number of words that is too small or too large."""
        least, most = facts.get("least", 0), facts.get("most")
        if len(arguments) >= least and (most is None or len(arguments) <= most):
            return True
        dispenser = self.dispenser
        listed = " ".join(token.text for token in arguments)
        template = facts.get("text", "arguments")
        if not arguments:
            template = facts.get("text-without", template)
        text = words(template, dispenser, words=listed, name=called)
        self.refuse(RefusedError("argument-count", dispenser.current, text, name=called))
        return False

    def judge(self, arguments: Sequence[Token], facts: Facts, called: str) -> None:
        """Judge each word by the type that it must have."""
        specs = facts.get("values", ())
        order = list(enumerate(arguments))
        if facts.get("last-first"):
            order = [*order[1:], *order[:1]]
        seen: set[str] = set()
        for index, token in order if specs else ():
            spec = specs[min(index, len(specs) - 1)]
            try:
                check_value(spec, called, token, self.dispenser)
            except RefusedError as refused:
                self.refuse(refused)
                continue
            if isinstance(spec, Mapping) and "repeated" in spec and token.text in seen:
                text = words(spec["repeated"], self.dispenser, quoted=quote(token.text))
                self.refuse(RefusedError("value-twice", token, text, value=token.text))
            seen.add(token.text)

    def _check_transport(self, name: Token) -> None:
        wanted = self.facts.get("transport")
        for token in self.directive.keys if wanted else ():
            key = server_key(token)
            if key.transport != wanted and key.zones:
                shown = quote(f"{key.transport}://{key.zone}:{key.port}")
                problem = f"only plain DNS server blocks are supported; {shown} uses transport {quote(key.transport)}"
                text = self.dispenser.located(problem)
                self.refuse(RefusedError("transport", name, text, plugin=self.plugin, key=token.text))
                return
