"""The configuration: `.tkelint.yaml`, or `[tool.tkelint]` in pyproject.toml.

`load_config` finds, reads and checks it (`file`, `validate`, `build`) and gives a `Config` (`model`), or raises
`ConfigError` with everything that is wrong with it (`problems`). A configuration may come from a pull request: it holds
no code, and makes tkelint read nothing outside of the Git root.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tkelint.config.find import find_config
from tkelint.config.model import Config, Ignore, RuleSetting
from tkelint.discovery import find_root
from tkelint.gitignore import find_git_root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tkelint.config.problems import ConfigError, ConfigProblem

__all__ = [
    "Config",
    "ConfigError",
    "ConfigProblem",
    "Ignore",
    "RuleSetting",
    "config_from",
    "find_config",
    "load_config",
    "with_assumptions",
]


def __getattr__(name: str) -> Any:
    """Errors and what makes them, loaded when they are needed: most runs have no configuration file."""
    if name in ("ConfigError", "ConfigProblem"):
        from tkelint.config import problems  # noqa: PLC0415

        return getattr(problems, name)
    raise AttributeError(name)


def with_assumptions(config: Config, assumptions: Sequence[str]) -> Config:
    """The configuration with facts taken for granted, such as `kubeProxyMode=ipvs`. Raises `ConfigError`."""
    from tkelint.config.build import assume  # noqa: PLC0415

    return assume(config, assumptions)


def load_config(
    start: Path, *, path: Path | None = None, use_file: bool = True, assumptions: Sequence[str] = ()
) -> Config:
    """The configuration for what lies in a folder: `path`, or the nearest file at or above it, or none at all.

    Raises `ConfigError` with everything that is wrong with the file, or else with the assumptions.
    """
    if use_file and path is None:
        path = find_config(start)
    root = find_root(start, path if use_file else None)
    git_root = find_git_root(root)
    base = Config(root=root, boundary=git_root or root, is_project=git_root is not None)
    if use_file and path is not None:
        base = Config(root=root, boundary=git_root or root, is_project=True, path=path)
        from tkelint.config.build import build, rule_names  # noqa: PLC0415 - see __getattr__
        from tkelint.config.file import read_config_file  # noqa: PLC0415

        base = build(read_config_file(path, root, base.boundary), base, rule_names())
    return with_assumptions(base, assumptions) if assumptions else base


def config_from(content: Mapping[str, Any], root: Path) -> Config:
    """The configuration that a file with this content would be. Raises `ConfigError`."""
    import json  # noqa: PLC0415 - see __getattr__

    from tkelint.config.build import build, rule_names  # noqa: PLC0415
    from tkelint.config.file import read_yaml  # noqa: PLC0415
    from tkelint.source import SourceFile  # noqa: PLC0415

    name = ".tkelint.yaml"
    root = root.resolve()
    file = read_yaml(SourceFile(name, json.dumps(content, default=str, ensure_ascii=False)), name)
    return build(file, Config(root=root, boundary=root), rule_names())
