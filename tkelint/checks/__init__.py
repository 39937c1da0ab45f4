"""The Python half of rules: one module per folder of `rules/`, one pure generator function per rule.

A check gets a resource and the workspace and yields problems: nodes and parameters. It has no text, no severity, no
line numbers, and changes nothing.
"""
