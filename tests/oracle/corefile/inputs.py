"""Generated inputs for the oracle: mutations of Corefiles, arguments of plugins, patterns. The same ones for a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from random import Random
    from typing import Any

QUERIES = ("a.com.", "x.a.com.", "ab.b.org.", "foo.a.com.evil.org.", "web.prod.svc.cluster.local.", "com.", "x.")

_INSERTIONS = (
    *(" ", "  ", "\n", "\n\n", "\t", "\r", "\r\n", "\u00a0", "\u200b", "\u3000", "\u2028", "\ufeff", "\x1c"),
    *("{", "}", " {", " }", "{ ", "} ", "\n{\n", "\n}\n", "{\n", "}\n", "{}", " { }"),
    *('"', "'", "#", "# ", " # x\n", "\\", " \\\n", "\\n", ";", "; ", ",", ", ", "//", "// x\n"),
    *("import s\n", "import ", "(s) {\n log\n}\n", "(t) {\n import s\n}\n", "import /no/x\n", "import t\n"),
    *("log\n", "errors", "cache {\n", "bogus\n", ".:53", "a.org", "b.org {\n", "a.org, ", "\ufeff", "｛", "："),
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def mutations(texts: Sequence[str], random: Random, count: int) -> Iterator[str]:
    """Corefiles with one to four accidents each."""
    for _ in range(count):
        text = random.choice(texts)
        for _ in range(random.randint(1, 4)):
            text = _mutated(text, texts, random)
        yield text[:2000]


def _mutated(text: str, texts: Sequence[str], random: Random) -> str:
    kind = random.randrange(8)
    begin = random.randrange(len(text) + 1)
    if kind <= 2:
        return text[:begin] + random.choice(_INSERTIONS) + text[begin:]
    if kind == 3:
        return text[:begin] + text[begin + random.randint(1, 6) :]
    if kind == 4:
        return (
            text[:begin] if random.random() < 0.3 else text.replace("\n", random.choice([" ", "\n\n", "\r\n", ""]), 1)
        )
    lines = text.split("\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    if kind == 5:
        lines[first], lines[second] = lines[second], lines[first]
    elif kind == 6:
        lines.insert(first, lines[second])
    else:
        del lines[first]
        lines += random.choice(texts).split("\n")[:6]
    return "\n".join(lines)


class Directives:
    """Server blocks with `rewrite`, `hosts`, `kubernetes` and `forward`, right and wrong ones."""

    durations = _words("5s 1m30s 0 -1s 30 1.5h abc 1x 10us .5s 1h-1 9999999h 0s 100ms +3s 1µs")
    numbers = _words("1 0 -1 +5 3600 3601 30s 99999999999999999999 1_0 0x10 abc 65535 65536 4294967296")
    names = _words(r"a.com A.Com b.org. . com *.a.com foo- a..b .a.com x.com a(.com a{1}.com {1}.b a\.com é.com")
    patterns = _words(r"^(.*)\.a\.com\.$ (.*) a( (a)(b) [ x (?i)A (?=a) \.com (\w+)\.(\w+)\. a** ^ .*?com")
    zones = _words(
        "cluster.local cluster.local. in-addr.arpa ip6.arpa 10.in-addr.arpa 10.0.0.0/24 10.0.0.0/23 2001:db8::/33"
        " 10.0.0.0/33 a.org:53 dns://a.org a..b . tls://x.org Cluster.Local:1 x: 0::/8"
    )
    addresses = _words(
        "10.0.0.1 1.1.1.1:53 [::1] ::1 [fe80::1]:53 1.2.3 010.0.0.1 10.0.0.1,10.0.0.2 tls://1.1.1.1 tls://1.1.1.1%dns.x"
        " tls://1.1.1.1%dns.x:853 grpc://1.1.1.1 quic://1.1.1.1:1 https://1.1.1.1 https://1.1.1.1/q https3://1.1.1.1"
        " https3://1.1.1.1:9 unix:///x dns:// host.example grpc://host 1.1.1.1:abc ::1%eth0 a..b [::1 10.0.0.1:"
        " [10.0.0.1]:53 ::ffff:1.2.3.4"
    )
    edns0 = _words(
        "local nsid subnet set append replace unset 0xffee 0x1g abc {qname} {a/b} {a/} revert 24 56 33 129 65536 0b1"
        " 1_0 0xABC 0xzz 0x6 bogus"
    )
    keys = _words(
        ".:53 .:53 .:53 . a.org cluster.local:53 10.0.0.0/23 .:5353 x..y tls://. *.a.org a.org:99999 A.ORG .: "
        "10.0.0.0/33 dns://a.org:53 0.0.10.in-addr.arpa ::1/64"
    )

    def __init__(self, random: Random) -> None:
        self.random = random

    def corefile(self) -> str:
        """One or two server blocks."""
        blocks = []
        for _ in range(self.random.choice([1, 1, 1, 2])):
            makers = (self.rewrite, self.rewrite, self.hosts, self.kubernetes, self.forward)
            lines = [self.random.choice(makers)() for _ in range(self.random.choice([1, 1, 2]))]
            if self.random.random() < 0.1:
                lines.append(self._one_of("bind 127.0.0.1", "bind 127.0.0.1 127.0.0.2", "bind ::1 ::1"))
            blocks.append(f"{self._some(self.keys, 1, 2)} {{\n" + "\n".join(lines) + "\n}\n")
        return "".join(blocks)

    def rewrite(self) -> str:
        """A `rewrite` directive."""
        mode = self._one_of("", "", "stop ", "continue ", "Stop ", "foo ")
        field = self._one_of("name", "name", "name", "NAME", "class", "type", "ttl", "rcode", "cname", "edns0", "bogus")
        match field:
            case "name" | "NAME":
                rest = self._name_rule()
            case "class" | "type":
                rest = self._some(_words("IN CH A AAAA any in XX a"), 1, 3)
            case "ttl":
                rest = self._some([*_words("30 30-60 -60 30- - 60-30 exact regex"), *self.names, *self.patterns], 1, 4)
            case "rcode":
                rest = self._some([*_words("NXDOMAIN noerror 3 24 XX exact regex suffix"), *self.names], 2, 5)
            case "edns0":
                rest = self._some(self.edns0, 1, 6)
            case _:
                rest = self._some([*self.names, "exact", "regex", "bogus"], 0, 4)
        if self.random.random() < 0.15:
            return f"rewrite {mode}{{\n  {field} {rest}\n }}"
        return f"rewrite {mode}{field} {rest}"

    def _name_rule(self) -> str:
        match = self._one_of("", "exact", "prefix", "suffix", "substring", "regex", "regex", "Regex", "bogus")
        source = self._one_of(*(self.patterns if match.lower() == "regex" else self.names))
        answer = self._one_of(
            *("", "", "", "answer auto", "answer", "x", "answer foo x", "answer name x"),
            f"answer name {self._one_of(*self.patterns)} {self._one_of(*self.names)}",
            f"answer value {self._one_of(*self.patterns)} {self._one_of(*self.names)} name a b",
            f"answer auto answer name {self._one_of(*self.patterns)} {self._one_of(*self.names)}",
        )
        return f"{match} {source} {self._one_of(*self.names)} {answer}"

    def hosts(self) -> str:
        """A `hosts` directive with inline entries."""
        makers = (
            lambda: f"{self._one_of(*self.addresses)} {self._some(self.names, 0, 3)}",
            lambda: f"fallthrough {self._some(self.zones, 0, 2)}",
            lambda: f"ttl {self._one_of(*self.numbers)}",
            lambda: f"reload {self._one_of(*self.durations)}",
            lambda: self._one_of("no_reverse", "no_reverse x", "fallthrough_unsupported", "a.com 1.2.3.4"),
            lambda: '"1.2.3.4 a.x\n5.6.7.8 b.x # c" d.x',
        )
        return f"hosts {self._one_of('', '/etc/no-such', '/etc/no-such a.org')}{self._block(makers, 5)}"

    def kubernetes(self) -> str:
        """A `kubernetes` directive."""
        makers = (
            lambda: f"pods {self._one_of('disabled', 'insecure', 'verified', 'bogus', '', 'insecure x')}",
            lambda: f"{self._one_of('ttl', 'apiserver_burst', 'apiserver_max_inflight')} {self._one_of(*self.numbers)}",
            lambda: f"{self._one_of('endpoint', 'namespaces', 'ignore', 'kubeconfig')} {self._one_of('', 'a', 'a b')}",
            lambda: self._one_of("tls a b c", "tls a b", "namespace_labels a=b", "labels a=b", "ignore empty_service"),
            lambda: self._one_of(
                "noendpoints", "zonal", "endpoint_pod_names", "zonal x", "upstream", "resyncperiod 5s"
            ),
            lambda: f"{self._one_of('fallthrough', 'multicluster')} {self._some(self.zones, 0, 1)}",
            lambda: f"startup_timeout {self._one_of(*self.durations)}",
            lambda: f"apiserver_qps {self._one_of('1.5', '-1', 'x', '1e99', 'inf', 'nan', '0x1p3', *self.numbers)}",
        )
        return f"kubernetes {self._some(self.zones, 0, 3)}{self._block(makers, 4)}"

    def forward(self) -> str:
        """A `forward` directive."""
        counts = _words("max_fails max_connect_attempts max_concurrent max_idle_conns")
        flags = _words("force_tcp prefer_udp next_on_nodata failfast_all_unhealthy_upstreams")
        makers = (
            lambda: f"except {self._some(self.zones, 0, 2)}",
            lambda: f"{self._one_of(*counts)} {self._one_of(*self.numbers)}",
            lambda: f"{self._one_of('expire', 'max_age', 'read_timeout')} {self._one_of(*self.durations)}",
            lambda: (
                f"health_check {self._one_of(*self.durations)} {self._one_of('', 'no_rec', 'domain a..b', 'domain')}"
            ),
            lambda: f"{self._one_of(*flags)} {self._one_of('', '', 'x')}",
            lambda: self._one_of("tls", "tls a b c d", "tls_servername x", "tls_servername", "bogus", "timeout 5s"),
            lambda: f"policy {self._one_of('random', 'sequential', 'least_conn', '')}",
            lambda: (
                f"{self._one_of('next', 'failover')} {self._one_of('NXDOMAIN', 'nxdomain servfail', 'NOERROR', 'x')}"
            ),
            lambda: f"doh_method {self._one_of('GET', 'PUT', 'get')}",
            lambda: f"{self._one_of('resolver', 'source_address')} {self._one_of(*self.addresses)}",
        )
        upstreams = self._some(self.addresses, 0, 3) if self.random.random() < 0.6 else "1.1.1.1"
        source = "." if self.random.random() < 0.5 else self._one_of(*self.zones)
        return f"forward {source} {upstreams}{self._block(makers, 3)}"

    def _block(self, makers: Sequence, most: int) -> str:
        lines = [self.random.choice(makers)() for _ in range(self.random.randint(0, most))]
        shape = self.random.random()
        if shape < 0.05:
            return "\n {\n" + "\n".join(lines) + "\n }"
        if shape < 0.1:
            return " { " + " ".join(lines) + " }"
        return " {\n  " + "\n  ".join(lines) + "\n }" if lines else ""

    def _one_of(self, *words: str) -> str:
        return self.random.choice(words)

    def _some(self, words: Sequence[str], least: int, most: int) -> str:
        return " ".join(self.random.choice(words) for _ in range(self.random.randint(least, most)))


_ATOMS = (
    *_words(
        r"a b . - \. ( (?: ) | * + ? *? +? ?? {2} {0,2} {1,} {,3} {3,1} {1001} ^ $ [a-c] [^.] [^a-] []a] [a- \d \w"
    ),
    *_words(r"\W \b \B \A \z \Z \Q.a\E \pL \P{Lu} \p{^N} [[:alpha:]] [[:^digit:]-] [[:foo:]] (?i) (?i: (?P<n> (?<m>"),
    *_words(r"(?= (?s-i: (?U) (? \x61 \x{62} \1 \07 \141 x .com \ { } {1} A [A-Z] (a|b) (.*) (a*) k \- \_ \C \n"),
    *_words(r"[\d\-] [a-\d] é (?m)^ b{2}{3} [[: [k-s] [^[:upper:]\d] (?i)K (a{0,3}){2} (|a)+ (a|ab)(c|bcd)? \pN"),
)
NAMES = ("a.com.", "ab.b.com.", "", "aaa", "b", "aab-a.", "x.a.a.com.", "kks", ".a", "a\nb", "abab.bb", "1a2b", "abcd.")


def patterns(random: Random, count: int) -> list[str]:
    """Regular expressions, most of them wrong, in no order that matters."""
    found: set[str] = set()
    while len(found) < count:
        found.add("".join(random.choice(_ATOMS) for _ in range(random.randint(1, 8))))
    return sorted(found)


class Setups:
    """Server blocks with every plugin of the table, its own properties and others', right and wrong values."""

    words = _words(
        "0 1 -1 +5 30 512 4096 5000 99999999999999999999 0x10 1_0 abc 5s 1m 2h 0s -1s 1.5s 100ms 25h 6m :8080 8080"
        " 127.0.0.1:80 [::1]:80 [::1 ::1 a:b:c localhost:53 10.0.0.1 10.0.0.1:53 * 10.0.0.0/8 10.0.0.0/33 64:ff9b::/96"
        " 64:ff9b::/97 64:ff9b::/16 on off true false T 0.5 2 1e3 NaN all none success denial error A AAAA IN ANY a"
        " NXDOMAIN NOERROR nx QUERY round_robin random weighted stdout zipkin datadog until-ready continuously file from"
        " type net Type NET allow 10% 50% 95% % 60 immediate verify Verify show_first warning info full listen tls://x"
        " @kubernetes @x prefer_positive nocert require read write ( (.*) db[.](.*) [ a.org b.org. . a..b x: a:b a:b:c :c"
        " set clear aa ra rd AA key directory public private {type} {"
    )
    # What some plugins cannot do without, which words at random seldom are.
    good_arguments: Mapping[str, str] = {
        "autopath": " @kubernetes",
        "bind": " 127.0.0.1",
        "file": " db.example.org",
        "grpc": " . 127.0.0.1:80",
        "root": " /etc/coredns",
        "sign": " db.example.org",
        "template": " IN A",
    }
    good_properties: Mapping[str, str] = {
        "header": "query set aa",
        "secondary": "transfer from 10.0.0.1",
        "timeouts": "read 5s",
        "transfer": "to *",
    }
    extra = _words("bogus Success SUCCESS max_streams class reload")

    def __init__(self, random: Random, table: Mapping[str, Mapping[str, Any]]) -> None:
        self.random = random
        self.table = {name: facts for name, facts in table.items() if name not in _ELSEWHERE}

    def corefile(self) -> str:
        """One server block with one plugin, or two of them."""
        name = self.random.choice(sorted(self.table))
        lines = [self._plugin(name) for _ in range(self.random.choice([1, 1, 1, 1, 2]))]
        key = self.random.choice([".:53", ".:53", ".:53", "tls://a.org", "a.org b.org"])
        return f"{key} {{\n" + "".join(lines) + "}\n"

    def _plugin(self, name: str) -> str:
        properties = sorted(self.table[name].get("properties", ()))
        good = self.random.random() < 0.6
        line = f"    {name}{self.good_arguments.get(name, '') if good else self._arguments()}"
        if self.random.random() < (0.75 if properties else 0.15):
            lines = [self._property(properties) for _ in range(self.random.randint(0, 3))]
            if good and name in self.good_properties:
                lines.insert(0, f"        {self.good_properties[name]}\n")
            return line + " {\n" + "".join(lines) + "    }\n"
        return line + "\n"

    def _property(self, properties: Sequence[str]) -> str:
        other = self.random.random() < 0.08 or not properties
        name = self.random.choice(self.extra if other else properties)
        return f"        {name}{self._arguments()}\n"

    def _arguments(self) -> str:
        count = self.random.choice([0, 0, 0, 1, 1, 1, 2, 2, 3, 4])
        return "".join(f" {self.random.choice(self.words)}" for _ in range(count))


# Plugins with inputs of their own, and those whose setup asks a cloud or runs a program.
_ELSEWHERE = frozenset(
    {"rewrite", "hosts", "kubernetes", "forward", "on", "route53", "azure", "clouddns", "etcd", "view"}
)
