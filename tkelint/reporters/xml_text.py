"""Text from manifests in XML: no markup, no character that XML does not know, no command of a CI's log."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tkelint.patterns import pattern
from tkelint.reporters.harmless import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping

# See `harmless.without_commands`. As a character reference the text stays what it is.
_LOGGING_COMMAND = pattern(r"##(?=\w*\[)")
_COMMAND = pattern(r"^::")


def content(text: str) -> str:
    """A text between tags, on one line.

    >>> content("a < b & ##[group]")
    'a &lt; b &amp; #&#35;[group]'
    """
    return _COMMAND.sub("&#58;:", _LOGGING_COMMAND.sub("#&#35;", escape(harmless(text))))


def tag(name: str, attributes: Mapping[str, object], *, end: str = "") -> str:
    """A start tag, or with `end="/"` an empty element. An attribute that is None is left out.

    >>> tag("error", {"line": 3, "message": 'a "b"', "column": None}, end="/")
    '<error line="3" message="a &quot;b&quot;"/>'
    """
    told = "".join(
        f' {key}="{content(str(value)).replace(chr(34), "&quot;")}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{told}{end}>"
