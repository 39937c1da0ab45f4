"""Kubernetes label selectors as text: `app=web,tier in (a, b),!canary`.

The grammar of https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors, as
`labels.Parse` of k8s.io/apimachinery reads it.
"""

from __future__ import annotations

from typing import Final

from tkelint.patterns import pattern

_TOKEN: Final = pattern(r"[ \t\r\n]*(?P<token>==|!=|[=!<>(),]|[^ \t\r\n=!<>(),]+|\Z)")
_KEY: Final = pattern(
    r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?"
    r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)
_VALUE: Final = pattern(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_NUMBER: Final = pattern(r"-?[0-9]+")
_END: Final = ""


def selector_fault(text: str) -> int | None:
    """Where a text stops being a label selector; `None` when it is one. An empty one selects everything.

    >>> [selector_fault(text) for text in ("a=b,c in (d, e),!f", "a", "", "`a=b`", "a => b", "a in b")]
    [None, None, None, 0, 3, 5]
    """
    return _Reader(text).fault() if text.strip() else None


class _Reader:
    """One reading, requirement by requirement."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next = 0
        self.token = _END
        self.start = 0
        self._advance()

    def fault(self) -> int | None:
        while self._requirement():
            if self.token == _END:
                return None
            if self.token != "," or not self._advance():
                break
        return self.start

    def _advance(self) -> bool:
        found = _TOKEN.match(self._text, self._next)
        assert found is not None  # noqa: S101 - the pattern matches anywhere
        self.token, self.start, self._next = found["token"], found.start("token"), found.end()
        return True

    def _requirement(self) -> bool:
        negated = self.token == "!"
        if negated:
            self._advance()
        if not _KEY.fullmatch(self.token):
            return False
        self._advance()
        if negated or self.token in (",", _END):
            return True
        if self.token in ("=", "==", "!="):
            return self._advance() and self._value()
        if self.token in ("<", ">"):
            return self._advance() and bool(_NUMBER.fullmatch(self.token)) and self._advance()
        return self.token in ("in", "notin") and self._advance() and self._set()

    def _value(self) -> bool:
        """A value may be empty: `app=` asks for an empty label."""
        if self.token in (",", _END):
            return True
        return bool(_VALUE.fullmatch(self.token)) and self._advance()

    def _set(self) -> bool:
        if self.token != "(":
            return False
        while self.token in ("(", ","):
            self._advance()
            if self.token not in (",", ")") and not self._value():
                return False
        return self.token == ")" and self._advance()
