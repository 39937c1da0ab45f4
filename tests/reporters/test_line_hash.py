"""The vectors of github/codeql-action, `src/fingerprints.test.ts`, and what they leave open."""

from __future__ import annotations

import pytest

from tkelint.reporters.line_hash import line_hashes
from tkelint.source import SourceFile, decode

GREETINGS_WITHOUT_END = [
    "8b7cf3e952e7aeb2:1",
    "b1ae1287ec4718d9:1",
    "bff680108adb0fcc:1",
    "c6805c5e1288b612:1",
    "b86d3392aea1be30:1",
    "e6ceba753e1a442:1",
]
GREETINGS = [
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
]
REPEATED = [
    *(f"a7f2ff13bc495cf2:{count}" for count in range(1, 7)),
    "a7f2ff1481e87703:1",
    "a9cf91f7bbf1862b:1",
    "55ec222b86bcae53:1",
    "cc97dc7b1d7d8f7b:1",
    "c129715d7a2bc9a3:1",
]
PROGRAM = [
    "e54938cc54b302f1:1",
    "bb609acbe9138d60:1",
    "1131fd5871777f34:1",
    "5c482a0f8b35ea28:1",
    "54517377da7028d2:1",
    "2c644846cb18d53e:1",
    "f1b89f20de0d133:1",
    "c129715d7a2bc9a3:1",
]


def all_hashes(source: SourceFile) -> dict[int, str]:
    return line_hashes(source, range(1, len(source.line_starts) + 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", GREETINGS_WITHOUT_END),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETINGS),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETINGS),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETINGS),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETINGS),
        ("Lorem ipsum dolor sit amet.\n" * 10, REPEATED),
        ("x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n", PROGRAM),
    ],
    ids=["empty", "spaces", "no-final-newline", "lf", "cr", "crlf", "mixed", "repeated", "program"],
)
def test_hashes_are_githubs(text: str, expected: list[str]) -> None:
    assert list(all_hashes(SourceFile("a.yaml", text)).values()) == expected


def test_characters_beyond_the_basic_plane_count_as_two_units() -> None:
    emoji, halves = SourceFile("a.yaml", "\U0001f600"), [0xD83D, 0xDE00, 65535]

    value = 0
    for unit in [*halves, *[0] * 97]:
        value = (value * 37 + unit) % 2**64

    assert line_hashes(emoji, {1}) == {1: f"{value:x}:1"}


def test_lines_that_nobody_asks_for_still_count() -> None:
    source = SourceFile("a.yaml", "- a\n" * 200)

    assert line_hashes(source, {3}) == {3: all_hashes(source)[3]}
    assert line_hashes(source, {3})[3].endswith(":3")


def test_byte_order_mark_is_hashed_as_github_reads_it() -> None:
    with_mark = decode("a.yaml", b"\xef\xbb\xbfkind: Service\n")

    assert line_hashes(with_mark, {1}) != line_hashes(SourceFile("a.yaml", "kind: Service\n"), {1})
    assert line_hashes(with_mark, {1}) == line_hashes(SourceFile("a.yaml", "\ufeffkind: Service\n"), {1})


def test_file_in_utf_16_is_hashed_as_the_utf_8_that_github_takes_it_for() -> None:
    data = "a: 名\nb: c\n".encode("utf-16-le")
    # 名 is U+540D: its first byte is a carriage return, so GitHub sees a line more.
    as_utf_8 = SourceFile("a.yaml", data.decode("utf-8", "replace"))

    hashes = line_hashes(decode("a.yaml", data), range(1, 9))

    assert list(hashes) == [1, 2, 3, 4]
    assert hashes == all_hashes(as_utf_8)


def test_line_beyond_the_end_has_no_hash() -> None:
    assert line_hashes(SourceFile("a.yaml", "a\n"), {7}) == {}
