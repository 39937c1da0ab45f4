"""`import` and the snippets it brings in. Files are not read: whether they exist is known in the container only."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING

from tkelint.patterns import pattern
from tkelint.syntax.corefile_cursor import is_word
from tkelint.syntax.corefile_tree import Import, Snippet

if TYPE_CHECKING:
    from tkelint.syntax.corefile_cursor import Cursor
    from tkelint.syntax.corefile_errors import ErrorList
    from tkelint.syntax.corefile_lexer import Token

_MOST_IMPORTS = 10_000  # caddyfile's maxSnippetExpansions
_MOST_TOKENS = 500_000  # that imports may add up to here; CoreDNS has no such limit
_TOO_DEEP = f"maximum snippet import depth ({_MOST_IMPORTS}) exceeded"
_ESCAPED = pattern(r"\\.")
_BAD_PATTERN = pattern(r"\[|\\\Z")  # behind a `*` it depends on the files that are there


class Imports:
    """The snippets of a file, and what became of each `import`."""

    def __init__(self, cursor: Cursor, errors: ErrorList) -> None:
        self.cursor = cursor
        self.errors = errors
        self.snippets: dict[str, Snippet] = {}
        self.found: list[Import] = []
        self._files: dict[str, list[tuple[Import, int]]] = {}
        self._count = 0
        self._token_count = 0
        # The snippets that are being read, each with the number of tokens that were pending below its own.
        self._active: list[tuple[str, int]] = []
        self._active_names: Counter[str] = Counter()

    def define(self, snippet: Snippet) -> None:
        """Add a snippet; an import of that name further up was taken for a file."""
        self.snippets[snippet.name] = snippet
        for each, order in self._files.pop(snippet.name, ()):
            self.errors.refuse(
                "snippet-used-before-definition", each.pattern, each.missing, order=order, name=snippet.name
            )

    def imports_itself(self, name: str, body: list[Token]) -> bool:
        """Whether a snippet's body imports the snippet; reported, as CoreDNS does at the definition."""
        for index in range(len(body) - 1):
            starts_line = index == 0 or body[index - 1].line != body[index].line
            if starts_line and is_word(body[index], "import") and body[index + 1].text == name:
                self.errors.refuse("snippet-imports-itself", body[index + 1], self.cursor.problem(_TOO_DEEP), name=name)
                return True
        return False

    def run(self) -> Import | None:
        """Carry out the `import` at the cursor, which is left on the token before it; `None` when it is refused."""
        cursor = self.cursor
        before, keyword = cursor.before, cursor.current
        done = self._read(keyword) if keyword is not None else None
        while cursor.argument_follows():
            cursor.next()
        if done is not None:
            self.found.append(done)
            if done.kind == "snippet":
                self._splice(done)
        cursor.current = before
        return done

    def _read(self, keyword: Token) -> Import | None:
        cursor = self.cursor
        if not cursor.argument_follows():
            text = f"Wrong argument count or unexpected line ending after '{cursor.as_written(keyword)}'"
            self.errors.refuse("import-arguments", keyword, cursor.problem(text))
            return None
        cursor.next()
        pattern = cursor.current or keyword
        if not pattern.text:
            self.errors.refuse("import-empty", pattern, cursor.problem("Import requires a non-empty filepath"))
            return None
        if cursor.argument_follows():
            cursor.next()
            text = "Import takes only one argument (glob pattern or file)"
            self.errors.refuse("import-arguments", cursor.current or keyword, cursor.problem(text))
        if pattern.unknown:
            return Import(keyword, pattern, "unknown")
        if pattern.text in self.snippets:
            return Import(keyword, pattern, "snippet")
        return self._file(keyword, pattern)

    def _file(self, keyword: Token, pattern: Token) -> Import | None:
        glob = pattern.text
        if not glob.startswith("/"):
            glob = posixpath.normpath(posixpath.join(posixpath.dirname(self.cursor.path), glob))
        problem = ""
        if glob.count("*") > 1 or glob.count("?") > 1 or ("[" in glob and "]" in glob):
            problem = f"Glob pattern may only contain one wildcard (*), but has others: {glob}"
        elif "*" not in glob and _BAD_PATTERN.search(_ESCAPED.sub("", glob)):
            problem = f"Failed to use import pattern {pattern.text}: syntax error in pattern"
        if problem:
            self.errors.refuse("import-pattern", pattern, self.cursor.problem(problem), pattern=pattern.text)
            return None
        if any(mark in glob for mark in "*?[]"):
            return Import(keyword, pattern, "glob")
        missing = self.cursor.problem(f"File to import not found: {pattern.text}")
        done = Import(keyword, pattern, "file", missing)
        self._files.setdefault(pattern.text, []).append((done, self.errors.next_order()))
        return done

    def _splice(self, done: Import) -> None:
        cursor, name = self.cursor, done.pattern.text
        while self._active and len(cursor.pending) < self._active[-1][1]:
            self._active_names[self._active.pop()[0]] -= 1
        if self._active_names[name]:
            self.errors.refuse("import-cycle", done.pattern, cursor.problem(_TOO_DEEP), name=name)
            return
        if self._count >= _MOST_IMPORTS:
            self.errors.refuse("import-too-deep", done.pattern, cursor.problem(_TOO_DEEP))
            return
        tokens = self.snippets[name].tokens
        self._count += 1
        self._token_count += len(tokens)
        if self._token_count > _MOST_TOKENS:
            self.errors.add("import-too-large", done.pattern)
            return
        self._active.append((name, len(cursor.pending)))
        self._active_names[name] += 1
        cursor.splice(tokens)
