"""What can be wrong with a YAML text, and how it is said: `YamlError`, and the words for libyaml's problems.

`ReadFailure` carries an error from deep inside a reader to `yaml.parse`, which turns it into data.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from tkelint.patterns import pattern
from tkelint.source import Span

ErrorKind = Literal["syntax", "duplicate-key", "limit", "template", "render", "refused"]

# A word and a full-width colon where a key would be; an official page prints
# `service.kubernetes.io/tke-existed-lbid： lb-...`.
_FULL_WIDTH_COLON: Final = pattern(r"[ \t]*(?:- +)*([\"']?)([A-Za-z0-9_./-]+)\1[ \t]*(：)")

_BAD_TAG: Final = "found a tag that is not well-formed"
_BAD_ESCAPE: Final = "found an escape sequence that stands for no character"
# libyaml's wording (scanner.c, parser.c) and ours. What is missing here is said in libyaml's own words.
_PLAIN_WORDS: Final = {
    "mapping values are not allowed in this context": "found a ':' where no mapping can start",
    "could not find expected ':'": "found no ':' after a key",
    "did not find expected key": "found something other than a key; its indentation may be wrong",
    "did not find expected '-' indicator": "found something other than a list item; its indentation may be wrong",
    "did not find expected ',' or ']'": "found no ',' or ']' in a list that starts with '['",
    "did not find expected ',' or '}'": "found no ',' or '}' in a mapping that starts with '{'",
    "did not find expected node content": "found no value where one must be",
    "did not find expected <document start>": "found a directive or text that no document can start with",
    "found unexpected end of stream": "found no closing quote",
    "found unexpected document indicator": "found the end of the document inside a quoted text",
    "found unknown escape character": "found an unknown escape sequence in a double-quoted text",
    "block sequence entries are not allowed in this context": "found a '-' where no list can start",
    "mapping keys are not allowed in this context": "found a '?' where no key can start",
    "found a tab character that violates indentation": "found a tab character in the indentation",
    "found a tab character where an indentation space is expected": "found a tab character in the indentation",
    "did not find expected comment or line break": "found text after the '|' or '>' of a block scalar",
    "found undefined tag handle": "found a tag whose handle no directive defines",
    "did not find expected tag URI": _BAD_TAG,
    "did not find expected '!'": _BAD_TAG,
    "did not find the expected '>'": _BAD_TAG,
    "did not find URI escaped octet": _BAD_TAG,
    "did not find expected whitespace or line break": _BAD_TAG,
    "did not find expected alphabetic or numeric character": "found an anchor or alias without a proper name",
    "did not find expected hexdecimal number": _BAD_ESCAPE,
    "found invalid Unicode character escape code": _BAD_ESCAPE,
    "found an indentation indicator equal to 0": "found the indentation 0 in the header of a block scalar",
    "found unexpected ':'": "found a ':' inside of a word in brackets",
}
# A key with a prefix, as annotations have, whose value follows without a blank.
_TIGHT_COLON: Final = pattern(r"[\w-]+(?:\.[\w-]+)+/[\w.-]+:(?=[\"'{\[]|(?:true|false)\b)")
_DIRECTIVE: Final = pattern(r"(?:[ \t]*(?:#[^\n]*)?\n)*%")
_STARTS_NOTHING: Final = "found character that cannot start any token"
_NO_CLOSING_BRACKET: Final = frozenset({"did not find expected ',' or ']'", "did not find expected ',' or '}'"})
# Problems that only show long after their cause: libyaml's context is where the cause stands.
_CAUSE_IS_CONTEXT: Final = frozenset({"could not find expected ':'", "found unexpected end of stream"})


class YamlError(NamedTuple):
    """What is wrong with a document, and where.

    A syntax error, a limit that was hit, a duplicate key, a template that is no YAML before it is rendered, or what a
    tool says that could not render it (see `rendered`): `refused` if the chart itself asks for other values.

    `message` is one English sentence without a position; `span` counts code points of the file's text. For a
    duplicate key, `span` is the second key and `related` the first; the document is read all the same.
    """

    kind: ErrorKind
    message: str
    span: Span
    document: int
    related: Span | None = None


class ReadFailure(Exception):  # noqa: N818 - it is caught and becomes a YamlError: data, not an error of the program.
    """A document cannot be read. Offsets count code points of the file's text."""

    def __init__(self, kind: ErrorKind, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.kind: ErrorKind = kind
        self.message = message
        self.span = Span(start, end)


def syntax_failure(text: str, start: int, problem: tuple[str, int], context: int | None) -> ReadFailure:
    """The failure for a problem that libyaml found in `text`, which begins at `start` in its file.

    `problem` is libyaml's wording and an index into `text`; `context` is the index of the construct it was reading.
    """
    words, index = problem
    if context is not None and (words in _CAUSE_IS_CONTEXT or _is_left_open(text, words, context, index)):
        index = context
    index = min(index, len(text))
    if colon := _full_width_colon(text, index):
        word, at = colon
        message = f"found a full-width colon '：' after '{word}'; a key ends with ':' and a space"
        return ReadFailure("syntax", message, start + at, start + at + 1)
    if tight := _TIGHT_COLON.match(text, index):
        message = f"found no space after '{tight[0]}'; a key ends with ':' and a space"
        return ReadFailure("syntax", message, start + tight.end() - 1, start + tight.end())
    message = _PLAIN_WORDS.get(words, words)
    if directive := _DIRECTIVE.match(text):
        index, message = directive.end() - 1, "found a directive; the API tools read it apart from what follows '---'"
    elif words == _STARTS_NOTHING:
        message = f"found character {_named(text[index : index + 1])} that cannot start any token"
    elif text[index : index + 1] in ("", "\n", "\r"):
        # Point at the end of the line, not at its line break.
        index = max(len(text[:index].rstrip(" \t\r\n")) - 1, 0)
    return ReadFailure("syntax", message, start + index, start + min(index + 1, len(text)))


def _is_left_open(text: str, words: str, context: int, index: int) -> bool:
    """Whether the construct at `context` was never closed, so that the problem shows where something else goes on."""
    if not text[index:].strip():
        return True
    # What stands in brackets is indented further than the line that opens them.
    later_line = "\n" in text[context:index]
    return words in _NO_CLOSING_BRACKET and later_line and _indentation(text, index) <= _indentation(text, context)


def _indentation(text: str, index: int) -> int:
    """How far the line at the index is indented."""
    start = text.rfind("\n", 0, index) + 1
    return next((at for at, character in enumerate(text[start:index]) if character != " "), index - start)


def _full_width_colon(text: str, index: int) -> tuple[str, int] | None:
    """The word before a full-width colon on the line of the error or the one above it, and where the colon is."""
    line_start = text.rfind("\n", 0, index) + 1
    for begin in (line_start, text.rfind("\n", 0, max(line_start - 1, 0)) + 1):
        if match := _FULL_WIDTH_COLON.match(text, begin):
            return match[2], match.start(3)
    return None


def _named(character: str) -> str:
    """A character as a message can show it."""
    return "'\\t'" if character == "\t" else f"'{character}'"
