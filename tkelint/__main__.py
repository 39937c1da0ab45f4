"""`python -m tkelint` and the console script."""

from __future__ import annotations

from tkelint.cli import cli


def main() -> None:
    """Run the command line."""
    cli(prog_name="tkelint")


if __name__ == "__main__":
    main()
