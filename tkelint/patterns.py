"""Regular expressions that are compiled when they are first used.

Sixty of them stand at the top of the modules that every run imports; a small run uses a third, and compiling the rest
would cost it 4 ms.
"""

from __future__ import annotations

import re
from typing import cast


class _Pattern:
    """Stands for a pattern until somebody uses it, and then hands out the real one's methods."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        """What the real pattern has; kept, so that the second use is as fast as it would be without us."""
        if name.startswith("_"):
            raise AttributeError(name)
        self.__dict__[name] = getattr(re.compile(self._text, self._flags), name)
        return self.__dict__[name]


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile(text, flags)`, done at the first use; a mistake in it shows only then, and in a test of all.

    Use its methods; it cannot be handed to a function of `re`.
    """
    return cast("re.Pattern[str]", _Pattern(text, flags))
