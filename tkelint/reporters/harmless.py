"""Text from manifests made harmless, for terminals and for CI logs.

A pull request decides what is in a manifest, and messages and code frames repeat it. Escape sequences could rewrite
the terminal or the log, bidirectional controls could show other code than there is ("Trojan Source", CVE-2021-42574),
and a line that looks like a workflow command would be carried out by the CI's runner.
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

from tkelint.patterns import pattern
from tkelint.reporters.layout import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What JSON leaves as it is but should not reach a terminal or a web page: DEL, C1, soft hyphen, zero-width and
# bidirectional controls, line separators, byte order marks, tags; surrogates cannot even be encoded.
_HIDDEN_IN_JSON = pattern(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

# GitHub's runner looks for `##[` anywhere in a line (actions/runner, ActionCommand.TryParse), Azure Pipelines for
# `##vso[`, TeamCity for `##teamcity[`.
_LOGGING_COMMAND = pattern(r"##(?=\w*\[)")


def harmless(text: str) -> str:
    r"""The text on one line with everything that is not visible made visible.

    C0 controls and DEL become their pictures, other controls, format characters and line separators their code point.
    Spaces of any kind stay, since they are looked at in the frame.

    >>> harmless("a\x1b[31mb\n\u202ec")
    'a␛[31mb␊<U+202E>c'
    """
    if text.isprintable():
        return text
    return "".join(map(harmless_character, text))


def one_line(text: str) -> str:
    """A text of several lines as one, harmless."""
    if text.isprintable():
        return text.strip()
    return harmless(joined(text))


def harmless_character(character: str) -> str:
    """One character, or what stands for it."""
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"<U+{code:04X}>"


def without_commands(lines: Iterable[str]) -> Iterator[str]:
    r"""Lines of output that no CI takes for a command: `::` at the start of a line and `##[` anywhere get a backslash.

    >>> list(without_commands(["  ::error::x", "see ##[group]"]))
    ['  \\::error::x', 'see ##\\[group]']
    """
    for line in lines:
        body = line.lstrip()
        if body.startswith("::"):
            line = line[: len(line) - len(body)] + "\\" + body  # noqa: PLW2901 - the line, mended
        yield _LOGGING_COMMAND.sub(r"##\\", line)


def harmless_json(text: str) -> str:
    r"""JSON text that says the same without a hidden character, a surrogate or a logging command in it.

    >>> harmless_json('{"a": "\u202e##[group]"}')
    '{"a": "\\u202e#\\u0023[group]"}'
    """
    return _LOGGING_COMMAND.sub(r"#\\u0023", _HIDDEN_IN_JSON.sub(lambda match: json.dumps(match[0])[1:-1], text))
