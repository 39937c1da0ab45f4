"""Print one of README.md's `sh` blocks, counted from 1, so that what CI runs is what the README says.

    python3 scripts/readme_block.py 2 | bash

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def sh_blocks(markdown: str) -> list[str]:
    r"""The contents of the fenced `sh` blocks of a text.

    >>> sh_blocks("```sh\nmake\n```\n```yaml\na: b\n```\n```sh\nmake test\n```\n")
    ['make\n', 'make test\n']
    """
    return re.findall(r"^```sh\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)


if __name__ == "__main__":
    sys.stdout.write(sh_blocks((ROOT / "README.md").read_text(encoding="utf-8"))[int(sys.argv[1]) - 1])
