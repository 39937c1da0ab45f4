"""Whatever stands in a Corefile: no rule raises, and what is reported lies in the text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linting import lint_texts
from tkelint.compiled import table
from tkelint.rule import load_rules

RULES = [rule.id for rule in load_rules().values() if "Corefile" in rule.kinds or rule.folder == "coredns"]
SETUPS = table("coredns-setup")

_WORDS = st.sampled_from(
    [
        *(
            ".:53",
            "a.org",
            "a.org:",
            "*.a.org",
            "10.0.0.0/8",
            "udp://x",
            "{$X}",
            "${X}",
            "__PILLAR__DNS__DOMAIN__",
            "<x>",
        ),
        *(
            "127.0.0.1",
            "/etc/resolv.conf",
            "30s",
            "8080",
            "-1",
            "(",
            "(.*)",
            "NXDOMAIN",
            "AAAA",
            "IN",
            "@kubernetes",
            ".",
        ),
        *(
            "regex",
            "suffix",
            "answer",
            "auto",
            "continue",
            "name",
            "net",
            "type",
            "to",
            "from",
            "cluster.local",
            '"',
            "#x",
        ),
        *("import", "s", "(s)"),
    ]
)
_PLUGINS = st.sampled_from(sorted(SETUPS))
_PROPERTIES = st.sampled_from(sorted({name for facts in SETUPS.values() for name in facts.get("properties", ())}))
_TOKENS = st.one_of(_WORDS, _PLUGINS, _PROPERTIES, st.sampled_from(["{", "}", "{\n", "\n}\n", "\n", "\n"]))
_COREFILES = st.lists(_TOKENS, max_size=40).map(lambda words: ".:53 {\n" + " ".join(words) + "\n}\n")

POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system}
spec:
  template:
    metadata: {labels: {k8s-app: kube-dns}}
    spec:
      containers:
        - name: coredns
          image: tkeimages/coredns:1.8.4
          livenessProbe: {httpGet: {path: /health, port: 8080}}
          readinessProbe: {httpGet: {path: /ready, port: ready}}
      volumes: [{name: config, configMap: {name: coredns}}]
---
"""
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME, namespace: kube-system}\ndata:\n  Corefile: |\n"


@settings(max_examples=150, deadline=None)
@given(_COREFILES, st.sampled_from(["coredns", "node-local-dns"]))
def test_no_rule_raises_and_every_finding_lies_in_the_text(corefile: str, name: str) -> None:
    inside = "".join(f"    {line}\n" for line in corefile.split("\n"))
    text = POD + HEAD.replace("NAME", name) + inside

    report = lint_texts({"manifests.yaml": text, "Corefile": corefile}, rules=RULES)

    assert report.crashes == ()
    for finding in report.findings:
        size = len(text if finding.place.source.path == "manifests.yaml" else corefile)
        assert 0 <= finding.place.span.start <= finding.place.span.end <= size
