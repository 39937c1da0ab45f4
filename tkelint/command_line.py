"""The flags that a container's command and arguments pass to a program, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tkelint.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tkelint.resource import Node

_FLAG = pattern(r"--?([A-Za-z][\w.-]*)(=)?")
# A word of a shell's text, without the quotes around it or around its value.
_SHELL_WORD = pattern(r"""[^\s"';&|]*(?:"[^"]*"|'[^']*'|[^\s"';&|]+)""")
_QUOTES = "\"'"
_SEPARATORS = (" ", "\t", "\n")


class Flag(NamedTuple):
    """One flag, named without its dashes. `value` is `None` where nothing follows that may be one."""

    name: str
    value: str | None
    node: Node  # the flag, with a value behind `=`
    value_node: Node

    @property
    def is_literal(self) -> bool:
        """Whether the value is what the program gets: `$(NAME)` and what a shell fills in are not."""
        return self.value is not None and "$" not in self.value


class _Word(NamedTuple):
    text: str
    node: Node  # the whole item of the list
    start: int | None  # where the word begins in the text of a shell; `None` when it is the item

    def place(self, start: int, end: int) -> Node:
        """The code points `[start, end)` of the word."""
        if self.start is None:
            return self.node.text(start, end) if (start, end) != (0, len(self.text)) else self.node
        return self.node.text(self.start + start, self.start + end)


def flags(container: Node) -> Iterator[Flag]:
    """Every flag of a container: `--a=b`, `--a` and `b` one after the other, also inside of a shell's text."""
    words = list(_words(container))
    for index, word in enumerate(words):
        match = _FLAG.match(word.text)
        if match is None:
            continue
        name, start, end = match[1], match.end(), len(word.text)
        here = word.place(0, end)
        if match[2]:
            start, end = _inside_quotes(word.text, start, end)
            yield Flag(name, word.text[start:end], here, word.place(start, end) if start < end else here)
        elif start == end:
            following = words[index + 1] if index + 1 < len(words) else None
            if following is None or following.text.startswith("-"):
                yield Flag(name, None, here, here)
            else:
                first, last = _inside_quotes(following.text, 0, len(following.text))
                yield Flag(name, following.text[first:last], here, following.place(first, last))


def words(container: Node) -> Iterator[str]:
    """The words of the command line, those inside of a shell's text one by one."""
    return (word.text for word in _words(container))


def _words(container: Node) -> Iterator[_Word]:
    for key in ("command", "args"):
        items: Any = container.child(key).value
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if not isinstance(item, str):
                continue
            node = container.child(key, index)
            if any(separator in item for separator in _SEPARATORS):
                for match in _SHELL_WORD.finditer(item):
                    yield _Word(match[0], node, match.start())
            else:
                yield _Word(item, node, None)


def _inside_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    quoted = end - start >= 2 and text[start] in _QUOTES and text[end - 1] == text[start]
    return (start + 1, end - 1) if quoted else (start, end)
