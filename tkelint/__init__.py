"""tkelint: a static linter for manifests of Tencent Kubernetes Engine (TKE).

`lint` is the Python API; everything else may change. What it returns is described in `tkelint.report`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tkelint.api import lint

__all__ = ["__version__", "lint"]

__version__ = "0.2.0"


def __getattr__(name: str) -> object:
    """`lint`, loaded when somebody asks for it: importing tkelint costs nothing."""
    if name == "lint":
        import importlib  # noqa: PLC0415 - see above

        return importlib.import_module("tkelint.api").lint
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
