"""CoreDNS Corefiles: text to server blocks, with the place of every word and every error, not only the first.

`parse` is the way in. The rest is split by steps: `corefile_lexer` makes tokens, `corefile_slips` finds accidents of
writing, `corefile_parser` (with `corefile_cursor`, `corefile_imports`, `corefile_directives`) builds the records of
`corefile_tree`, `corefile_keys` reads addresses, `corefile_plugins` the arguments of four plugins, and `corefile_setup`
those of all others from a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tkelint.syntax.corefile_cursor import Cursor
from tkelint.syntax.corefile_errors import CorefileError, ErrorList
from tkelint.syntax.corefile_keys import ServerKey, ZoneConflict, server_key, zone_conflicts
from tkelint.syntax.corefile_lexer import Token, tokenize
from tkelint.syntax.corefile_parser import Parser
from tkelint.syntax.corefile_slips import find_slips
from tkelint.syntax.corefile_tree import DEFAULT_PATH, Corefile, Directive, Import, Line, ServerBlock, Snippet

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DEFAULT_PATH",
    "Corefile",
    "CorefileError",
    "Directive",
    "Import",
    "Line",
    "ServerBlock",
    "ServerKey",
    "Snippet",
    "Token",
    "ZoneConflict",
    "parse",
    "server_key",
    "zone_conflicts",
]


def parse(
    text: str,
    environment: Mapping[str, str] | None = None,
    *,
    known: frozenset[str] | None = None,
    path: str = DEFAULT_PATH,
) -> Corefile:
    """Read a Corefile; never raises, and takes time linear in the text.

    `environment` has the variables of CoreDNS's container whose value is known, the empty value of an unset one
    included. `known` are the directives that this CoreDNS knows; without it no name is judged. `path` is where CoreDNS
    reads the file, for its error texts and relative imports.
    """
    tokens, open_quote = tokenize(text, environment)
    errors = ErrorList(find_slips(text, tokens, open_quote))
    return Parser(Cursor(text, tokens, path), errors, known).parse()
