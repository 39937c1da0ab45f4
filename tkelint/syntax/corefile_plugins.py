"""The four plugins whose meaning other parts of tkelint build on, read from a directive: pure functions to records.

Each view carries the tokens for places and the errors of its arguments with CoreDNS's own text. They follow CoreDNS
1.14.7 and take words with an unknown variable to be right; which properties an older release knows is for rules to say.
"""

from __future__ import annotations

from tkelint.syntax.corefile_dispenser import Property
from tkelint.syntax.corefile_forward import ForwardView, Upstream, forward_view, forward_views
from tkelint.syntax.corefile_hosts import HostsBlock, HostsEntry, IgnoredLine, hosts_entries
from tkelint.syntax.corefile_kubernetes import KubernetesView, kubernetes_view
from tkelint.syntax.corefile_rewrite import UNKNOWN, AnswerRule, RewriteRule, Unknown, rewrite_rules

__all__ = [
    "UNKNOWN",
    "AnswerRule",
    "ForwardView",
    "HostsBlock",
    "HostsEntry",
    "IgnoredLine",
    "KubernetesView",
    "Property",
    "RewriteRule",
    "Unknown",
    "Upstream",
    "forward_view",
    "forward_views",
    "hosts_entries",
    "kubernetes_view",
    "rewrite_rules",
]
