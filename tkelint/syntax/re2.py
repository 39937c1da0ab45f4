"""Matching RE2 patterns against DNS names in time linear in both, whatever the pattern: a Pike machine.

A pattern of a linted file is hostile until proven otherwise, and Python's `re` backtracks. Which match is found is
Go's choice: the leftmost one, and among these what a backtracking search would have found first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tkelint.syntax.re2_sets import WORD
from tkelint.syntax.re2_syntax import ASSERTIONS, Node, RegexError, parse_regex

__all__ = ["Regex", "RegexError", "compile_regex"]

# Beyond these a pattern is not evaluated; real ones have a few dozen instructions.
_DEEPEST = 100
_LARGEST = 2000
_LONGEST_TEXT = 1024

_SET, _ASSERT, _SPLIT, _JUMP, _SAVE, _MATCH = range(6)

# (operation, argument, next). The argument is the mask of a set, the assertion, the less wanted choice of a split, the
# slot of a save.
_Instruction = tuple[int, int, int]
_Slots = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Regex:
    """A pattern that RE2 takes. `groups` counts the capturing ones; without a `program` it cannot be evaluated here."""

    pattern: str
    groups: int
    program: tuple[_Instruction, ...] | None

    def can_match(self, text: str) -> bool:
        """Whether `search` can tell for this text."""
        return self.program is not None and text.isascii() and len(text) <= _LONGEST_TEXT

    def search(self, text: str) -> tuple[str, ...] | None:
        """The match and its groups (empty where a group took no part), as `FindStringSubmatch`; `None` for no match.

        Raises `ValueError` where `can_match` is false.
        """
        if self.program is None or not self.can_match(text):
            raise ValueError("cannot be evaluated")
        slots = _run(self.program, text, 2 * (self.groups + 1))
        if slots is None:
            return None
        return tuple(
            text[begin:end] if begin >= 0 <= end else "" for begin, end in zip(slots[::2], slots[1::2], strict=True)
        )


@lru_cache(maxsize=256)
def compile_regex(pattern: str) -> Regex:
    """A pattern made ready. Raises `RegexError` when Go's `regexp.Compile` would fail."""
    tree = parse_regex(pattern)
    if not tree.exact or tree.root.height > _DEEPEST or tree.root.size > _LARGEST:
        return Regex(pattern, tree.groups, None)
    program: list[_Instruction] = []
    _emit(Node("capture", [tree.root]), program)
    program.append((_MATCH, 0, 0))
    return Regex(pattern, tree.groups, tuple(program))


def _emit(node: Node, program: list[_Instruction]) -> bool:
    """Append the instructions of a node, which fall through at their end; say whether it can match nothing.

    Recursion goes no deeper than `_DEEPEST`.
    """
    match node.kind:
        case "set":
            program.append((_SET, node.mask, len(program) + 1))
            return False
        case "capture":
            program.append((_SAVE, 2 * node.group, len(program) + 1))
            nullable = _emit(node.children[0], program)
            program.append((_SAVE, 2 * node.group + 1, len(program) + 1))
            return nullable
        case "concat":
            return _emit_all(node.children, program)
        case "alternate":
            return _emit_alternate(node.children, program)
        case "repeat":
            return _emit_repeat(node, program)
        case assertion:
            program.append((_ASSERT, ASSERTIONS.index(assertion), len(program) + 1))
            return True


def _emit_all(nodes: list[Node], program: list[_Instruction]) -> bool:
    nullable = True
    for node in nodes:
        nullable = _emit(node, program) and nullable
    return nullable


def _emit_alternate(branches: list[Node], program: list[_Instruction]) -> bool:
    nullable, exits = False, []
    for branch in branches[:-1]:
        split = _reserve(program)
        nullable = _emit(branch, program) or nullable
        exits.append(_reserve(program))
        program[split] = (_SPLIT, len(program), split + 1)
    nullable = _emit(branches[-1], program) or nullable
    for jump in exits:
        program[jump] = (_JUMP, 0, len(program))
    return nullable


