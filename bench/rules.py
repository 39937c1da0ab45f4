"""Print what each rule costs on a tree, the dearest first.

python bench/rules.py FOLDER [how many]
"""

from __future__ import annotations

import gc
import io
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # this checkout, whatever is installed

from tkelint import engine
from tkelint.rule import Rule
from tkelint.run import Settings, read_sources, settle
from tkelint.workspace import Workspace


def cost(rule: Rule, workspace: Workspace) -> float:
    """Milliseconds to ask one rule of every object."""
    began = time.perf_counter()
    for _ in engine.run_rules(workspace, [rule]):
        pass
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Ask every rule twice: what the first time costs more is imports, and indexes that later rules share."""
    gc.disable()
    settings = Settings(paths=(sys.argv[1],), use_config=False)
    config = settle(settings)
    began = time.perf_counter()
    sources, _ = read_sources(settings, config, io.BytesIO())
    workspace = engine.build_workspace(sources, config)
    reading = (time.perf_counter() - began) * 1000
    rules = engine.Selection().rules(config)
    first = {rule.id: cost(rule, workspace) for rule in rules}
    again = {rule.id: min(cost(rule, workspace) for _ in range(3)) for rule in rules}
    print(
        f"reading {reading:.0f} ms; {len(rules)} rules {sum(first.values()):.0f} ms, again {sum(again.values()):.0f} ms"
    )
    print(f"\n{'rule':<52}{'again':>8}{'first':>8}  (ms)")
    for name in sorted(first, key=first.__getitem__, reverse=True)[: int(sys.argv[2]) if len(sys.argv) > 2 else 30]:
        print(f"{name:<52}{again[name]:>8.1f}{first[name]:>8.1f}")


if __name__ == "__main__":
    main()
