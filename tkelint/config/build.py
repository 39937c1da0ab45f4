"""From the plain values of a configuration to `Config`, with complaints about what the schema cannot express."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tkelint.cluster import FACTS, ClusterFacts
from tkelint.config.clusters import clusters
from tkelint.config.facts import declared_facts, entries_of, external
from tkelint.config.model import Config, Ignore, RuleSetting
from tkelint.config.problems import Complaints, ConfigError, nearest, shown
from tkelint.config.renders import chart_settings, inner_path, inner_paths
from tkelint.config.validate import canonical, validate
from tkelint.gitignore import IgnoreRules
from tkelint.problem import Severity
from tkelint.rule import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tkelint.config.file import ConfigFile
    from tkelint.config.problems import ConfigProblem, Location
    from tkelint.syntax.document import FieldPath

_ONLY_IN_A_FILE: Final = frozenset({"securityGroups", "clbs"})
_LONGEST_NUMBER: Final = 10  # digits; Python refuses to read very long ones


def rule_names() -> dict[str, str]:
    """Every name a rule may be called by, with its id: the ids, and those it once had."""
    rules = load_rules()
    return {**{alias: rule.id for rule in rules.values() for alias in rule.aliases}, **{name: name for name in rules}}


def build(file: ConfigFile, base: Config, names: Mapping[str, str]) -> Config:
    """The configuration that a file says; `base` has the root and the rest that no file says.

    `names` are the names of rules with their ids. Raises `ConfigError` with everything that is wrong: what satisfies
    the schema is looked at more closely even where other parts, or other keys of the same entry, do not.
    """
    complaints = Complaints(file)
    value = canonical(file.value)
    validate(value, complaints)
    value = _sound(value, (), complaints) if not complaints.is_broken(()) else {}
    config = base._replace(
        cluster=ClusterFacts.declare(declared_facts(value.get("cluster", {}), ("cluster",), complaints)),
        externals=tuple(external(each) for _, each in entries_of(value, "externals")),
        context=inner_paths(entries_of(value, "context"), base, complaints),
        paths=inner_paths(entries_of(value, "paths"), base, complaints),
        charts=tuple(chart_settings(each, path, base, complaints) for path, each in entries_of(value, "charts")),
        clusters=clusters(value, base, complaints),
        exclude=tuple(_pattern(each, path, complaints) for path, each in entries_of(value, "exclude")),
        rules=dict(_settings(value.get("rules", {}), names, complaints)),
        ignores=tuple(_ignore(path, each, names, file, complaints) for path, each in entries_of(value, "ignore")),
        fail_on=value.get("failOn"),
        language=value.get("language"),
        docs_url=value.get("docsUrl", ""),
        baseline=_baseline(value, base, complaints),
    )
    complaints.settle()
    return config


def _baseline(value: Mapping[str, Any], base: Config, complaints: Complaints) -> str:
    return inner_path(value["baseline"], ("baseline",), base, complaints) or "" if "baseline" in value else ""


def assume(config: Config, assumptions: Sequence[str]) -> Config:
    """The configuration with facts taken for granted: `kubeProxyMode=ipvs`, lists separated by commas.

    `FACT=unknown` forgets what the file says. Raises `ConfigError`.
    """
    known = dict(config.cluster.known)
    problems: list[ConfigProblem] = []
    for text in assumptions:
        spelt, _, value = text.partition("=")
        name = fact_name(spelt)
        known.pop(name, None)
        try:
            known.update(_assumed(text, name, value).known)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return config._replace(cluster=ClusterFacts(known, config.cluster.contradictions))


def fact_name(spelt: str) -> str:
    """The name of a fact that may be spelt as an option is.

    >>> fact_name("kube-proxy-mode"), fact_name("kubeProxyMode")
    ('kubeProxyMode', 'kubeProxyMode')
    """
    first, *rest = spelt.split("-")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


@dataclass(frozen=True, slots=True)
class _Assumption:
    """One `--assume` as the origin of a configuration."""

    text: str

    def locate(self, path: FieldPath, *, at_key: bool = False) -> Location:  # noqa: ARG002 - it is all in one place
        return f"--assume {self.text}", None, None

    def written(self, path: FieldPath) -> str:  # noqa: ARG002 - as above
        return self.text.partition("=")[2]


def _assumed(text: str, name: str, value: str) -> ClusterFacts:
    """The fact that one `--assume` declares; none when it says that the fact is unknown."""
    complaints = Complaints(_Assumption(text))
    if not value:
        complaints.add((), "not-an-assumption", value=shown(text))
    elif name in _ONLY_IN_A_FILE:
        complaints.add((), "only-in-a-file", key=shown(name))
    complaints.settle()
    if value == "unknown" and name in FACTS:
        return ClusterFacts()
    facts = canonical({"cluster": {name: _value_of(name, value)}})
    validate(facts, complaints)
    complaints.settle()
    known = declared_facts(facts["cluster"], ("cluster",), complaints)
    complaints.settle()
    return ClusterFacts.declare(known)


def _value_of(name: str, text: str) -> Any:
    """A fact's value as the configuration would have it, from the text of the command line."""
    if name in ("nodeCount", "backendQuota") and text.isdecimal() and len(text) < _LONGEST_NUMBER:
        return int(text)
    if name == "features":
        return text.split(",")
    return {"allow": text.split(",")} if name == "nodeSecurityGroup" else text


def _sound(value: Any, path: FieldPath, complaints: Complaints) -> Any:
    """The parts of a configuration that satisfy the schema. Flawed items of a list become `None`, the others stay."""
    if isinstance(value, dict):
        sound = {key: each for key, each in value.items() if not complaints.is_broken((*path, key))}
        return {key: _sound(each, (*path, key), complaints) for key, each in sound.items()}
    if isinstance(value, list):
        return [
            None if complaints.is_broken((*path, index)) else _sound(each, (*path, index), complaints)
            for index, each in enumerate(value)
        ]
    return value


def _pattern(text: str, path: FieldPath, complaints: Complaints) -> str:
    if IgnoreRules([text]).refused:
        complaints.add(path, "not-a-pattern", value=shown(text))
    return text


def _settings(
    values: Mapping[str, Any], names: Mapping[str, str], complaints: Complaints
) -> Iterator[tuple[str, RuleSetting]]:
    for name, value in values.items():
        if name not in names:
            _complain_of_rule(name, ("rules", name), names, complaints, at_key=True)
            continue
        severity = Severity(value["severity"]) if "severity" in value else None
        yield names[name], RuleSetting(severity, value.get("enabled"))


def _complain_of_rule(
    name: str, path: FieldPath, names: Mapping[str, str], complaints: Complaints, *, at_key: bool = False
) -> None:
    if not complaints.is_full:
        complaints.add(path, "unknown-rule", at_key=at_key, suggestion=nearest(name, names), value=shown(name))


def _ignore(
    path: FieldPath, value: Mapping[str, Any], names: Mapping[str, str], file: ConfigFile, complaints: Complaints
) -> Ignore:
    rule = value.get("rule", "")
    if rule and rule not in names:
        _complain_of_rule(rule, (*path, "rule"), names, complaints)
    return Ignore(
        rule=names.get(rule, rule),
        reason=value.get("reason", ""),
        path=_pattern(value["path"], (*path, "path"), complaints) if "path" in value else "",
        object=value.get("object", ""),
        expires=_date(value.get("expires"), (*path, "expires"), complaints),
        place=file.place((*path, "rule")),
    )


def _date(text: str | None, path: FieldPath, complaints: Complaints) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        complaints.add(path, "not-a-date", value=shown(text))
        return None
