"""How much YAML is read before tkelint stops: the bounds that hostile input runs into.

Each is far beyond what the API server takes (3 MB a request) and what manifests hold, and low enough that the worst
document inside them is read in about two seconds and 500 MB. Time grows with the size of a file, never faster.
"""

from __future__ import annotations

from typing import Final

# Code points and lines of one document.
MAX_CHARACTERS: Final = 10 * 2**20
MAX_LINES: Final = 250_000
# Collections inside each other. go-yaml itself stops at 10,000; the deepest of the CRDs in public repositories stay
# below 60, and everything that walks values may recurse on 200.
MAX_DEPTH: Final = 200
# Values of one document that is read the exact way, about 2 microseconds each, and of all such documents of a file.
MAX_NODES: Final = 250_000
MAX_FILE_NODES: Final = 1_000_000
# What a document that is read the exact way costs at least, in values: an error takes some 100 microseconds.
NODES_OF_A_DOCUMENT: Final = 50
# Documents of a file; of a larger one the first are read.
MAX_DOCUMENTS: Final = 200_000
# Values of a document whose places can be told; beyond, its first line stands for all of them.
MAX_PLACED_NODES: Final = 500_000
# Different lines (of at most 300 characters) that are remembered from one document to the next.
MAX_KNOWN_LINES: Final = 50_000
