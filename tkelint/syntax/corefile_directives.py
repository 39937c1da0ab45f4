"""Reading one directive with its arguments and its block, as caddyfile's `directive` does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tkelint.patterns import pattern
from tkelint.syntax.corefile_cursor import is_word
from tkelint.syntax.corefile_tree import Directive, Import

if TYPE_CHECKING:
    from tkelint.syntax.corefile_cursor import Cursor
    from tkelint.syntax.corefile_errors import ErrorList
    from tkelint.syntax.corefile_imports import Imports
    from tkelint.syntax.corefile_lexer import Token

# No plugin has such a character in its name: the word is an address, or it was meant for the line above.
_NO_PLUGIN = pattern(r"[^A-Za-z0-9_-]")


@dataclass(slots=True)
class OpenBlock:
    """The server block that is being read. `first` is its first token."""

    keys: tuple[Token, ...]
    first: Token
    opener: Token | None
    directives: list[Directive] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    closed: list[tuple[Token, Token, Token]] = field(default_factory=list)  # name, `{`, `}` of directives


class DirectiveReader:
    """Reads directives one by one from the cursor."""

    def __init__(self, cursor: Cursor, errors: ErrorList, imports: Imports, known: frozenset[str] | None) -> None:
        self.cursor = cursor
        self.errors = errors
        self.imports = imports
        self.known = known

    def read(self, block: OpenBlock, *, check_name: bool) -> Token | None:
        """Read the directive at the cursor into a block; the `}` that ends the block on its line, if one does."""
        cursor = self.cursor
        name = cursor.current
        if name is None:
            return None
        if check_name and not self._check_name(name):
            while cursor.argument_follows():  # The rest of a comment.
                cursor.next()
            return None
        tokens: list[Token] = []
        openers = [name] if self._opens_block(name) else []
        closer = self._read_tokens(block, name, tokens, openers)
        if openers:
            self.errors.end_missing("unclosed-brace", openers[-1], cursor.problem("Unexpected EOF"))
        block.directives.append(Directive(name, tuple(tokens), block.keys, cursor.path))
        return closer

    def _read_tokens(self, block: OpenBlock, name: Token, tokens: list[Token], openers: list[Token]) -> Token | None:
        """The loop over the words after a name; `openers` are the braces that are open at its end."""
        cursor, pending, previous = self.cursor, self.cursor.pending, name
        while pending:
            token = pending.pop()
            word = token.text
            on_new_line = previous.line < token.line and (
                not (previous.quoted or previous.variables) or previous.last_line < token.line
            )
            if word == "{" and not token.variables:
                if on_new_line and not openers:
                    self.errors.add("brace-on-next-line", token, name=name.text)
                openers.append(token)
            elif on_new_line and not openers:
                joined = self._joins(previous, token) if self.errors.slips else ""
                if not joined:
                    pending.append(token)
                    break
                openers += [previous] if joined == "block" else []
            elif word == "}" and not token.variables:
                if not openers:
                    cursor.current = token
                    self._refuse_closing(block, token, len(tokens))
                    return token
                self._check_closing(block, name, (openers.pop(), previous, token), outermost=not openers)
            elif word == "import" and on_new_line and not token.variables:
                cursor.before, cursor.current = previous, token
                done = self.imports.run()
                block.imports += [done] if done else []
                continue
            tokens.append(token)
            previous = token
        cursor.current = previous
        return None

    def _check_name(self, name: Token) -> bool:
        """Report the name of no plugin; false when it belongs to what was meant as a comment."""
        if not self._is_no_plugin(name.text) or name.unknown:
            return True
        coredns = self.cursor.problem(f"Unknown directive '{name.text}'")
        slip = self.errors.slip_at(name.start)
        plugin = name.text.rstrip(";,")
        if slip is not None:
            self.errors.refuse("unknown-directive", name, coredns, name=name.text)
            return slip.joins != "comment" and slip.code != "glued-comment"
        if plugin != name.text and (self.known is None or plugin in self.known):
            self.errors.refuse("trailing-punctuation", name, coredns, mark=name.text[len(plugin) :], word=name.text)
        elif self.known is not None:
            self.errors.refuse("unknown-directive", name, coredns, name=name.text)
        return True

    def _is_no_plugin(self, name: str) -> bool:
        return bool(_NO_PLUGIN.search(name)) if self.known is None else name not in self.known

    def _opens_block(self, name: Token) -> bool:
        """Whether a brace is glued to the name: no plugin has one in its name, so it was meant to open the block."""
        slip = self.errors.slip_at(name.start) if name.text.endswith("{") else None
        return slip is not None and slip.joins == "block"

    def _joins(self, previous: Token, token: Token) -> str:
        """How the next line belongs to this one when a slip at its end is why CoreDNS does not know the next name."""
        if token.text in {"}", "import"} or not self._is_no_plugin(token.text):
            return ""
        slip = self.errors.slip_at(previous.end - 1)
        if slip is None or slip.end != previous.end or slip.joins not in {"line", "block"}:
            return ""
        line = f"{self.cursor.path}:{token.line}"
        coredns = f"{line} - Error during parsing: Unknown directive '{token.text}'"
        self.errors.blame(slip, coredns)
        return slip.joins

    def _refuse_closing(self, block: OpenBlock, token: Token, words: int) -> None:
        coredns = self.cursor.problem("Unexpected '}' because no matching opening brace")
        code = "closing-brace-in-line"
        if block.opener is not None and block.opener.line == token.line:
            code = "collapsed-to-one-line" if self.cursor.is_one_line and words > 0 else "one-line-block"
        self.errors.refuse(code, token, coredns)

    def _check_closing(
        self, block: OpenBlock, name: Token, braces: tuple[Token, Token, Token], *, outermost: bool
    ) -> None:
        """Look at the `}` of a directive's block: its place, and what follows on its line."""
        opener, previous, closer = braces
        if previous.last_line < closer.line:
            if outermost:
                block.closed.append((name, opener, closer))
        elif previous is not opener:
            is_one_line = opener.line == closer.line
            self.errors.add("one-line-directive-block" if is_one_line else "closing-brace-in-line", closer)
        following = self.cursor.pending[-1] if self.cursor.pending else None
        if outermost and following is not None and following.line == closer.line and not is_word(following, "}"):
            self.errors.add("text-after-brace", following, word=following.text, name=name.text)
