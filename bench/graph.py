"""Print what the traffic graph of the benchmark's tree costs beside reading it.

python bench/graph.py [RESOURCES]
"""

from __future__ import annotations

import gc
import io
import sys
import tempfile
import time
from pathlib import Path

from trees import make_tree

from tkelint.engine import build_workspace
from tkelint.graph.build import graph_of
from tkelint.run import Settings, read_sources, settle


def main() -> None:
    """Read a tree, build its graph, and say how long each took."""
    resources = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(paths=(str(make_tree(Path(folder) / "tree", resources)),), use_config=False)
        config = settle(settings)
        gc.disable()  # as the program does
        began = time.process_time()
        sources, _ = read_sources(settings, config, io.BytesIO())
        workspace = build_workspace(sources, config)
        read = time.process_time()
        graph = graph_of(workspace)
        built = time.process_time()
    print(f"{resources} objects: {len(graph.vertices)} vertices, {len(graph.edges)} edges")
    print(f"reading {read - began:.2f} s, graph {built - read:.2f} s ({(built - read) / (read - began):.0%})")


if __name__ == "__main__":
    main()
