"""Repairs of Corefiles as changes of their text: a word written otherwise, a line more, a line less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.problem import Edit

if TYPE_CHECKING:
    from tkelint.corefiles import CorefileView
    from tkelint.syntax.corefile import Directive, Token

_INDENT = "    "


def written(view: CorefileView, token: Token, text: str) -> Edit:
    """The edit that writes a word otherwise."""
    return Edit(view.at(token), text)


def behind(view: CorefileView, token: Token, text: str) -> Edit:
    """The edit that puts text behind a word."""
    return Edit(view.node.text(token.end, token.end), text)


def without_line(view: CorefileView, first: Token, last: Token) -> Edit | None:
    """The edit that takes out a line of the words `first` to `last`, with its comment; none if it has other words."""
    text = view.corefile.text
    start, end = _line(text, first.start)
    rest = text[last.end : end].strip()
    if text[start : first.start].strip() or last.end > end or (rest and not rest.startswith("#")) or not start:
        return None
    return Edit(view.node.text(start - 1, end), "")


def with_property(view: CorefileView, directive: Directive, words: str) -> Edit | None:
    """The edit that gives a directive one more property, the last of its block, which is made where there is none."""
    text = view.corefile.text
    indent = _indentation(text, directive.name.start)
    block = directive.block
    if block is None:
        last = (directive.arguments or (directive.name,))[-1]
        end = _line(text, last.end)[1]
        rest = text[last.end : end].strip()
        is_alone = directive.tokens == directive.arguments and (not rest or rest.startswith("#"))
        return behind(view, last, f" {{\n{indent}{_INDENT}{words}\n{indent}}}") if is_alone else None
    closing = directive.tokens[-1]
    start, _ = _line(text, closing.start)
    if closing.text != "}" or text[start : closing.start].strip() or not start:
        return None
    inner = _indentation(text, block[-1].tokens[0].start) if block else indent + _INDENT
    return Edit(view.node.text(start - 1, start - 1), f"\n{inner}{words}")


def _line(text: str, offset: int) -> tuple[int, int]:
    """Where the line of an offset begins and ends, without its line end."""
    end = text.find("\n", offset)
    return text.rfind("\n", 0, offset) + 1, len(text) if end < 0 else end


def _indentation(text: str, offset: int) -> str:
    line = text[_line(text, offset)[0] : offset]
    return line[: len(line) - len(line.lstrip(" \t"))]
