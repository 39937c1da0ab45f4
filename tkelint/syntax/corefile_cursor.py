"""Where the parser of a Corefile stands: the tokens still to be read, the current one, and the one before it.

CoreDNS keeps one list of tokens and splices the tokens of an `import` into it. Here the tokens that are still to be
read are a stack, so that splicing costs what is spliced and putting one back costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.syntax.corefile_lexer import Token
_DEEPEST_INDENTATION = 200  # columns; looking further back would cost time on a hostile line


def is_word(token: Token | None, word: str) -> bool:
    """Whether a token is a brace or `import`: these are recognised before variables are replaced."""
    return token is not None and token.text == word and not token.variables


class Cursor:
    """`current` is the token under CoreDNS's cursor, `before` the one that stands before it in the spliced list."""

    def __init__(self, text: str, tokens: Sequence[Token], path: str) -> None:
        self.text = text
        self.path = path
        self.is_one_line = not tokens or tokens[0].line == tokens[-1].line
        self.pending = list(reversed(tokens))
        self.current: Token | None = None
        self.before: Token | None = None

    def next(self) -> bool:
        """Go to the next token; at the end, stay and say so."""
        if not self.pending:
            return False
        self.before, self.current = self.current, self.pending.pop()
        return True

    def put_back(self) -> None:
        """Undo one `next`."""
        if self.current is not None:
            self.pending.append(self.current)
            self.current = self.before

    def splice(self, tokens: Sequence[Token]) -> None:
        """Put tokens in front of what is still to be read."""
        self.pending.extend(reversed(tokens))

    def is_on_new_line(self) -> bool:
        """Whether the current token stands on a later line than the one before it."""
        if self.before is None:
            return True
        return self.current is not None and self.before.last_line < self.current.line

    def argument_follows(self) -> bool:
        """Whether the next token stands on the line of the current one."""
        return bool(self.pending) and self.current is not None and self.current.last_line == self.pending[-1].line

    def problem(self, text: str) -> str:
        """CoreDNS's text for an error at its cursor."""
        return f"{self.path}:{self.current.line if self.current else 0} - Error during parsing: {text}"

    def syntax_problem(self, expected: str, *, as_written: bool = False) -> str:
        """CoreDNS's text for a missing brace. It replaces variables in what it reads as directives only."""
        token = self.current
        line, word = (token.line, token.text) if token else (0, "")
        if token and as_written:
            word = self.as_written(token)
        return f"{self.path}:{line} - Syntax error: Unexpected token '{word}', expecting '{expected}'"

    def as_written(self, token: Token) -> str:
        """The word with its variables not yet replaced."""
        if not token.variables:
            return token.text
        word = self.text[token.start : token.end]
        return word.removeprefix('"').removesuffix('"') if token.quoted else word.replace("\r", "")

    def column(self, token: Token) -> int | None:
        """The indentation of a token that stands first on its line; `None` for others."""
        window_start = max(token.start - _DEEPEST_INDENTATION, 0)
        line_start = self.text.rfind("\n", window_start, token.start) + 1
        indentation = self.text[line_start or window_start : token.start]
        is_whole = line_start > 0 or window_start == 0
        return len(indentation) if is_whole and not indentation.strip() else None

    def is_left_of(self, token: Token, other: Token, *, or_below: bool = False) -> bool:
        """Whether a token further down starts its line further left (or just below) than another starts its own."""
        if token.start < other.start:
            return False
        column, reference = self.column(token), self.column(other)
        return column is not None and reference is not None and column < reference + or_below
