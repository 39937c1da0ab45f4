"""tkelint: a static linter for manifests of Tencent Kubernetes Engine (TKE)."""

__version__ = "0.1.0"
