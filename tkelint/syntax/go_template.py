"""Go templates, as far as their places go: which text is literal, and which values an action takes.

The lexer follows text/template/parse/lex.go: an action goes from `{{` to the next `}}` outside of quotes, a comment
from `{{/*` to `*/}}`. Nothing is evaluated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.patterns import pattern
from tkelint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT: Final = pattern(r"\{\{(?:-[ \t\r\n])?/\*.*?\*/(?:[ \t\r\n]-)?\}\}", 16)  # re.DOTALL
# Inside an action: quoted text of any kind, and its end.
_TOKEN: Final = pattern(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|\'(?:[^\'\\\n]|\\.)*\'|\}\}')
_KEYWORD: Final = pattern(r"\s*(define|block|if|with|range|else|end|template|break|continue)\b")
_FIELD: Final = pattern(r"(?<![\w.)\]])(\$?)((?:\.[A-Za-z_]\w*)+|\.(?![\w.]))")
_QUOTED: Final = pattern(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
_ELSE_BRANCH: Final = pattern(r"\s*else\s+(if|with)\b")

_OPENING: Final = frozenset({"define", "block", "if", "with", "range"})
_DEEPEST: Final = 200  # blocks in blocks
_CONTEXT: Final = (".",)  # what Helm gives a template: `.Values` and the rest

ValuesPath = tuple[str, ...]
ANY: Final = "*"  # a step of such a path that stands for each item of what a `range` goes over


class Action(NamedTuple):
    """One action: its span with the braces, what is in it, and the keyword it begins with, if any."""

    span: Span
    body: str
    keyword: str
    trims_right: bool
    before_definition: bool  # whether what follows it stands in a `define`, and goes where that is included
    values: tuple[ValuesPath, ...]  # the paths in the chart's values that it takes, as far as they can be told

    @property
    def writes(self) -> bool:
        """Whether it may write text: an assignment and the ends of blocks do not."""
        return self.keyword in ("", "template", "block") and ":=" not in self.body


class _Block(NamedTuple):
    """An open block: what `.` stands for in it; `None` where that is not known."""

    keyword: str
    dot: ValuesPath | None
    outer: ValuesPath | None


def actions(text: str) -> tuple[Action, ...]:
    """The actions of a template in their order. Text that is no template ends where it goes wrong."""
    return tuple(_actions(text))


def _actions(text: str) -> Iterator[Action]:
    blocks: list[_Block] = []
    dot: ValuesPath | None = _CONTEXT
    at = 0
    while (start := text.find("{{", at)) >= 0:
        comment = _COMMENT.match(text, start)
        end = comment.end() if comment else _end_of_action(text, start + 2)
        if end < 0:
            return
        body = "" if comment else text[start + 2 : end - 2].removeprefix("-").removesuffix("-")
        found = _KEYWORD.match(body)
        keyword = "comment" if comment else found[1] if found else ""
        values = () if comment else tuple(_values(body, dot))
        dot = _dot_after(keyword, body, values, blocks, dot)
        is_defined = any(block.keyword in ("define", "block") for block in blocks)
        yield Action(Span(start, end), body, keyword, text[end - 3] == "-", is_defined, values)
        at = end


def _end_of_action(text: str, at: int) -> int:
    for token in _TOKEN.finditer(text, at):
        if token[0] == "}}":
            return token.end()
    return -1


def _dot_after(
    keyword: str, body: str, values: tuple[ValuesPath, ...], blocks: list[_Block], dot: ValuesPath | None
) -> ValuesPath | None:
    """What `.` stands for behind an action."""
    if keyword in _OPENING and len(blocks) < _DEEPEST:
        value = values[0] if len(values) == 1 else None
        inner = {"with": value, "range": (*value, ANY) if value is not None else None, "if": dot}.get(keyword)
        blocks.append(_Block(keyword, inner, dot))
        return inner
    if keyword == "else" and blocks:
        branch = _ELSE_BRANCH.match(body)
        if branch and branch[1] == "with":
            return values[0] if len(values) == 1 else None
        return blocks[-1].outer
    if keyword == "end" and blocks:
        return blocks.pop().outer
    return dot


def _values(body: str, dot: ValuesPath | None) -> Iterator[ValuesPath]:
    """The paths below `.Values` that an action names; `$` is the context of the whole template."""
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), body)
    for field in _FIELD.finditer(bare):
        steps = tuple(step for step in field[2].split(".") if step)
        base = _CONTEXT if field[1] else dot
        if base is None:
            continue
        path = (*base, *steps)
        if path[:2] == (*_CONTEXT, "Values"):
            yield path[2:]
        elif path[:1] != _CONTEXT:
            yield path
