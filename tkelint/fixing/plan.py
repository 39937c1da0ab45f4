"""Which fixes are applied, and to what texts that leads: in rounds, until a round has nothing left to apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tkelint.fixing.combine import Combination, compatible
from tkelint.fixing.model import (
    CONTEXT,
    RENDERED,
    UNPROVEN,
    UNSETTLED,
    Fault,
    FileChange,
    Outcome,
    Refusal,
    key_of,
)
from tkelint.fixing.proof import fault_of_findings, fault_of_text
from tkelint.reader import read_files
from tkelint.redact import secret_spans
from tkelint.syntax.document import TextDocument

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tkelint.fixing.model import Lint, Sources
    from tkelint.problem import Finding
    from tkelint.report import Report
    from tkelint.source import SourceFile, Span

_MOST_ROUNDS: Final = 10
_MOST_PROOFS: Final = 100  # each is a run over the whole tree


class _State(NamedTuple):
    """Texts, and what is found in them."""

    sources: Sources
    report: Report


def plan(sources: Sources, lint: Lint, *, rules: Collection[str], unsafe: bool) -> Outcome:
    """Apply the fixes of the findings of some rules, those that are not safe only with `unsafe`.

    `lint` is asked with other texts of the same files; it should run all rules, since each is a witness.
    """
    return _Planner(sources, lint, rules, unsafe=unsafe).run()


class _Planner:
    """The state of a plan: texts as they are so far, and what was decided."""

    def __init__(self, sources: Sources, lint: Lint, rules: Collection[str], *, unsafe: bool) -> None:
        self._lint = lint
        self._rules = rules
        self._unsafe = unsafe
        self._before = sources
        self._state = _State(sources, lint(sources))
        self._targets = {source.path for source, targeted in sources if targeted}
        self._applied: list[Finding] = []
        self._refused: dict[tuple[str, str, str], Refusal] = {}
        self._proofs_left = _MOST_PROOFS

    def run(self) -> Outcome:
        """Round by round: each applies what can be applied at once."""
        for _ in range(_MOST_ROUNDS):
            batch = compatible(self._wanted())
            if not batch or not self._apply(batch):
                break
        for finding in self._wanted():
            self._refuse(finding, Fault(UNSETTLED))
        return self._outcome()

    def _wanted(self) -> list[Finding]:
        """The findings with a fix that may yet be applied; of the others it is noted why not."""
        wanted = []
        for finding in self._state.report.findings:
            if finding.repair and self._is_asked_for(finding, safe=finding.repair.safe):
                fault = self._fault_of_place(finding)
                if fault is not None:
                    self._refuse(finding, fault)
                elif key_of(finding) not in self._refused:
                    wanted.append(finding)
        return wanted

    def _is_asked_for(self, finding: Finding, *, safe: bool) -> bool:
        return finding.rule_id in self._rules and (safe or self._unsafe)

    def _fault_of_place(self, finding: Finding) -> Fault | None:
        """Whether the text of a fix is one that people edit, and that is to be linted."""
        if finding.template is not None:
            return Fault(RENDERED, {"template": finding.template})
        paths = sorted({each.place.source.path for each in finding.repair.replacements} if finding.repair else ())
        known = next((path for path in paths if path not in self._targets), None)
        return Fault(CONTEXT, {"path": known}) if known is not None else None

    def _apply(self, batch: Sequence[Finding]) -> bool:
        """Apply what proves right of a batch; whether anything did. What fails is looked for part by part."""
        accepted: list[Finding] = []
        state = self._state
        waiting = [list(batch)]
        while waiting:
            group = waiting.pop()
            tried = self._try([*accepted, *group]) if self._proofs_left else Fault(UNPROVEN)
            if isinstance(tried, _State):
                accepted, state = [*accepted, *group], tried
            elif len(group) == 1 or not self._proofs_left:
                for finding in group:
                    self._refuse(finding, tried)
            else:
                waiting += _parts(group, str(tried.parameters.get("path", "")))
        self._applied += accepted
        self._state = state
        return bool(accepted)

    def _try(self, findings: Sequence[Finding]) -> _State | Fault:
        """The state after some fixes, or what is wrong with it."""
        combination = Combination.of(findings)
        texts = combination.texts()
        if texts is None:
            return Fault(UNSETTLED)
        for path, after in texts.items():
            made = {document: each for document, each in combination.changes.items() if document.source.path == path}
            is_corefile = any(isinstance(document, TextDocument) for document in made)
            fault = fault_of_text(after, made, is_corefile=is_corefile)
            if fault is not None:
                return fault
        self._proofs_left -= 1
        sources = [(texts.get(source.path, source), targeted) for source, targeted in self._state.sources]
        report = self._lint(sources)
        return fault_of_findings(self._state.report, report, findings) or _State(sources, report)

    def _refuse(self, finding: Finding, fault: Fault) -> None:
        self._refused.setdefault(key_of(finding), Refusal(finding, fault))

    def _outcome(self) -> Outcome:
        report = self._state.report
        for finding in report.findings:
            if finding.unrepaired and self._is_asked_for(finding, safe=finding.unrepaired.safe):
                self._refuse(finding, Fault(finding.unrepaired.reason))
        left = {key_of(finding) for finding in report.findings}
        waiting = [
            each for each in report.findings if each.repair and not each.repair.safe and each.rule_id in self._rules
        ]
        return Outcome(
            changes=tuple(_changes(self._before, self._state.sources)),
            applied=tuple(self._applied),
            refused=tuple(refusal for key, refusal in self._refused.items() if key in left),
            waiting=0 if self._unsafe else len(waiting),
            report=report,
        )


def _parts(group: list[Finding], path: str) -> list[list[Finding]]:
    """A group that fails in two parts, the last to be tried first: the fixes of the file where it failed, or a half."""
    suspects = [
        each for each in group if each.repair and any(one.place.source.path == path for one in each.repair.replacements)
    ]
    if 0 < len(suspects) < len(group):
        return [suspects, [each for each in group if each not in suspects]]
    return [group[len(group) // 2 :], group[: len(group) // 2]]


def _changes(before: Sources, after: Sources) -> Iterable[FileChange]:
    for (old, _), (new, _) in zip(before, after, strict=True):
        if old.text != new.text:
            yield FileChange(old, new, _secrets(old), _secrets(new))


def _secrets(source: SourceFile) -> tuple[Span, ...]:
    readings, _ = read_files([(source, True)])
    return secret_spans(readings, {source.path}).get(source.path, ())
