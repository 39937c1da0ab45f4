"""Blocks and lines of plugins that have a grammar of their own: `acl`, `header`, `loadbalance`, `tls`, `serve_stale`.

Source: plugin/<name>/setup.go of coredns 1.14.7. Each function reads at the cursor of a `Setup`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tkelint.syntax.corefile_dispenser import Property, RefusedError
from tkelint.syntax.corefile_values import check_value
from tkelint.syntax.golang import GoError, atoi, parse_duration, quote, to_lower
from tkelint.syntax.golang_net import parse_cidr, split_host_port

if TYPE_CHECKING:
    from tkelint.syntax.corefile_lexer import Token
    from tkelint.syntax.corefile_setup import Setup

_LARGEST_PORT = 65535
_SECOND = 1_000_000_000
_HEADER_FLAGS = frozenset({"aa", "ra", "rd"})
_CLIENT_AUTH = ("nocert", "request", "require", "verify_if_given", "require_and_verify")


def refuse_other(setup: Setup, token: Token, name: str, choices: Sequence[str], text: str) -> None:
    """Refuse a word that is none of the choices."""
    if not token.unknown and token.text not in choices:
        parameters = {"value": token.text, "name": name, "choices": ", ".join(choices)}
        setup.refuse(RefusedError("not-one-of", token, text, **parameters))


def judge_value(setup: Setup, token: Token, name: str, spec: str | Mapping[str, Any]) -> bool:
    """Judge a word by its type; whether it is right."""
    try:
        check_value(spec, name, token, setup.dispenser)
    except RefusedError as refused:
        setup.refuse(refused)
        return False
    return True


def loadbalance(setup: Setup, name: Token, _: Mapping[str, Any]) -> None:
    """`loadbalance [round_robin | weighted FILE]`, with a block that depends on the policy."""
    dispenser = setup.dispenser
    arguments = dispenser.remaining_arguments()
    policy = arguments[0] if arguments else None
    problem, code, token = "", "argument-count", arguments[-1] if arguments else name
    if policy is not None and policy.text == "weighted":
        problem = "missing weight file argument" if len(arguments) < 2 else ""
        problem = problem or ("unexpected argument(s)" if len(arguments) > 2 else "")
        if not problem:
            _block(setup, {"reload": _weighted_reload})
    elif policy is not None and policy.text == "round_robin":
        problem = "unknown property for round_robin" if len(arguments) > 1 else ""
    elif policy is not None and not policy.unknown:
        choices = ("round_robin", "weighted")
        refuse_other(setup, policy, name.text, choices, f"unknown policy: {policy.text}")
    if problem:
        setup.refuse(RefusedError(code, token, dispenser.located(problem), name="loadbalance"))
    _block(setup, {"prefer": _prefer})


def _block(setup: Setup, readers: Mapping[str, Callable[[Setup, Token], None]]) -> None:
    """Read a block whose properties have readers of their own."""
    dispenser = setup.dispenser
    while dispenser.next_in_block():
        name, begin = dispenser.current, dispenser.cursor + 1
        reader = readers.get(name.text)
        if reader is not None:
            reader(setup, name)
        elif not name.unknown:
            setup.refuse(dispenser.unknown_property(setup.plugin))
            dispenser.remaining_arguments()
        setup.properties.append(Property(name, dispenser.tokens[begin : dispenser.cursor + 1]))


def _weighted_reload(setup: Setup, name: Token) -> None:
    arguments = setup.dispenser.remaining_arguments()
    if len(arguments) != 1:
        problem = "unexpected argument" if arguments else "reload duration value is missing"
        setup.refuse(RefusedError("argument-count", name, setup.dispenser.located(problem), name="reload"))
        return
    judge_value(setup, arguments[0], "reload", {"type": "duration", "refused": "@invalid reload duration '{value}'"})


def _prefer(setup: Setup, name: Token) -> None:
    for token in setup.dispenser.remaining_arguments():
        if not judge_value(setup, token, name.text, {"type": "cidr", "refused": "@invalid CIDR {quoted}: {go}"}):
            return


def acl(setup: Setup, name: Token, _: Mapping[str, Any]) -> None:
    """`ACTION [type QTYPE...] [net SOURCE...]`."""
    rest = setup.dispenser.remaining_arguments()
    located = setup.dispenser.located
    while rest:
        section = to_lower(rest[0].text)
        if section not in {"type", "net"}:
            text = located(f"unexpected token {quote(rest[0].text)}; expect 'type | net'")
            refuse_other(setup, rest[0], name.text, ("type", "net"), text)
            return
        end = next((i for i, token in enumerate(rest) if i and to_lower(token.text) in {"type", "net"}), len(rest))
        if end == 1:
            text = located(f"no token specified in {quote(section)} section")
            setup.refuse(RefusedError("argument-count", rest[0], text, name=section))
            return
        for token in rest[1:end]:
            if token.text == "*" or not _acl_word(setup, section, token):
                break
        rest = rest[end:]


def _acl_word(setup: Setup, section: str, token: Token) -> bool:
    if section == "type":
        text = "@unexpected token {quoted}; expect legal QTYPE"
        return judge_value(setup, token, section, {"type": "type", "refused": text})
    source = token.text
    if "/" not in source:
        source += "/128" if ":" in source else "/32"
    try:
        parse_cidr(source)
    except GoError:
        if token.unknown:
            return True
        text = setup.dispenser.located(f"illegal CIDR notation {quote(source)}")
        setup.refuse(RefusedError("not-a-network", token, text, value=token.text, name=section))
        return False
    return True


def header(setup: Setup, name: Token, _: Mapping[str, Any]) -> None:
    """`query|response set|clear FLAG...`, at least one line. The plugin goes on to the first block with a rule."""
    dispenser, before = setup.dispenser, len(setup.properties)
    while True:
        while dispenser.next_in_block():
            selector, begin = dispenser.current, dispenser.cursor + 1
            chosen = to_lower(selector.text)
            if chosen in {"query", "response"}:
                _header_rule(setup, selector)
            else:
                text = f"setting up rule: invalid selector={chosen} should be query or response"
                refuse_other(setup, selector, name.text, ("query", "response"), text)
                dispenser.remaining_arguments()
            setup.properties.append(Property(selector, dispenser.tokens[begin : dispenser.cursor + 1]))
        if len(setup.properties) > before:
            return
        if not dispenser.next():
            setup.refuse(dispenser.wrong_arguments(name.text))
            return


def _header_rule(setup: Setup, selector: Token) -> None:
    dispenser, prefix = setup.dispenser, "setting up rule: "
    action = dispenser.current if dispenser.next_argument() else None
    flags = dispenser.remaining_arguments()
    if action is None or not action.text:
        text = prefix + "no flag action provided"
        setup.refuse(RefusedError("argument-count", selector, text, name=selector.text))
    elif not flags:
        text = prefix + "invalid length for flags, at least one should be provided"
        setup.refuse(RefusedError("argument-count", selector, text, name=selector.text))
    elif to_lower(action.text) not in {"set", "clear"}:
        text = f"{prefix}unknown flag action={to_lower(action.text)}, should be set or clear"
        refuse_other(setup, action, selector.text, ("set", "clear"), text)
    else:
        bad = next((token for token in flags if to_lower(token.text) not in _HEADER_FLAGS), None)
        if bad is not None:
            text = f"{prefix}unknown/unsupported flag={to_lower(bad.text)}"
            refuse_other(setup, bad, selector.text, sorted(_HEADER_FLAGS), text)


def tls(setup: Setup, name: Token, _: Mapping[str, Any]) -> None:
    """`tls CERT KEY [CA]`, or `tls` with a block for ACME."""
    dispenser = setup.dispenser
    arguments = dispenser.remaining_arguments()
    if not arguments:
        _acme(setup, name)
        return
    if not 2 <= len(arguments) <= 3:
        refused = dispenser.wrong_arguments(name.text)
        text = f"plugin/tls: {refused.text}"
        setup.refuse(RefusedError("argument-count", refused.token, text, name=name.text))
    while dispenser.next_in_block():
        each, begin = dispenser.current, dispenser.cursor + 1
        if each.text not in {"client_auth", "keylog"} and not each.unknown:
            text = dispenser.located(f"unknown option '{each.text}'")
            setup.refuse(RefusedError("unknown-property", each, text, name=each.text, plugin=name.text))
        words_ = dispenser.remaining_arguments()
        if each.text in {"client_auth", "keylog"} and len(words_) != 1:
            setup.refuse(dispenser.wrong_arguments(each.text))
        elif each.text == "client_auth":
            text = dispenser.located(f"unknown authentication type '{words_[0].text}'")
            refuse_other(setup, words_[0], each.text, _CLIENT_AUTH, text)
        setup.properties.append(Property(each, dispenser.tokens[begin : dispenser.cursor + 1]))


def _acme(setup: Setup, name: Token) -> None:
    """`tls` without files: certificates by ACME, since 1.14.7."""
    dispenser, seen = setup.dispenser, dict[str, Sequence["Token"]]()
    while dispenser.next_in_block():
        each, begin = dispenser.current, dispenser.cursor + 1
        words_ = dispenser.remaining_arguments()
        if each.text in seen:
            text = dispenser.located(f'ACME option "{each.text}" can only be specified once')
            setup.refuse(RefusedError("property-twice", each, text, name=each.text))
        elif each.text not in {"acme", "email", "ca", "storage", "ca_root", "resolver"}:
            text = dispenser.located(f"unknown ACME option {quote(each.text)}")
            setup.refuse(RefusedError("unknown-property", each, text, name=each.text, plugin=name.text))
        elif not words_ or (each.text != "acme" and len(words_) != 1):
            setup.refuse(dispenser.wrong_arguments(each.text))
        seen[each.text] = words_
        setup.properties.append(Property(each, dispenser.tokens[begin : dispenser.cursor + 1]))
    if not seen.get("acme"):
        parameters = {"name": "acme", "plugin": name.text}
        setup.refuse(RefusedError("property-missing", name, "ACME requires at least one domain", **parameters))
    for token in (words_[0] for words_ in (seen.get("ca"), seen.get("resolver")) if words_):
        problem = _acme_problem(token.text, is_authority=token in seen.get("ca", ()))
        if problem and not token.unknown:
            called = "ca" if token in seen.get("ca", ()) else "resolver"
            setup.refuse(RefusedError("not-an-endpoint", token, problem, value=token.text, name=called))


def _acme_problem(text: str, *, is_authority: bool) -> str:
    """What is wrong with the URL of an authority, or the address of a resolver; "" for nothing."""
    if is_authority:
        scheme, separator, rest = text.partition("://")
        is_url = scheme.lower() in {"http", "https"} and separator and rest.partition("/")[0]
        return "" if is_url else f"invalid ACME CA URL {quote(text)}"
    try:
        host, port = split_host_port(text)
    except GoError as error:
        return f"invalid ACME resolver {quote(text)}: {error}"
    if not host:
        return f"invalid ACME resolver {quote(text)}: host is empty"
    try:
        is_port = 1 <= atoi(port) <= _LARGEST_PORT
    except GoError:
        is_port = False
    return "" if is_port else f"invalid ACME resolver port {quote(port)}"


def serve_stale(setup: Setup, name: Token, _: Mapping[str, Any], words_: Sequence[Token]) -> None:
    """`[DURATION [immediate|verify [TIMEOUT] [TTL] [RECHECK]]]`: the timeout only with verify."""
    specs: list[str | Mapping[str, Any]] = [
        {"type": "duration", "least": "0s", "outside": "invalid negative duration for serve_stale"}
    ]
    mode = to_lower(words_[1].text) if len(words_) > 1 else "immediate"
    if len(words_) > 1:
        text = f"invalid value for serve_stale refresh mode: {mode}"
        spec = {"type": "choice", "choices": ("immediate", "verify"), "fold": True, "refused": text}
        specs.append(spec)
    if mode == "verify":
        invalid, negative = (
            "invalid serve_stale verify timeout: {go}",
            "invalid negative timeout for serve_stale verify",
        )
        specs.append({"type": "duration", "least": "0s", "refused": invalid, "outside": negative})
    elif mode == "immediate" and len(words_) > 4:
        setup.judge(words_[:2], {"values": specs}, name.text)
        setup.refuse(setup.dispenser.wrong_arguments(name.text))
        return
    specs += [
        {
            "type": "duration",
            "least": "0s",
            "refused": "invalid serve_stale response TTL: {go}",
            "outside": "invalid negative response TTL for serve_stale",
        },
        {
            "type": "duration",
            "least": "0s",
            "highest": "5m",
            "refused": "invalid serve_stale failure recheck: {go}",
            "below": "invalid negative failure recheck for serve_stale",
            "outside": "serve_stale failure recheck cannot exceed 5 minutes",
        },
    ]
    before = len(setup.refused)
    ttl_at = 3 if mode == "verify" else 2
    for index, token in enumerate(words_):
        good = judge_value(setup, token, name.text, specs[index])
        if good and index == ttl_at:
            _whole_seconds(setup, name, token)
        if len(setup.refused) > before and index == 1:
            return  # The mode decides what the rest is.


def _whole_seconds(setup: Setup, name: Token, token: Token) -> None:
    if token.unknown:
        return
    duration = parse_duration(token.text)
    text = ""
    if duration % _SECOND:
        text = "serve_stale response TTL must be a whole number of seconds"
    elif duration // _SECOND >= 1 << 32:
        text = "serve_stale response TTL exceeds the DNS TTL range"
    if text:
        setup.refuse(RefusedError("out-of-range", token, text, value=token.text, name=name.text))
