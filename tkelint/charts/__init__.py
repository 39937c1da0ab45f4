"""Helm charts: found, rendered by Helm itself, and their places led back to templates and values files."""