def _emit_repeat(node: Node, program: list[_Instruction]) -> bool:
    """`x{2,}` is `xx+`, `x{2,4}` is `xx(x(x)?)?`, as regexp/syntax simplifies them."""
    child, greedy = node.children[0], node.greedy
    if node.most is None:
        _emit_all([child] * (node.least - 1), program)
        return _emit_star(child, greedy, program) if node.least == 0 else _emit_plus(child, greedy, program)
    nullable = _emit_all([child] * node.least, program)
    splits = []
    for _ in range(node.most - node.least):
        splits.append(_reserve(program))
        _emit(child, program)
    for split in splits:
        program[split] = _choice(split + 1, len(program), greedy)
    return nullable


def _emit_plus(child: Node, greedy: bool, program: list[_Instruction]) -> bool:
    begin = len(program)
    nullable = _emit(child, program)
    program.append(_choice(begin, len(program) + 1, greedy))
    return nullable


def _emit_star(child: Node, greedy: bool, program: list[_Instruction]) -> bool:
    """A loop; of something that can match nothing `(x+)?`, which keeps the order of choices (golang/go issue 46123)."""
    split = _reserve(program)
    if _emit(child, program):
        program.append(_choice(split + 1, len(program) + 1, greedy))
    else:
        program.append((_JUMP, 0, split))
    program[split] = _choice(split + 1, len(program), greedy)
    return True


def _choice(inside: int, outside: int, greedy: bool) -> _Instruction:
    return (_SPLIT, outside, inside) if greedy else (_SPLIT, inside, outside)


def _reserve(program: list[_Instruction]) -> int:
    program.append((_JUMP, 0, 0))
    return len(program) - 1


def _run(program: tuple[_Instruction, ...], text: str, count: int) -> _Slots | None:
    """All threads at once, the most wanted first; a thread is an instruction and the slots it has saved."""
    matched: _Slots | None = None
    threads: list[tuple[int, _Slots]] = []
    for position in range(len(text) + 1):
        reached: dict[int, _Slots] = {}
        for thread in threads:
            _follow(program, thread, text, position, reached)
        if matched is None:
            _follow(program, (0, (-1,) * count), text, position, reached)
        bit = 1 << ord(text[position]) if position < len(text) else 0
        threads = []
        for counter, slots in reached.items():
            operation, argument, following = program[counter]
            if operation == _MATCH:
                matched = slots
                break  # Less wanted threads are out.
            if operation == _SET and argument & bit:
                threads.append((following, slots))
        if not threads and matched is not None:
            break
    return matched


def _follow(
    program: tuple[_Instruction, ...], thread: tuple[int, _Slots], text: str, position: int, reached: dict[int, _Slots]
) -> None:
    """Add what a thread reaches without reading a character, the most wanted first, each instruction once."""
    pending = [thread]
    while pending:
        counter, slots = pending.pop()
        if counter in reached:
            continue
        reached[counter] = slots
        operation, argument, following = program[counter]
        if operation == _SPLIT:
            pending += [(argument, slots), (following, slots)]
        elif operation == _JUMP:
            pending.append((following, slots))
        elif operation == _SAVE:
            pending.append((following, (*slots[:argument], position, *slots[argument + 1 :])))
        elif operation == _ASSERT and _holds(ASSERTIONS[argument], text, position):
            pending.append((following, slots))


def _holds(assertion: str, text: str, position: int) -> bool:
    if assertion == "text-begin":
        return position == 0
    if assertion == "text-end":
        return position == len(text)
    if assertion == "line-begin":
        return position == 0 or text[position - 1] == "\n"
    if assertion == "line-end":
        return position == len(text) or text[position] == "\n"
    boundary = _is_word(text[max(position - 1, 0) : position]) != _is_word(text[position : position + 1])
    return boundary == (assertion == "word")


def _is_word(character: str) -> bool:
    return character != "" and WORD >> ord(character) & 1 == 1
