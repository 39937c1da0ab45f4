r"""Regular expressions as Go's package regexp reads them (RE2 syntax): pattern to tree.

Python's `re` is no judge of them: it takes look-around and back-references, which RE2 refuses, and refuses `\z`,
`\Q..\E`, `\pL` and `[[:alpha:]]`, which RE2 takes. This follows regexp/syntax/parse.go with the flags of
`regexp.Compile`. The parser keeps its open groups on a list of its own, so that deep nesting costs no recursion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tkelint.patterns import pattern
from tkelint.syntax.re2_sets import ASCII, PERL, POSIX, category_mask, folded, mask_of, range_mask

# The kinds of nodes that read nothing.
ASSERTIONS = ("text-begin", "text-end", "line-begin", "line-end", "word", "not-word")

# The limits of regexp/syntax: what goes beyond is refused.
_HIGHEST_TREE = 1000
_LARGEST_SIZE = (128 << 20) // 40
_MOST_COPIES = 1000

_REPEAT = pattern(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_GROUP_NAME = pattern(r"[A-Za-z0-9_]+\Z")
_OCTAL = pattern(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")
_HEXADECIMAL = pattern(r"x(?:\{0*([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))")
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ASSERTIONS = {"A": "text-begin", "z": "text-end", "b": "word", "B": "not-word"}
_FLAG_GROUP = pattern(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")


class RegexError(ValueError):
    """RE2 refuses the pattern."""


@dataclass(slots=True)
class Node:
    """A piece of a pattern.

    `kind` is set, capture, repeat, concat, alternate or one of `ASSERTIONS`. A `most` of `None` is no limit. `height`,
    `size` and `copies` are what RE2 limits.
    """

    kind: str
    children: list[Node] = field(default_factory=list)
    mask: int = 0
    group: int = 0
    least: int = 0
    most: int | None = None
    greedy: bool = True
    height: int = 1
    size: int = 1
    copies: int = 0


@dataclass(slots=True)
class Tree:
    """A parsed pattern. `exact` is false where a Unicode script is named, whose characters are not known here."""

    root: Node
    groups: int
    exact: bool


@dataclass(frozen=True, slots=True)
class _Flags:
    fold: bool = False
    multiline: bool = False
    dot_newline: bool = False
    lazy: bool = False


@dataclass(slots=True)
class _Group:
    """An open group: what to close it into, the flags to restore, the branches so far."""

    capture: int | None
    flags: _Flags
    branches: list[Node] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)


def parse_regex(pattern: str) -> Tree:
    """The tree of a pattern. Raises `RegexError` when `regexp.Compile` would fail."""
    return _Parser(pattern).parse()


class _Parser:
    """One pass over the pattern; `position` is where reading goes on."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self.flags = _Flags()
        self.groups = 0
        self.exact = True
        self.open = [_Group(None, self.flags)]

    def parse(self) -> Tree:
        pattern, after_repeat = self.pattern, False
        while self.position < len(pattern):
            character = pattern[self.position]
            repeat = _REPEAT.match(pattern, self.position) if character == "{" else None
            if character in "*+?" or repeat:
                if after_repeat:
                    raise RegexError("invalid nested repetition operator")
                self._repeat(character, repeat)
                after_repeat = True
                continue
            after_repeat = False
            self._one(character)
        if len(self.open) > 1:
            raise RegexError("missing closing )")
        return Tree(_checked(_close(self.open[0])), self.groups, self.exact)

    def _one(self, character: str) -> None:
        match character:
            case "(":
                self._open_group()
            case ")":
                self._close_group()
            case "[":
                self._class()
            case "\\":
                self._escape()
            case _:
                self.position += 1
                self._simple(character)

    def _simple(self, character: str) -> None:
        group, flags = self.open[-1], self.flags
        match character:
            case "|":
                group.branches.append(_concat(group.items))
                group.items = []
            case "^":
                group.items.append(Node("line-begin" if flags.multiline else "text-begin"))
            case "$":
                group.items.append(Node("line-end" if flags.multiline else "text-end"))
            case ".":
                self._add(ASCII if flags.dot_newline else ASCII & ~mask_of("\n"))
            case literal:
                self._add(self._range(ord(literal), ord(literal)))

    def _add(self, mask: int) -> None:
        self.open[-1].items.append(Node("set", mask=mask))

    def _range(self, low: int, high: int) -> int:
        return range_mask(low, high, fold=self.flags.fold)

    def _close_group(self) -> None:
        if len(self.open) == 1:
            raise RegexError("unexpected )")
        self.position += 1
        group = self.open.pop()
        node = _close(group)
        self.flags = group.flags
        if group.capture is not None:
            node = Node("capture", [node], group=group.capture)
        self.open[-1].items.append(_checked(node))

    def _open_group(self) -> None:
        pattern, start = self.pattern, self.position
        if not pattern.startswith("(?", start):
            self.position += 1
            self._capture()
        elif pattern.startswith(("(?P<", "(?<"), start):
            begin = pattern.index("<", start) + 1
            end = pattern.find(">", begin)
            if end < 0 or not _GROUP_NAME.match(pattern[begin:end]):
                raise RegexError("invalid named capture")
            self.position = end + 1
            self._capture()
        else:
            self._flag_group()

    def _capture(self) -> None:
        self.groups += 1
        self.open.append(_Group(self.groups, self.flags))

    def _flag_group(self) -> None:
        """`(?flags)` for the rest of the group, or `(?flags:...)`."""
        match = _FLAG_GROUP.match(self.pattern, self.position)
        if match is None:
            raise RegexError("invalid or unsupported Perl syntax")
        self.position = match.end()
        on, off, end = match.group(1), match.group(2) or "", match.group(3)
        if end == ":":
            self.open.append(_Group(None, self.flags))
        old = self.flags
        self.flags = _Flags(
            fold=("i" in on or old.fold) and "i" not in off,
            multiline=("m" in on or old.multiline) and "m" not in off,
            dot_newline=("s" in on or old.dot_newline) and "s" not in off,
            lazy=("U" in on or old.lazy) and "U" not in off,
        )

    def _repeat(self, character: str, braces: re.Match[str] | None) -> None:
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(character, (0, None))
        if braces is not None:
            least = _count(braces.group(1))
            most = _count(braces.group(3)) if braces.group(3) else None if braces.group(2) else least
        self.position = braces.end() if braces else self.position + 1
        if least > _MOST_COPIES or (most is not None and (most > _MOST_COPIES or least > most)):
            raise RegexError("invalid repeat count")
        lazy = self.pattern.startswith("?", self.position)
        self.position += lazy
        items = self.open[-1].items
        if not items:
            raise RegexError("missing argument to repetition operator")
        node = Node("repeat", [items[-1]], least=least, most=most, greedy=lazy == self.flags.lazy)
        items[-1] = _checked(_measured_repeat(node, counted=braces is not None))

    def _escape(self) -> None:
        letter = self.pattern[self.position + 1 : self.position + 2]
        if letter == "Q":
            literal, _, _ = self.pattern[self.position + 2 :].partition("\\E")
            self.position = min(self.position + 2 + len(literal) + 2, len(self.pattern))
            for character in literal:
                self._add(self._range(ord(character), ord(character)))
        elif letter in _ASSERTIONS:
            self.position += 2
            self.open[-1].items.append(Node(_ASSERTIONS[letter]))
        else:
            mask = self._class_escape()
            if mask is None:
                code = self._character_escape()
                mask = self._range(code, code)
            self._add(mask)

    def _class_escape(self) -> int | None:
        r"""The set of `\d`, `\W`, `\pL`, `\p{^Lu}` at the position; `None` when there is no such thing."""
        pattern, start = self.pattern, self.position
        letter = pattern[start + 1 : start + 2] if pattern.startswith("\\", start) else ""
        if letter and letter in "dDsSwW":
            self.position += 2
            mask = PERL[letter.lower()]
            return ASCII & ~mask if letter.isupper() else mask
        if not letter or letter not in "pP":
            return None
        name = pattern[start + 2 : start + 3]
        self.position = start + 3
        if name == "{":
            end = pattern.find("}", start)
            if end < 0:
                raise RegexError("invalid character class range")
            name, self.position = pattern[start + 3 : end], end + 1
        negated = (letter == "P") != name.startswith("^")
        mask = self._category(name.removeprefix("^"))
        return ASCII & ~mask if negated else mask

    def _category(self, name: str) -> int:
        if not name:
            raise RegexError("invalid character class range")
        mask = category_mask(name)
        if mask is None:
            # The name of a script, or an alias: whether this release of Go knows it cannot be told from here.
            self.exact = False
            return 0
        return folded(mask) if self.flags.fold else mask

    def _character_escape(self) -> int:
        pattern, start = self.pattern, self.position + 1
        letter = pattern[start : start + 1]
        self.position = start + 1
        if letter in _CONTROLS:
            return ord(_CONTROLS[letter])
        octal = _OCTAL.match(pattern, start)
        if octal:
            self.position = octal.end()
            return int(octal.group(), 8)
        hexadecimal = _HEXADECIMAL.match(pattern, start)
        if hexadecimal:
            self.position = hexadecimal.end()
            code = int(hexadecimal.group(1) or hexadecimal.group(2), 16)
            if code <= 0x10FFFF:
                return code
        elif letter.isascii() and letter and not letter.isalnum():
            return ord(letter)
        raise RegexError("invalid escape sequence")

    def _class(self) -> None:
        pattern = self.pattern
        negated = pattern.startswith("[^", self.position)
        self.position += 2 if negated else 1
        mask, first = 0, True
        while first or not pattern.startswith("]", self.position):
            first = False
            mask |= self._class_item()
        self.position += 1
        self._add(ASCII & ~mask if negated else mask)

    def _class_item(self) -> int:
        pattern, start = self.pattern, self.position
        end = pattern.find(":]", start + 2) if pattern.startswith("[:", start) else -1
        if end >= 0:
            name = pattern[start + 2 : end]
            self.position = end + 2
            if name.removeprefix("^") not in POSIX:
                raise RegexError("invalid character class range")
            mask = POSIX[name.removeprefix("^")]
            mask = folded(mask) if self.flags.fold else mask
            return ASCII & ~mask if name.startswith("^") else mask
        named = self._class_escape()
        if named is not None:
            return named
        low = high = self._class_character()
        if pattern[self.position : self.position + 2] not in {"", "-", "-]"} and pattern[self.position] == "-":
            self.position += 1
            high = self._class_character()
        if high < low:
            raise RegexError("invalid character class range")
        return self._range(low, high)

    def _class_character(self) -> int:
        if self.position >= len(self.pattern):
            raise RegexError("missing closing ]")
        if self.pattern[self.position] == "\\":
            return self._character_escape()
        self.position += 1
        return ord(self.pattern[self.position - 1])


