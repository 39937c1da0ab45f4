"""`python -m tkelint` and the console script."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from tkelint.cli import cli
from tkelint.commands import Exit


def main() -> NoReturn:
    """Run the command line, and leave.

    The garbage collector is off: a run keeps what it reads until it ends, and looking through it again and again for
    cycles takes a fifth of the time. For the same reason nothing is taken apart at the end.
    """
    gc.disable()
    try:
        cli(prog_name="tkelint")
        status: object = Exit.CLEAN
    except SystemExit as leaving:
        status = leaving.code
    except Exception:  # noqa: BLE001 - whatever is left is a bug, and must not look like findings
        import traceback  # noqa: PLC0415 - only a bug needs it

        traceback.print_exc()
        status = Exit.BUG
    _leave(status)


def _leave(status: object) -> NoReturn:
    """End the process at once, with what was written out of its buffers."""
    if status is not None and not isinstance(status, int):
        print(status, file=sys.stderr)  # noqa: T201 - as `sys.exit` does with a text
        status = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # nobody reads any more, or the disk is full
            status = status or Exit.BUG
    os._exit(status or 0)


if __name__ == "__main__":
    main()
