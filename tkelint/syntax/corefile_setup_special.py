"""The parts of plugins' setups that have a grammar of their own. Each reads at the cursor of a `Setup`.

Source: plugin/<name>/setup.go of coredns 1.14.7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from tkelint.syntax.corefile_dispenser import RefusedError
from tkelint.syntax.corefile_setup_blocks import acl, header, judge_value, loadbalance, refuse_other, serve_stale, tls
from tkelint.syntax.dns_words import CLASSES, TYPES
from tkelint.syntax.domain_name import split_transport, zones_of
from tkelint.syntax.golang import GoError, atoi, quote, to_lower
from tkelint.syntax.re2 import RegexError, compile_regex

if TYPE_CHECKING:
    from tkelint.syntax.corefile_lexer import Token
    from tkelint.syntax.corefile_setup import Setup

# (setup, the name of the plugin or property, its row in the table, the words already read)
Special: TypeAlias = "Callable[..., None]"

_MOST_UPSTREAMS = 15
_LOG_LEVELS = frozenset({"warning", "error", "info", "debug"})


def _trace(setup: Setup, name: Token, _: Mapping[str, Any], words_: Sequence[Token]) -> None:
    if len(words_) == 2:
        kind = to_lower(words_[0].text)
        if kind not in {"zipkin", "datadog"} and not words_[0].unknown:
            text = f"tracing endpoint type '{kind}' is not supported"
            parameters = {"value": words_[0].text, "name": name.text, "choices": "zipkin, datadog"}
            setup.refuse(RefusedError("not-one-of", words_[0], text, **parameters))


def _consolidate(setup: Setup, name: Token, facts: Mapping[str, Any], words_: Sequence[Token]) -> None:
    setup.judge(words_, facts, name.text)
    level = shown = False
    for token in words_[2:]:
        problem = ""
        if token.unknown:
            return
        if token.text in _LOG_LEVELS:
            problem = "multiple log levels specified in consolidate" if level else ""
            problem = problem or ("log level must come before show_first in consolidate" if shown else "")
            level = True
        elif token.text == "show_first":
            shown = True
        else:
            problem = f"unknown option in consolidate: {token.text}"
        if problem:
            parameters = {"value": token.text, "name": name.text, "choices": "warning, error, info, debug, show_first"}
            setup.refuse(RefusedError("not-one-of", token, setup.dispenser.located(problem), **parameters))
            return


def _dnstap(setup: Setup, name: Token, _: Mapping[str, Any], words_: Sequence[Token]) -> None:
    dispenser = setup.dispenser
    if words_[0].text == "listen":
        if len(words_) < 2:
            text = dispenser.located("dnstap listen requires an endpoint argument")
            setup.refuse(RefusedError("argument-count", words_[0], text, name="listen"))
            return
        words_ = words_[1:]
    for token, called, most, unit in zip(
        words_[2:],
        ("MultipleTcpWriteBuf", "MultipleQueue"),
        (1024, 4096),
        ("MiB units", "x10k messages"),
        strict=False,
    ):
        outside = f"@dnstap: {called} must be between 1 and {most} ({unit}): {{number}}"
        spec = {
            "type": "integer",
            "least": 1,
            "highest": most,
            "refused": f"@dnstap: invalid {called} {{quoted}}: {{go}}",
            "outside": outside,
        }
        judge_value(setup, token, name.text, spec)


def _dnstap_tls(setup: Setup, name: Token, _: Mapping[str, Any], words_: Sequence[Token]) -> None:
    """`tls CERT KEY [CA]`, of a listener only."""
    arguments = setup.directive.arguments
    if arguments and arguments[0].text != "listen" and not arguments[0].unknown:
        text = setup.dispenser.located("tls directive only valid for listeners")
        setup.refuse(RefusedError("property-requires", name, text, name="tls", other="listen"))
    elif len(words_) < 2:
        text = setup.dispenser.located("tls requires cert and key file paths")
        setup.refuse(RefusedError("argument-count", name, text, name="tls"))


def _all_or_none(setup: Setup, name: Token, facts: Mapping[str, Any], words_: Sequence[Token]) -> None:
    if words_[0].text not in {"all", "none"}:
        setup.judge(words_, facts, name.text)


def _cache(setup: Setup, name: Token, _: Mapping[str, Any], words_: Sequence[Token]) -> None:
    """The first word is a TTL if it is a number; everything else is a zone."""
    if words_:
        try:
            ttl = atoi(words_[0].text)
        except GoError:
            return
        if ttl <= 0:
            text = f"cache TTL can not be zero or negative: {ttl}"
            setup.refuse(RefusedError("out-of-range", words_[0], text, value=words_[0].text, name=name.text))


def _template(setup: Setup, name: Token, facts: Mapping[str, Any], words_: Sequence[Token]) -> None:
    """`CLASS TYPE [ZONE...]`: the first two in capitals."""
    del facts
    dispenser = setup.dispenser
    for token, known, code, text in zip(
        words_,
        (CLASSES, TYPES),
        ("not-a-class", "not-a-type"),
        ("invalid query class", "invalid RR class"),
        strict=False,
    ):
        if not token.unknown and token.text not in known:
            said = dispenser.located(f"{text} {token.text}")
            setup.refuse(RefusedError(code, token, said, value=token.text, name=name.text))
            return
    if len(words_) < 2:
        setup.refuse(dispenser.wrong_arguments(name.text))


def _file(setup: Setup, name: Token, _: Mapping[str, Any], words_: Sequence[Token]) -> None:
    """A file first, then zones."""
    if not words_:
        setup.refuse(setup.dispenser.wrong_arguments(name.text))
    elif setup.plugin == "sign" and "\ufffd" in words_[0].text:
        text = f"dbfile {quote(words_[0].text)} contains invalid characters"
        setup.refuse(RefusedError("not-a-name", words_[0], text, value=words_[0].text, name=name.text))


def _transfer_from(setup: Setup, name: Token, _: Mapping[str, Any], words_: Sequence[Token]) -> None:
    """`transfer from ADDRESS...`."""
    dispenser = setup.dispenser
    if words_ and words_[0].text != "from":
        refuse_other(setup, words_[0], name.text, ("from",), dispenser.located(f"unknown property {words_[0].text}"))
    elif len(words_) < 2:
        setup.refuse(dispenser.wrong_arguments(name.text))
    for token in words_[1:] if words_ and words_[0].text == "from" else ():
        if token.text == "*":
            text = "can't use '*' in transfer from"
            setup.refuse(RefusedError("not-an-address", token, text, value="*", name=name.text))
        elif not judge_value(setup, token, name.text, "host-or-star"):
            return


def _grpc(setup: Setup, name: Token, _: Mapping[str, Any], words_: Sequence[Token]) -> None:
    """`FROM TO...`: one zone, and addresses or files."""
    if not words_[0].unknown and not zones_of(words_[0].text):
        text = f"unable to normalize '{words_[0].text}'"
        setup.refuse(RefusedError("not-a-name", words_[0], text, value=words_[0].text, name=name.text))
    elif len(words_) < 2:
        setup.refuse(setup.dispenser.wrong_arguments(name.text))
    for token in words_[1:]:
        if not token.unknown and not split_transport(token.text)[1]:
            text = f"invalid address: {quote(token.text)}"
            setup.refuse(RefusedError("upstream-invalid", token, text, value=token.text))
            return
    if len(words_) - 1 > _MOST_UPSTREAMS:
        count = len(words_) - 1
        text = f"more than {_MOST_UPSTREAMS} TOs configured: {count}"
        setup.refuse(RefusedError("upstream-count", words_[_MOST_UPSTREAMS + 1], text, count=str(count)))


def _key(setup: Setup, name: Token, _: Mapping[str, Any]) -> None:
    """`key file KEY...` or `key aws_secretsmanager ARN...`; whether the files are there is not known here."""
    dispenser = setup.dispenser
    source = dispenser.current if dispenser.next_argument() else None
    known = ("file", "aws_secretsmanager") if setup.plugin == "dnssec" else ("file",)
    if source is None or (source.text in known and not dispenser.remaining_arguments()):
        setup.refuse(dispenser.wrong_arguments(name.text))
    elif source.text == "directory" and setup.plugin == "sign":
        refuse_other(setup, source, name.text, known, "directory: not implemented")


def _directory(setup: Setup, name: Token, _: Mapping[str, Any]) -> None:
    """`directory DIR [REGEXP TEMPLATE]`."""
    dispenser = setup.dispenser
    if not dispenser.next_argument():
        setup.refuse(dispenser.wrong_arguments(name.text))
        return
    if dispenser.next_argument():
        pattern = dispenser.current
        if not pattern.unknown and not _has_group(setup, name, pattern):
            dispenser.remaining_arguments()
            return
        if not dispenser.next_argument():
            setup.refuse(dispenser.wrong_arguments(name.text))
    if dispenser.next_argument():
        setup.refuse(dispenser.wrong_arguments(name.text))
        dispenser.remaining_arguments()


def _has_group(setup: Setup, name: Token, pattern: Token) -> bool:
    """Whether a pattern has a group to name zones by; refused if not."""
    try:
        groups = compile_regex(pattern.text).groups
    except RegexError as error:
        text = f"error parsing regexp: {error}"
        setup.refuse(RefusedError("not-a-regex", pattern, text, value=pattern.text, name=name.text))
        return False
    if not groups:
        text = setup.dispenser.located("Need at least one sub expression")
        setup.refuse(RefusedError("regex-without-group", pattern, text, value=pattern.text))
    return groups > 0


SPECIAL: Mapping[str, Special] = {
    "trace": _trace,
    "consolidate": _consolidate,
    "dnstap": _dnstap,
    "dnstap-tls": _dnstap_tls,
    "loadbalance": loadbalance,
    "all-or-none": _all_or_none,
    "acl": acl,
    "cache": _cache,
    "serve-stale": serve_stale,
    "header": header,
    "key": _key,
    "tls": tls,
    "template": _template,
    "file": _file,
    "directory": _directory,
    "transfer-from": _transfer_from,
    "grpc": _grpc,
}
