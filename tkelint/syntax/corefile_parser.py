"""Tokens to server blocks, as `parse.go` of github.com/coredns/caddy does it, but past every error.

What CoreDNS accepts is read exactly as it reads it. Where it stops, this goes on with what was most likely meant.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from tkelint.patterns import pattern
from tkelint.source import Span
from tkelint.syntax.corefile_cursor import is_word
from tkelint.syntax.corefile_directives import DirectiveReader, OpenBlock
from tkelint.syntax.corefile_imports import Imports
from tkelint.syntax.corefile_keys import server_key
from tkelint.syntax.corefile_tree import Corefile, ServerBlock, Snippet

if TYPE_CHECKING:
    from tkelint.syntax.corefile_cursor import Cursor
    from tkelint.syntax.corefile_errors import ErrorList
    from tkelint.syntax.corefile_lexer import Token

_ADDRESS = pattern(r"[.:/]|\A\(.+\)\Z")
_LONGEST_KEY_LINE = 64  # words that are looked at to find the brace at the end of a line
_MOST_REWINDS = 10  # for snippets without a closing brace: each costs a look at the rest of the file


class _Meeting(Enum):
    """What an address where a directive is expected means for the block above it."""

    GOES_ON = auto()
    ENDS = auto()
    MORE_KEYS = auto()
    NO_BLOCK = auto()


class Parser:
    """One pass over the tokens of one Corefile."""

    def __init__(self, cursor: Cursor, errors: ErrorList, known: frozenset[str] | None) -> None:
        self.cursor = cursor
        self.errors = errors
        self.imports = Imports(cursor, errors)
        self.reader = DirectiveReader(cursor, errors, self.imports, known)
        self.blocks: list[ServerBlock] = []
        self.at_end = False
        self.keys_are_known = True  # no file may bring in addresses of the block that is being read
        self.rewinds = 0

    def parse(self) -> Corefile:
        """Read everything."""
        while self.cursor.next():
            self._server_block()
        return Corefile(
            text=self.cursor.text,
            blocks=tuple(self.blocks),
            snippets=tuple(self.imports.snippets.values()),
            imports=tuple(self.imports.found),
            errors=self.errors.errors(),
            refusal=self.errors.refusal,
        )

    def _server_block(self) -> None:
        first = self.cursor.current
        self.keys_are_known = True
        keys = self._keys([])
        while not self.at_end:
            name = _snippet_name(keys)
            if name is not None:
                self._snippet(name, keys[0])
                return
            if not self._body(keys, first or keys[0]):
                return
            keys = self._keys(keys)
        if keys:
            self._add(OpenBlock(tuple(keys), first or keys[0], None), None)

    def _keys(self, keys: list[Token]) -> list[Token]:
        """Read addresses up to the brace or the next line; more of them after a comma, even on the next line."""
        cursor = self.cursor
        expecting: Token | None = None  # the address whose comma announces another
        while True:
            token = cursor.current
            if token is not None and token.text == "import" and cursor.is_on_new_line():
                done = self.imports.run()
                self.keys_are_known = self.keys_are_known and done is not None and done.is_read
                if not cursor.next():
                    cursor.current = None  # CoreDNS's cursor is past the end now.
                continue
            if token is not None and token.text == "{":
                text = "Expected another address but had '{' - check for extra comma"
                self._refuse_comma(expecting, text)
                return keys
            if token is not None and token.text:
                expecting = token if token.text.endswith(",") else None
                keys.append(_without_comma(token) if expecting else token)
            if not cursor.next():
                self._refuse_comma(expecting, "Unexpected EOF")
                self.at_end = True
                return keys
            if expecting is None and cursor.is_on_new_line():
                return keys

    def _refuse_comma(self, key: Token | None, text: str) -> None:
        if key is not None:
            self.errors.refuse("trailing-comma", key, self.cursor.problem(text), key=key.text.removesuffix(","))

    def _body(self, keys: list[Token], first: Token) -> bool:
        """Read the directives of a server block; whether what follows proves to be more of its addresses."""
        cursor = self.cursor
        opener = cursor.current if is_word(cursor.current, "{") else None
        block = OpenBlock(tuple(keys), first, opener)
        if opener is None:
            cursor.put_back()
        closer = None
        while closer is None:
            token = cursor.current if cursor.next() else None
            if token is None:
                self._end_of_file(block)
                break
            if is_word(token, "}"):
                closer = token
            elif is_word(token, "import"):
                done = self.imports.run()
                block.imports += [done] if done else []
            elif not self._looks_like_server_block(token):
                closer = self.reader.read(block, check_name=True)
            else:
                meeting = self._meet(block, token)
                if meeting is _Meeting.GOES_ON:
                    closer = self.reader.read(block, check_name=False)
                    continue
                if meeting is not _Meeting.MORE_KEYS:
                    cursor.put_back()
                if meeting is _Meeting.ENDS:
                    break
                return meeting is _Meeting.MORE_KEYS
        self._add(block, closer)
        return False

    def _end_of_file(self, block: OpenBlock) -> None:
        if block.opener is None:
            return
        opener = self._unclosed(block)
        if is_word(self.cursor.current, "}"):
            self.errors.end_missing("missing-last-brace", opener, "")
        else:
            self.errors.end_missing("unclosed-brace", opener, self.cursor.syntax_problem("}"))

    def _unclosed(self, block: OpenBlock) -> Token:
        """The brace that most likely lacks its partner: of a directive whose `}` stands further left than its name."""
        for name, opener, closer in reversed(block.closed):
            if self.cursor.is_left_of(closer, name):
                return opener
        return block.opener or block.first

    def _add(self, block: OpenBlock, closer: Token | None) -> None:
        self._check_keys(block)
        last = closer or self.cursor.current or block.first
        self.blocks.append(
            ServerBlock(
                keys=block.keys,
                directives=tuple(block.directives),
                imports=tuple(block.imports),
                opener=block.opener,
                closer=closer,
                span=Span(block.first.start, max(last.end, block.first.end)),
            )
        )

    def _check_keys(self, block: OpenBlock) -> None:
        if not block.keys and self.keys_are_known:
            self.errors.add("block-without-address", block.opener or block.first)
        for key in block.keys:
            if key.unknown:
                continue
            if key.text == "}":
                self.errors.add("stray-closing-brace", key)
            elif key.text.count("{") != key.text.count("}"):
                self.errors.add("brace-glued", key, coredns=server_key(key).error or "", word=key.text)
            elif "," in key.text and not key.quoted:
                self.errors.add("keys-joined-by-comma", key, key=key.text)

    def _looks_like_server_block(self, token: Token) -> bool:
        """Whether a directive is an address, or a snippet's name, with a brace at the end of its line."""
        if token.quoted or token.unknown or not _ADDRESS.search(token.text):
            return False
        last = token
        for following in self.cursor.pending[: -_LONGEST_KEY_LINE - 1 : -1]:
            if following.line != token.line:
                break
            last = following
        return is_word(last, "{")

    def _meet(self, block: OpenBlock, token: Token) -> _Meeting:
        """Report an address where a directive is expected, and say what it means for the block."""
        coredns = self.cursor.problem(f"Unknown directive '{token.text}'")
        slip = self.errors.slip_at(block.first.start)
        if block.opener is not None or (slip is not None and slip.joins == "block"):
            if self.cursor.is_left_of(token, block.first, or_below=True):
                self.errors.end_missing("unclosed-brace", self._unclosed(block), coredns)
                return _Meeting.ENDS
            self.errors.refuse("nested-server-block", token, coredns, name=token.text)
            return _Meeting.GOES_ON
        if block.first.text == "}" or (slip is not None and slip.joins == "comment"):
            self.errors.refuse("stray-closing-brace", block.first, coredns)
            return _Meeting.NO_BLOCK
        if block.keys and not block.directives and not block.imports:
            self.errors.refuse("keys-on-two-lines", token, coredns, name=token.text)
            return _Meeting.MORE_KEYS
        self.errors.refuse("braces-required", token, coredns, name=token.text)
        return _Meeting.ENDS

    def _snippet(self, name: str, key: Token) -> None:
        is_new = name not in self.imports.snippets
        if not is_new:
            problem = self.cursor.problem(f"redeclaration of previously declared snippet {name}")
            self.errors.refuse("snippet-redefined", key, problem, name=name)
        opener = self.cursor.current
        if opener is None or not is_word(opener, "{"):
            self.errors.refuse(
                "snippet-without-brace", key, self.cursor.syntax_problem("{", as_written=True), name=name
            )
            count = len(self.blocks)
            if self._body([key], key):
                self.cursor.put_back()
            del self.blocks[count:]
            return
        body = self._snippet_tokens(opener, key)
        end = self.cursor.current.end if self.cursor.current else opener.end
        if self.imports.imports_itself(name, body):
            body = []
        if is_new:
            self.imports.define(Snippet(name, key, tuple(body), Span(key.start, end)))

    def _snippet_tokens(self, opener: Token, key: Token) -> list[Token]:
        """Read to the matching brace; without one, to what looks like the next server block."""
        cursor, depth = self.cursor, 1
        tokens: list[Token] = []
        while cursor.next() and cursor.current is not None:
            if is_word(cursor.current, "}"):
                depth -= 1
                if depth == 0:
                    return tokens
            elif is_word(cursor.current, "{"):
                depth += 1
            tokens.append(cursor.current)
        self.errors.end_missing("unclosed-brace", opener, cursor.syntax_problem("}", as_written=True))
        self.rewinds += 1
        cut = self._next_block_in(tokens, key) if self.rewinds <= _MOST_REWINDS else len(tokens)
        cursor.splice(tokens[cut:])
        cursor.current = tokens[cut - 1] if cut else opener
        return tokens[:cut]

    def _next_block_in(self, tokens: list[Token], key: Token) -> int:
        """The index of the first token that starts a line like a server block, no further right than a key."""
        for index, token in enumerate(tokens):
            starts_line = index > 0 and tokens[index - 1].last_line < token.line
            if starts_line and _ADDRESS.search(token.text) and self.cursor.is_left_of(token, key, or_below=True):
                return index
        return len(tokens)


def _snippet_name(keys: list[Token]) -> str | None:
    text = keys[0].text if len(keys) == 1 else ""
    return text[1:-1] if text.startswith("(") and text.endswith(")") else None


def _without_comma(key: Token) -> Token:
    return key._replace(text=key.text[:-1], end=key.end if key.quoted else key.end - 1)
