"""Mark a flow for the analyst: a marker, a one-line comment and metadata.

They show in the console and in mitmweb, and stay in saved files, so only masked findings are written.
"""

from __future__ import annotations

from mitmproxy import http

from gatelens.audit import MAX_FINDINGS, Transaction, told, where
from gatelens.model.decision import Decision
from gatelens.model.finding import Action, Finding

_MARKERS = {
    Action.BLOCK: ":red_circle:",
    Action.THROTTLE: ":red_circle:",
    Action.REDACT: ":large_blue_circle:",
    Action.LOG: ":yellow_circle:",
}


def annotate(flow: http.HTTPFlow, transaction: Transaction) -> None:
    """Write the findings of `transaction` on `flow`; nothing where there are none."""
    decisions = [judged.decision for judged in transaction.judged if judged.decision.findings]
    if not decisions:
        return
    findings = [(judged.phase, finding) for judged in transaction.judged for finding in judged.decision.findings]
    leading = max(decisions, key=lambda decision: (decision.action, decision.verdict))
    flow.marked = _MARKERS.get(leading.action, "")
    flow.comment = line(leading)
    flow.metadata["gatelens"] = {
        "incident": transaction.incident,
        "action": leading.action.word,
        "mode": f"{leading.mode} ({leading.mode_source})",
        "route": leading.route,
        "generation": leading.generation,
        "findings": [told(finding, phase) for phase, finding in findings[:MAX_FINDINGS]],
    }


def line(decision: Decision) -> str:
    """`block RULE PLACE (STEPS) 'EVIDENCE': EXPLANATION` for the gravest finding, and how many more there are."""
    top = max(decision.findings, key=lambda finding: (finding.action, finding.severity.rank))
    more = len(decision.findings) - 1
    would = f" (would {decision.verdict.word})" if decision.verdict > decision.action else ""
    return f"{decision.action.word}{would} {_told(top)}" + (f" and {more} more" if more else "")


def _told(finding: Finding) -> str:
    explanation = f": {finding.explanation}" if finding.explanation else ""
    evidence = f" {finding.evidence!r}" if finding.evidence else ""
    steps = f" ({', '.join(finding.transformations)})" if finding.transformations else ""
    return f"{finding.rule} {where(finding)}{steps}{evidence}{explanation}"
