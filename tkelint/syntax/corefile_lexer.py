"""Corefile text to tokens, rule by rule as the lexer of github.com/coredns/caddy does it, with exact places.

Two surprises that are kept: `#` starts a comment even inside a word, and the first blank inside such a comment ends
the word *and* the comment; and a carriage return outside quotes is dropped without separating anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tkelint.patterns import pattern
from tkelint.syntax.golang import SPACES

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLANKS = SPACES.replace("\r", "")
_TOKEN = pattern(
    r"(?P<comment>#[^\n]*)"
    r'|"(?P<quoted>[^"\\]*(?:\\.[^"\\]*)*)\\?(?P<closed>"?)'  # an unclosed quote runs to the end of the text
    rf"|[^{_BLANKS}\r#\"][^{_BLANKS}#]*(?P<glued>#[^{_BLANKS}]*)?",
    re.DOTALL,
)
_BYTE_ORDER_MARK = "\ufeff"
_new = tuple.__new__


class Token(NamedTuple):
    """A word of a Corefile. `text_of_file[start:end]` is its spelling, quotes included.

    `text` is what CoreDNS reads: without quotes and carriage returns, environment variables replaced where their value
    is known. `variables` names all variables it refers to; when the value of one is not known (`unknown`), `text` holds
    the reference as it is written. A named tuple, since a large file has a million of them.
    """

    text: str
    start: int
    end: int
    line: int
    quoted: bool = False
    variables: tuple[str, ...] = ()
    unknown: bool = False

    @property
    def last_line(self) -> int:
        """The line on which CoreDNS takes the token to end."""
        return self.line + self.text.count("\n")


def tokenize(text: str, environment: Mapping[str, str] | None = None) -> tuple[list[Token], int]:
    """The tokens of a Corefile, and the offset of the quote that is never closed, or -1.

    Of a variable that `environment` does not hold, the value is not known.
    """
    tokens: list[Token] = []
    open_quote = -1
    values = {} if environment is None else environment
    variables = "{$" in text or "{%" in text
    returns = "\r" in text
    line, line_end = 1, text.find("\n")
    for match in _TOKEN.finditer(text, 1 if text.startswith(_BYTE_ORDER_MARK) else 0):
        start, end = match.span()
        while 0 <= line_end < start:
            line += 1
            line_end = text.find("\n", line_end + 1)
        quoted = False
        if match.lastindex is None:
            word = match.group()
        elif match["quoted"] is not None:
            quoted, word = True, match["quoted"].replace('\\"', '"')
            if not match["closed"]:
                open_quote = start
                if not word:
                    continue  # Nothing follows the quote: no token at all.
        elif match["glued"] is not None:
            end = match.start("glued")
            word = text[start:end]
        else:
            continue
        if returns and not quoted and "\r" in word:
            end = start + len(word.rstrip("\r"))
            word = word.replace("\r", "")
        # Not Token(...): this is the hot loop, and a named tuple's own constructor costs half as much again.
        token = _new(Token, (word, start, end, line, quoted, (), False))
        tokens.append(_expanded(token, values) if variables and "{" in word else token)
    return tokens, open_quote


def _expanded(token: Token, environment: Mapping[str, str]) -> Token:
    """The token with its variables replaced: first all `{%NAME%}`, then all `{$NAME}`, as caddyfile's replaceEnvVars.

    One pass from left to right. CoreDNS starts over after each, which differs only for a reference in the *value* of a
    variable, or inside the name of another reference.
    """
    variables: list[str] = []
    word = _replaced(token.text, ("{%", "%}"), environment, variables)
    word = _replaced(word, ("{$", "}"), environment, variables)
    if not variables:
        return token
    unknown = any(name not in environment for name in variables)
    return token._replace(text=word, variables=tuple(variables), unknown=unknown)


def _replaced(word: str, brackets: tuple[str, str], environment: Mapping[str, str], variables: list[str]) -> str:
    opening, closing = brackets
    pieces, position = [], 0
    while (start := word.find(opening, position)) >= 0:
        end = word.find(closing, start)
        if end <= start + len(opening):
            break  # `{$}` and an unclosed reference end the search.
        name = word[start + len(opening) : end]
        end += len(closing)
        variables.append(name)
        pieces += [word[position:start], environment.get(name, word[start:end])]
        position = end
    return "".join([*pieces, word[position:]])
