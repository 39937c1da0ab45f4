"""How much YAML is read before tkelint stops: the bounds that hostile input runs into.

Each is far beyond what the API server takes (3 MB a request, `MaxRequestBodyBytes` in apimachinery) and what a cluster
dump holds, and low enough that the worst text inside them is read in two seconds and 500 MB.
"""

from __future__ import annotations

from typing import Final

# Code points of a file.
MAX_CHARACTERS: Final = 24 * 2**20
# Lines of a file.
MAX_LINES: Final = 1_000_000
# Collections inside each other. go-yaml itself stops at 10,000; the deepest of the CRDs in public repositories stay
# below 60, and everything that walks values may recurse on 200.
MAX_DEPTH: Final = 200
# Values of a file that are read the exact way, about 2 microseconds each.
MAX_EXACT_NODES: Final = 500_000
# Values of a document whose places can be told; beyond, its first line stands for all of them.
MAX_PLACED_NODES: Final = 1_000_000
