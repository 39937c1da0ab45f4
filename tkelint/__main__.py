"""`python -m tkelint` and the console script."""

from __future__ import annotations

import gc
import sys

from tkelint.cli import cli
from tkelint.commands import Exit


def main() -> None:
    """Run the command line.

    The garbage collector is off: a run keeps what it reads until it ends, and looking through it again and again for
    cycles takes a fifth of the time.
    """
    gc.disable()
    try:
        cli(prog_name="tkelint")
    except Exception:  # noqa: BLE001 - whatever is left is a bug, and must not look like findings
        import traceback  # noqa: PLC0415 - see above

        traceback.print_exc()
        sys.exit(Exit.BUG)


if __name__ == "__main__":
    main()
