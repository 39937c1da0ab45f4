"""Texts made to crash, hang or fill the memory: each ends in a value or an error, in a process with narrow limits."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable

import pytest

# The address space counts what the interpreter maps and never touches, so that it is wider than the 500 MB in use.
MEMORY = 700 * 2**20
# For a hang. A second or two is usual, but machines that run tests may be busy.
SECONDS = 60

PROGRAM = """
import json, sys
from tkelint.source import SourceFile
from tkelint.syntax.yaml import parse

parsed = parse(SourceFile("hostile.yaml", {text}))
for document in parsed.documents[:3]:
    document.span_of(("a", "b", 0), (0, 1))
    document.comments()
errors = [(error.kind, error.message) for error in parsed.errors]
print(json.dumps([len(parsed.documents), errors[:1]]))
"""


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@pytest.fixture
def read() -> Callable[[str], tuple[int, list[list[str]]]]:
    """`read(expression)` parses what the expression makes; the number of documents and the first error come back."""

    def run(expression: str) -> tuple[int, list[list[str]]]:
        result = subprocess.run(
            [sys.executable, "-c", PROGRAM.format(text=expression)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            preexec_fn=_limit_memory,
        )
        assert (result.returncode, result.stderr) == (0, "")
        documents, errors = json.loads(result.stdout)
        return documents, errors

    return run


TOO_DEEP = "nested more than 200 levels deep"
TOO_LARGE = "longer than 10485760 characters or 250000 lines; it is not read"
TOO_MANY = "too many values to be read one by one"
BOMB = """'a: &a [x,x,x,x,x,x,x,x,x]\\n' + ''.join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\\n" for before, name in zip('abcdefg', 'bcdefgh')
)"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("'[' * 200_000", TOO_DEEP, id="open-lists"),
        pytest.param("'{' * 200_000", TOO_DEEP, id="open-mappings"),
        pytest.param("'{a: ' * 100_000", TOO_DEEP, id="open-mappings-with-keys"),
        pytest.param("'[' * 100_000 + ']' * 100_000", TOO_DEEP, id="lists-in-lists"),
        pytest.param("'{\"a\":' * 100_000 + '1' + '}' * 100_000", TOO_DEEP, id="json-100000-deep"),
        pytest.param("'{\"a\":' * 900 + '1' + '}' * 900", TOO_DEEP, id="json-900-deep"),
        pytest.param("'- ' * 100_000 + 'a'", TOO_DEEP, id="dashes-on-a-line"),
        pytest.param("''.join(' ' * depth + 'a:\\n' for depth in range(4000))", TOO_DEEP, id="keys-in-keys"),
        pytest.param("'? ' * 100_000", TOO_DEEP, id="complex-keys"),
        pytest.param("'- ' * 5_000_000", TOO_DEEP, id="ten-megabytes-of-dashes"),
        pytest.param("'- \\n' * 3_000_000", TOO_LARGE, id="lines-of-dashes"),
        pytest.param("'- \\n' * 240_000 + 'a'", "found no ':' after a key", id="empty-items"),
        pytest.param("'a: \\n' * 2_500_000", TOO_LARGE, id="ten-megabytes-of-keys"),
        pytest.param("'a: ' * 3_000_000", "found a ':' where no mapping can start", id="keys-on-a-line"),
        pytest.param("'a: ' + 'x' * 50_000_000", TOO_LARGE, id="a-line-of-fifty-megabytes"),
        pytest.param("'a: \"' + 'x' * 20_000_000", TOO_LARGE, id="an-open-quote-of-twenty-megabytes"),
        pytest.param("'a: \"' + 'x' * 10_000_000", "found no closing quote", id="an-open-quote"),
        pytest.param("\"a: '\" + 'x ' * 5_000_000", "found no closing quote", id="an-open-single-quote"),
        pytest.param("'a: \"' + '\\\\' * 9_000_001 + '\"'", "found no closing quote", id="backslashes"),
        pytest.param("'\\0' * 1_000_000", "found the control character U+0000", id="nul"),
        pytest.param("'a: \\ud800'", "found the control character U+D800", id="half-a-character"),
        pytest.param(BOMB, "its aliases expand to too many values", id="billion-laughs"),
        pytest.param("'a: &a {b: *a}'", "the anchor 'a' contains itself", id="self-reference"),
        pytest.param("'a: &a {<<: *a}'", "the anchor 'a' contains itself", id="merge-of-itself"),
        pytest.param(
            "'a0: &a0 [x]\\n' + ''.join(f'a{n}: &a{n} [*a{n - 1}]\\n' for n in range(1, 5000))",
            TOO_DEEP + " once its aliases are expanded",
            id="chain-of-aliases",
        ),
        pytest.param("'[' + 'a,' * 4_000_000 + ']'", TOO_MANY, id="items-in-brackets"),
        pytest.param("'[' + '{},' * 3_000_000 + '{}]'", TOO_MANY, id="json-objects"),
        pytest.param("'a: [' + 'b:c,' * 1_000_000 + ']'", TOO_MANY, id="colons-in-brackets"),
        pytest.param("'[' * 150 + 'a,' * 1_000_000", TOO_MANY, id="items-150-deep"),
        pytest.param("'a: 1\\n' * 240_000", TOO_MANY, id="the-same-key"),
        pytest.param("'a: [' + '\\n :b' * 200_000 + ']'", "found no value where one must be", id="colons-on-lines"),
        pytest.param("'%' * 10_000_000", "found a directive", id="percent-signs"),
        pytest.param("'a: b: c\\n---\\n' * 300_000", "found a ':' where no mapping can start", id="errors"),
    ],
)
def test_hostile_text_ends_in_an_error(
    read: Callable[[str], tuple[int, list[list[str]]]], text: str, message: str
) -> None:
    _, errors = read(text)

    assert errors[0][1].startswith(message)


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        pytest.param("'a: ' + 'x' * 10_000_000", 1, id="long-plain"),
        pytest.param("'a: ' + 'x ' * 5_000_000", 1, id="words"),
        pytest.param("'a: ' + '9' * 10_000_000", 1, id="long-number"),
        pytest.param("'{\"a\": ' + '9' * 10_000_000 + '}'", 1, id="long-json-number"),
        pytest.param("'a: &' + 'x' * 5_000_000 + ' 1'", 1, id="long-anchor"),
        pytest.param("'a: !' + 'x' * 5_000_000 + ' 1'", 1, id="long-tag"),
        pytest.param("'a: \"' + '\\\\\\\\' * 5_000_000 + '/\"'", 1, id="escapes"),
        pytest.param("'a: |\\n' + '  x\\n' * 240_000", 1, id="block-scalar"),
        pytest.param("'a: >\\n' + '  x\\n' * 240_000", 1, id="folded-scalar"),
        pytest.param("'#' * 10_000_000", 1, id="comment"),
        pytest.param("' \\n' * 240_000", 1, id="blank-lines"),
        pytest.param("'a: ' + '\\U0001f600' * 5_000_000", 1, id="astral"),
        pytest.param("''.join(f'a{n}:\\n' for n in range(240_000))", 1, id="different-keys"),
        pytest.param("'a: {' + '<<: {},' * 80_000 + '}'", 1, id="merge-keys"),
        pytest.param("'[' + '{},' * 400_000 + '{}]'", 1, id="json-objects"),
        pytest.param("'---\\n' * 500_000", 200_000, id="separators"),
        pytest.param("'a: &x 1\\n---\\n' * 100_000", 20_000, id="exotic-documents"),
    ],
)
def test_large_text_is_read_up_to_the_limits(
    read: Callable[[str], tuple[int, list[list[str]]]], text: str, documents: int
) -> None:
    count, _ = read(text)

    assert count == documents


def test_what_the_limits_leave_out_is_said() -> None:
    from tkelint.source import SourceFile  # noqa: PLC0415 - all else here is read in other processes.
    from tkelint.syntax.yaml import parse  # noqa: PLC0415

    parsed = parse(SourceFile("many.yaml", "---\n" * 500_000))

    assert [(error.kind, error.document) for error in parsed.errors] == [("limit", 200_000)]
