"""Accidents of writing that show in the text of a Corefile: CoreDNS reads the words otherwise than they were meant.

Each detector goes over the places that its pattern finds, so a clean file costs one fast search per detector. What
needs the structure (a comma inside an address, a brace on the wrong line) is found by the parser.
"""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING

from tkelint.patterns import pattern
from tkelint.syntax.corefile_errors import Slip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tkelint.syntax.corefile_lexer import Token

_MOST_WORDS = 6  # of a comment that is read are shown
_LINE_END = r"(?=[ \t\r]*(?:\n|#|\Z))"

# Each starts with the character itself, which is searched for much faster than what stands before it.
_GLUED_HASH = pattern(r"#(?<=[^\s\"]#)")
_RETURNS = pattern(r"\r+(\n|\Z)?")
_ESCAPED_NEWLINE = pattern(r"\\n(?:(?<=[{}]\\n)|(?=[{}]))")
_CONTINUATION = pattern(r"\\" + _LINE_END)
_OPENING_AT_END = pattern(r"\{(?<=[^\s{]\{)" + _LINE_END)
_CLOSING_AT_END = pattern(r"\}(?<=\S\})(?=[\s#]|\Z)")
_SEMICOLON_AT_END = pattern(r";(?<=\S;)" + _LINE_END)
_FOREIGN_COMMENT = pattern(r"/[/*]|--|;")
_SINGLE_QUOTE = pattern(r"'(?<!\S')")

# Format characters (Unicode category Cf) and the replacement character: nothing or next to nothing is seen of them.
_INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffd"
_LOOK_ALIKES = {
    "｛": "{",
    "｝": "}",
    "＃": "#",
    "：": ":",
    "，": ",",
    "。": ".",
    "；": ";",
    "＂": '"',
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
}
_STRANGE = pattern(f"[{_INVISIBLE}{''.join(_LOOK_ALIKES)}]")


