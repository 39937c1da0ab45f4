"""How the setup code of a plugin walks over its tokens: caddyfile's Dispenser, and what it may refuse.

A plugin reads all occurrences of its directive in a server block as one list of tokens, in which lines are told apart
by line numbers only. The views of the plugins go on after a refusal, where CoreDNS stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tkelint.syntax.corefile_errors import CorefileError, corefile_error

if TYPE_CHECKING:
    from tkelint.syntax.corefile_lexer import Token
    from tkelint.syntax.corefile_tree import Directive

ONCE = "this plugin can only be used once per Server Block"


class RefusedError(Exception):
    """A plugin refuses a word. Raised and caught inside the views only; it becomes a `CorefileError`."""

    def __init__(self, code: str, token: Token, text: str, **parameters: str) -> None:
        super().__init__(text)
        self.names_plugin = True
        self.code = code
        self.token = token
        self.text = text
        self.parameters = parameters

    def as_error(self, plugin: str) -> CorefileError:
        """The refusal with CoreDNS's prefix."""
        prefix = f"plugin/{plugin}: " if self.names_plugin else ""
        return corefile_error(self.code, self.token, prefix + self.text, **self.parameters)


@dataclass(frozen=True, slots=True)
class Property:
    """A line of a plugin's block."""

    name: Token
    arguments: tuple[Token, ...]


class Dispenser:
    """A cursor over a directive's name and tokens. `current` is the token it stands on."""

    def __init__(self, directive: Directive) -> None:
        self.tokens = (directive.name, *directive.tokens)
        self.path = directive.path
        self.cursor = -1
        self._in_block = False

    @property
    def current(self) -> Token:
        """The token under the cursor; the name before the first `next`."""
        return self.tokens[max(self.cursor, 0)]

    def next(self) -> bool:
        """Go to the next token."""
        if self.cursor + 1 < len(self.tokens):
            self.cursor += 1
            return True
        return False

    def next_argument(self) -> bool:
        """Go to the next token if it stands on the same line."""
        following = self.cursor + 1
        if following < len(self.tokens) and self.current.last_line == self.tokens[following].line:
            self.cursor = following
            return True
        return False

    def next_in_block(self) -> bool:
        """Open a block on this line, or go on in it; false when it is over or there is none. Blocks do not nest."""
        if not self._in_block:
            self._in_block = self._opens_block()
        else:
            self._in_block = self.next() and self.current.text != "}"
        return self._in_block

    def _opens_block(self) -> bool:
        if not self.next_argument():
            return False
        if self.current.text != "{":
            self.cursor -= 1
            return False
        return self.next() and self.current.text != "}"

    def remaining_arguments(self) -> list[Token]:
        """The rest of the line, up to an opening brace."""
        arguments = []
        while self.next_argument():
            if self.current.text == "{":
                self.cursor -= 1
                break
            arguments.append(self.current)
        return arguments

    def located(self, text: str) -> str:
        """CoreDNS's text for an error at the cursor."""
        return f"{self.path}:{self.current.line} - Error during parsing: {text}"

    def syntax_problem(self, expected: str) -> str:
        """CoreDNS's text for a word that it did not expect: SyntaxErr."""
        place = f"{self.path}:{self.current.line}"
        return f"{place} - Syntax error: Unexpected token '{self.current.text}', expecting '{expected}'"

    def wrong_arguments(self, name: str) -> RefusedError:
        """ArgErr: too few or too many arguments."""
        word = self.current.text
        text = f"Wrong argument count or unexpected line ending after '{word}'"
        if word == "{":
            text = "Unexpected token '{', expecting argument"
        return RefusedError("argument-count", self.current, self.located(text), name=name)

    def unknown_property(self, plugin: str) -> RefusedError:
        """The word under the cursor is no property."""
        word = self.current.text
        text = self.located(f"unknown property '{word}'")
        return RefusedError("unknown-property", self.current, text, name=word, plugin=plugin)