def _count(digits: str) -> int:
    return int(digits) if len(digits) < 5 else _MOST_COPIES + 1


def _concat(items: list[Node]) -> Node:
    if len(items) == 1:
        return items[0]
    return _measured(Node("concat", items))


def _close(group: _Group) -> Node:
    branches = [*group.branches, _concat(group.items)]
    return branches[0] if len(branches) == 1 else _measured(Node("alternate", branches))


def _measured(node: Node) -> Node:
    node.height = 1 + max((child.height for child in node.children), default=0)
    node.size = max(
        1, sum(child.size for child in node.children) + (len(node.children) - 1) * (node.kind == "alternate")
    )
    node.copies = max((child.copies for child in node.children), default=0)
    return node


def _measured_repeat(node: Node, *, counted: bool) -> Node:
    child = node.children[0]
    node.height, node.copies = child.height + 1, child.copies
    if not counted:
        node.size = child.size + (2 if node.least == 0 and node.most is None else 1)
        return node
    if node.most is None:
        node.size = child.size + 2 if node.least == 0 else 1 + node.least * child.size
    else:
        node.size = max(1, node.most * child.size + node.most - node.least)
    times = node.least if node.most is None else node.most
    if times:
        node.copies = times * max(1, child.copies)
    elif node.most == 0:
        node.copies = 0
    if node.copies > _MOST_COPIES and times >= 2:
        raise RegexError("invalid repeat count")
    return node


def _checked(node: Node) -> Node:
    if node.kind == "capture":
        child = node.children[0]
        node.height, node.size, node.copies = child.height + 1, child.size + 2, child.copies
    if node.height > _HIGHEST_TREE:
        raise RegexError("expression nests too deeply")
    if node.size > _LARGEST_SIZE:
        raise RegexError("expression too large")
    return node
