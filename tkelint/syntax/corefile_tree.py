"""What a Corefile consists of: server blocks, directives, snippets, imports, and what is wrong with them.

The records hold tokens, and a token knows its place in the text. Directives that came in through an `import` hold the
tokens of the snippet, so they point at its definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tkelint.source import Span

if TYPE_CHECKING:
    from tkelint.syntax.corefile_errors import CorefileError
    from tkelint.syntax.corefile_lexer import Token

# The path that the Deployments of kubeadm and TKE pass as -conf; CoreDNS starts its errors with it.
DEFAULT_PATH = "/etc/coredns/Corefile"


class Line(NamedTuple):
    """The words of one line of a directive's block, and the block that opens at its end."""

    tokens: tuple[Token, ...]
    block: tuple[Line, ...] | None = None


class Directive(NamedTuple):
    """A plugin's name with everything that CoreDNS hands to the plugin.

    `tokens` are all words after the name, braces included, in CoreDNS's order. `keys` are those of the server block,
    which are the zones of a plugin that is given none. `path` is the file that CoreDNS names in its errors.
    """

    name: Token
    tokens: tuple[Token, ...]
    keys: tuple[Token, ...] = ()
    path: str = DEFAULT_PATH

    @property
    def arguments(self) -> tuple[Token, ...]:
        """The words after the name on its line, up to a brace."""
        previous = self.name
        for index, token in enumerate(self.tokens):
            if token.text == "{" or token.line != previous.last_line:
                return self.tokens[:index]
            previous = token
        return self.tokens

    @property
    def block(self) -> tuple[Line, ...] | None:
        """The lines of the block `{ }`; `None` without one. A brace on the next line opens no block for the plugin."""
        rest = self.tokens[len(self.arguments) :]
        if not rest or rest[0].text != "{" or rest[0].line != (self.arguments or (self.name,))[-1].last_line:
            return None
        return _lines(rest[1:])


class Import(NamedTuple):
    """An `import` that CoreDNS comes to.

    `kind` is `snippet`, `file`, `glob` (which may match nothing) or `unknown` (the name holds a variable). Files are
    not read: `missing` is what CoreDNS prints when the file is not there, empty for the other kinds.
    """

    keyword: Token
    pattern: Token
    kind: str
    missing: str = ""

    @property
    def is_read(self) -> bool:
        """Whether what it brings in is known."""
        return self.kind == "snippet"


class Snippet(NamedTuple):
    """The words between the braces of `(name) { }`, which stand wherever it is imported."""

    name: str
    key: Token
    tokens: tuple[Token, ...]
    span: Span


@dataclass(frozen=True)
class ServerBlock:
    """One server block. The commas between keys are no part of them.

    Without keys it is `dropped`. `directives` hold what its imports brought in; where an import cannot be read
    (`is_complete` is false), there may be more than is known.
    """

    keys: tuple[Token, ...]
    directives: tuple[Directive, ...]
    imports: tuple[Import, ...]
    opener: Token | None
    closer: Token | None
    span: Span

    @property
    def has_braces(self) -> bool:
        """Whether the directives stand in braces."""
        return self.opener is not None

    @property
    def dropped(self) -> bool:
        """Whether CoreDNS throws the block away, since no key is left."""
        return not self.keys

    @property
    def is_complete(self) -> bool:
        """Whether all its directives are known."""
        return all(each.is_read for each in self.imports)

    def plugin(self, name: str) -> Directive | None:
        """All directives of a name as one: what CoreDNS hands to the plugin, once per server block."""
        return self._plugins.get(name)

    @cached_property
    def _plugins(self) -> dict[str, Directive]:
        found: dict[str, list[Directive]] = {}
        for directive in self.directives:
            found.setdefault(directive.name.text, []).append(directive)
        return {name: _joined(directives) for name, directives in found.items()}


def _joined(directives: list[Directive]) -> Directive:
    """Directives of one name as one."""
    first = directives[0]
    if len(directives) == 1:
        return first
    tokens = [token for directive in directives for token in (directive.name, *directive.tokens)]
    return Directive(tokens[0], tuple(tokens[1:]), first.keys, first.path)


class Corefile(NamedTuple):
    """A parsed Corefile.

    `errors` are in the order of the text, all of them; CoreDNS stops at the first that it comes to and prints
    `refusal`, which is empty when it accepts the syntax.
    """

    text: str
    blocks: tuple[ServerBlock, ...]
    snippets: tuple[Snippet, ...]
    imports: tuple[Import, ...]
    errors: tuple[CorefileError, ...]
    refusal: str

    @property
    def is_complete(self) -> bool:
        """Whether no import brings in text that is not known."""
        return all(each.is_read for each in self.imports)


def _lines(tokens: tuple[Token, ...]) -> tuple[Line, ...]:
    """The lines up to the closing brace, nested blocks inside; without recursion, since input decides the depth."""
    done: list[Line] = []
    words: list[Token] = []
    outer: list[tuple[list[Line], list[Token]]] = []
    for token in tokens:
        if token.text == "{":
            outer.append((done, words))
            done, words = [], []
        elif token.text == "}":
            if words:
                done.append(Line(tuple(words)))
            if not outer:
                return tuple(done)
            inner = tuple(done)
            done, opening = outer.pop()
            done.append(Line(tuple(opening), inner))
            words = []
        elif words and token.line != words[-1].last_line:
            done.append(Line(tuple(words)))
            words = [token]
        else:
            words.append(token)
    if words:
        done.append(Line(tuple(words)))
    for lines, opening in reversed(outer):
        lines.append(Line(tuple(opening), tuple(done)))
        done = lines
    return tuple(done)
