"""The Python API, which `import tkelint` offers: what the command line does, as a function."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tkelint.engine import Selection
from tkelint.run import Settings, run, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tkelint.report import Report


def lint(  # noqa: PLR0913 - what the command line has, too
    paths: Sequence[str | os.PathLike[str]] = (),
    *,
    config: str | os.PathLike[str] | None = None,
    use_config: bool = True,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    assume: Sequence[str] = (),
    suppressions: bool = True,
) -> Report:
    """Lint files, folders and globs, as `tkelint check` does; without any, what the configuration names.

    `config` is a configuration file; without one it is looked for from the paths upwards, unless `use_config` is
    false. `select` and `ignore` name rules by id or folder; `assume` are facts, `kubeProxyMode=ipvs`. With
    `suppressions` off every finding is reported. A baseline is not looked at.

    Raises `tkelint.config.ConfigError` for a configuration with mistakes. What is wrong with files is in the report:
    nothing else is raised because of what they hold.
    """
    settings = Settings(
        paths=tuple(os.fspath(path) for path in paths),
        config=Path(config) if config is not None else None,
        use_config=use_config,
        selection=Selection(select=tuple(select), ignore=tuple(ignore)),
        assumptions=tuple(assume),
        suppressions=suppressions,
    )
    return run(settings, settle(settings), io.BytesIO())