class _Words:
    """The tokens of a text, to be found by offset."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self._starts: list[int] | None = None

    def index_at(self, offset: int) -> int:
        """The index of the token that an offset lies in, or -1; quoted tokens do not count."""
        if self._starts is None:
            self._starts = [token.start for token in self.tokens]
        index = bisect.bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self.tokens[index].end or self.tokens[index].quoted:
            return -1
        return index

    def at(self, offset: int) -> Token | None:
        """The unquoted token that an offset lies in."""
        index = self.index_at(offset)
        return self.tokens[index] if index >= 0 else None

    def found(self, pattern: re.Pattern[str]) -> Iterator[tuple[Token, int]]:
        """The unquoted tokens that hold the end of a match, with the offset of its last character."""
        for match in pattern.finditer(self.text):
            offset = match.end() - 1
            token = self.at(offset)
            if token is not None:
                yield token, offset

    def line_end(self, offset: int) -> int:
        """The offset of the line feed that ends the line, or of the end."""
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end

    def is_first_on_line(self, index: int) -> bool:
        """Whether no token stands before this one on its line."""
        return index == 0 or self.tokens[index - 1].last_line < self.tokens[index].line


def find_slips(text: str, tokens: Sequence[Token], open_quote: int) -> list[Slip]:
    """The accidents in a text; `open_quote` is the offset of a quote that is never closed, or -1."""
    words = _Words(text, tokens)
    broken_lines = sorted([*_lone_returns(words), *_escaped_newlines(words)], key=lambda slip: slip.reach)
    detectors = (
        _glued_comments,
        _continuations,
        _glued_openings,
        _glued_closings,
        _foreign_comments,
        _semicolons,
        _single_quotes,
        _strange_characters,
    )
    slips = [slip for detector in detectors for slip in detector(words)]
    if open_quote >= 0:
        slips.append(
            Slip("unclosed-quote", open_quote, open_quote + 1, (open_quote, len(text) + 1), hidden_ends=len(text))
        )
    # Whatever else shows in a broken line, its words are not the words that were meant.
    broken = [slip.reach for slip in broken_lines]
    return [*broken_lines, *(slip for slip in slips if not _lies_in(slip.start, broken))]


def _lies_in(offset: int, reaches: Sequence[tuple[int, int]]) -> bool:
    index = bisect.bisect_right(reaches, offset, key=lambda reach: reach[0]) - 1
    return index >= 0 and offset < reaches[index][1]


def _once_per_line(words: _Words, code: str, offsets: Iterator[tuple[int, int]]) -> Iterator[Slip]:
    """A slip at the first of the places on a line, which makes nonsense of the whole line."""
    line_end = -1
    for start, end in offsets:
        if start > line_end:
            line_end = words.line_end(start)
            yield Slip(code, start, end, (words.text.rfind("\n", 0, start) + 1, line_end + 1))


def _lone_returns(words: _Words) -> Iterator[Slip]:
    matches = (match.span() for match in _RETURNS.finditer(words.text) if match.group(1) is None)
    quoted = [(token.start, token.end) for token in words.tokens if token.quoted] if "\r" in words.text else []
    return _once_per_line(words, "cr-line-endings", (span for span in matches if not _lies_in(span[0], quoted)))


def _escaped_newlines(words: _Words) -> Iterator[Slip]:
    matches = (match.span() for match in _ESCAPED_NEWLINE.finditer(words.text))
    return _once_per_line(words, "escaped-newline", (span for span in matches if words.at(span[0]) is not None))


def _glued_comments(words: _Words) -> Iterator[Slip]:
    for match in _GLUED_HASH.finditer(words.text):
        offset = match.start()
        index = words.index_at(offset - 1)
        following = words.tokens[index + 1] if 0 <= index < len(words.tokens) - 1 else None
        if following is None or words.tokens[index].end != offset:
            continue
        line_end = words.line_end(offset)
        if following.start < line_end:
            read = words.text[following.start : line_end].split()
            shown = " ".join(read[:_MOST_WORDS]) + (" …" if len(read) > _MOST_WORDS else "")
            yield Slip("glued-comment", offset, offset + 1, (offset, line_end), {"words": shown})


def _continuations(words: _Words) -> Iterator[Slip]:
    for token, offset in words.found(_CONTINUATION):
        backslashes = len(token.text) - len(token.text.rstrip("\\"))
        if token.end == offset + 1 and backslashes % 2:
            yield Slip("line-continuation", offset, offset + 1, (offset, offset + 1), joins="line")


def _glued_openings(words: _Words) -> Iterator[Slip]:
    for token, offset in words.found(_OPENING_AT_END):
        unbalanced = token.text.count("{") > token.text.count("}")
        if token.end == offset + 1 and unbalanced and not token.variables and not token.text.endswith("\\{"):
            reach = (token.start, token.end)
            yield Slip("brace-glued", offset, offset + 1, reach, {"word": token.text}, joins="block")


def _glued_closings(words: _Words) -> Iterator[Slip]:
    templated = "{{" in words.text  # Go templates without quotes, as in an `answer` or an unrendered chart
    for token, offset in words.found(_CLOSING_AT_END):
        closings = token.text.count("}") - token.text.count("{")
        if token.end != offset + 1 or closings <= 0 or token.text.endswith("\\}"):
            continue
        if templated and token.text == "}}":
            continue
        parameters = {"word": token.text}
        yield Slip("brace-glued", offset, offset + 1, (token.start, token.end), parameters, hidden_ends=closings)


def _foreign_comments(words: _Words) -> Iterator[Slip]:
    for match in _FOREIGN_COMMENT.finditer(words.text):
        index = words.index_at(match.start())
        if index >= 0 and words.tokens[index].start == match.start() and words.is_first_on_line(index):
            token = words.tokens[index]
            reach = (token.start, words.line_end(token.start))
            yield Slip("not-a-comment", *match.span(), reach, {"word": match.group()}, joins="comment")


def _semicolons(words: _Words) -> Iterator[Slip]:
    for token, offset in words.found(_SEMICOLON_AT_END):
        if token.end == offset + 1:
            parameters = {"mark": ";", "word": token.text}
            yield Slip("trailing-punctuation", offset, offset + 1, (token.start, token.end), parameters)


def _single_quotes(words: _Words) -> Iterator[Slip]:
    """From a word that starts with a quote to one on its line that ends with one; `expr` of `view` may have them."""
    line_end = passed = -1
    for match in _SINGLE_QUOTE.finditer(words.text):
        start = match.start()
        if start > line_end:
            line_start = words.text.rfind("\n", 0, start) + 1
            line_end = words.line_end(start)
            passed = line_end if words.text[line_start:start].lstrip().startswith("expr ") else passed
        index = words.index_at(start) if start > passed else -1
        if index < 0 or words.tokens[index].start != start:
            continue
        closing = next((token for token in _until(words, index, line_end) if _closes(token, start)), None)
        passed = closing.end if closing else line_end
        if closing:
            yield Slip("single-quotes", start, closing.end, (start, closing.end))


def _until(words: _Words, index: int, end: int) -> Iterator[Token]:
    while index < len(words.tokens) and words.tokens[index].start < end:
        yield words.tokens[index]
        index += 1


def _closes(token: Token, opened: int) -> bool:
    return not token.quoted and token.text.endswith("'") and token.end - 1 > opened


def _strange_characters(words: _Words) -> Iterator[Slip]:
    if words.text.isascii():
        return
    passed = -1
    for token, offset in words.found(_STRANGE):
        if token.start <= passed:
            continue  # One per word.
        passed = token.start
        character, reach = words.text[offset], (token.start, token.end)
        meant = _LOOK_ALIKES.get(character)
        if meant is None:
            parameters = {"character": f"U+{ord(character):04X}"}
            yield Slip("invisible-character", offset, offset + 1, reach, parameters)
        else:
            parameters = {"character": character, "meant": meant}
            yield Slip("look-alike-character", offset, offset + 1, reach, parameters)
