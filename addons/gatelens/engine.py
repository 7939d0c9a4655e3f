"""Layer 4: a message in, a decision out. Decoders, scan, inspectors and policy in their order; nothing else.

Pure but for two bounded memories of header fields and names that were scanned before and hold nothing.
The one place where an exception of ours becomes a finding (`inspection-failed`), which the policy's `on_error` judges.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from gatelens import inspectors, masking
from gatelens.decoders.decoded import Decoded, HeaderField
from gatelens.decoders.message_decoder import decode
from gatelens.inspection import Hit, Inspector, Target, Trigger, View
from gatelens.model.decision import Decision
from gatelens.model.finding import Action, Category, Edit, Finding, Match, Severity
from gatelens.model.location import WHOLE_MESSAGE, Location
from gatelens.model.message import Message, Phase
from gatelens.model.rule import Rule
from gatelens.policy import Exclusion, Policy, Route, in_force, location_fits, may_select, strictest, surely_selects
from gatelens.policy import route_of as route_among
from gatelens.ruleset.faults import Fault, RulesetError
from gatelens.ruleset.loader import Ruleset, is_builtin
from gatelens.ruleset.shared_scan import Scanned, SharedScan

FAILED = "inspection-failed"
THRESHOLD = "score-threshold"
OVERFLOW = "too-much-to-inspect"

_TOLD = 100
"""Values of one message that a rule which redacts tells one by one."""

_MEMORY = 4096
_MEMORY_BYTES = 1024


class _PhasePlan:
    """What runs for one phase: the shared scan, and the inspectors with their rules."""

    def __init__(self, rules: Sequence[Rule], phase: Phase) -> None:
        by_inspector: dict[str, list[Rule]] = {}
        for rule in rules:
            if rule.phase is phase:
                by_inspector.setdefault(rule.inspector, []).append(rule)
        self.rules = {rule.id: rule for own in by_inspector.values() for rule in own}
        self.inspectors: list[tuple[str, Inspector, list[Rule], bool]] = []
        triggers: list[Trigger] = []
        for name, own in sorted(by_inspector.items()):
            inspector = _inspector(name, own)
            triggers += inspector.triggers
            self.inspectors.append((name, inspector, own, bool(inspector.triggers)))
        self.triggered = [self.rules[rule_id] for rule_id in dict.fromkeys(trigger.rule for trigger in triggers)]
        self.scoped = [rule for rule in self.rules.values() if rule.routes]
        added = {rule.id for rule in self.rules.values() if not is_builtin(rule)}
        self.scan = SharedScan(
            [trigger for trigger in triggers if trigger.rule not in added],
            [trigger for trigger in triggers if trigger.rule in added],
        )
        self.known_fields: set[HeaderField] = set()
        self.known_keys: set[str] = set()
        self._always = [entry for entry in self.inspectors if not entry[3]]

    def called(self, hits: Mapping[str, Sequence[Hit]]) -> Sequence[tuple[str, Inspector, list[Rule], bool]]:
        """The inspectors to be called where `hits` are all there are, by name."""
        return [entry for entry in self.inspectors if not entry[3] or entry[0] in hits] if hits else self._always


def _inspector(name: str, rules: Sequence[Rule]) -> Inspector:
    """Build the inspector of `rules`. Raises RulesetError where their params cannot work, such as a bad key file."""
    try:
        return inspectors.inspector_of(name)(rules)
    except ValueError as error:
        files = ", ".join(rule.source for rule in rules)
        raise RulesetError([Fault(files, 1, 1, "params", str(error), f"what {name} can work with")]) from error


class Engine:
    """One ruleset in force. Safe to call from several threads."""

    def __init__(self, ruleset: Ruleset, generation: int = 1, selection: AbstractSet[str] | None = None) -> None:
        """`generation` counts the rulesets a process has had; `selection` are the inspectors to run, all if None.

        Raises RulesetError where an inspector cannot work with its rules.
        """
        rules = [rule for rule in ruleset.rules if selection is None or rule.inspector in selection]
        self.rules = tuple(rules)
        self.ruleset = ruleset
        self.policy: Policy = ruleset.policy
        self.generation = generation
        self.least_limits = strictest(self.policy.routes).limits
        # An exclusion is for a place, so where there is one each match needs its own.
        self._told = sys.maxsize if self.policy.exclusions else _TOLD
        self._plans = {phase: _PhasePlan(rules, phase) for phase in Phase}

    def route_of(self, message: Message) -> Route:
        """The route of the policy that takes the request of `message`, whichever way its path is read."""
        request = message.request or message
        return route_among(self.policy.routes, request.method, request.path)

    def inspect(self, message: Message) -> Decision:
        """Inspect and judge `message`. Never raises: a fault of ours is a finding."""
        route = self.route_of(message)
        decoded = Decoded()
        try:
            plan = self._plans[message.phase]
            decode(message, decoded, route.limits, plan.known_fields, plan.known_keys)
            findings = self._findings(message, decoded, plan)
        except Exception as error:  # every fault must end in on_error, whatever it is
            findings = [self._failure(error)]
        return self._decide(message, route, findings, decoded)

    def suspects(self, message: Message) -> Iterator[tuple[Inspector, Hit]]:
        """What the shared scan names in `message`, each with the inspector that looks at it. For a person who asks why;
        may raise where `inspect` has a finding of its own failure."""
        decoded = Decoded()
        plan = self._plans[message.phase]
        decode(message, decoded, self.route_of(message).limits, set(), set())
        hits, _ = self._scan(decoded, plan, self._inactive(message, plan))
        for name, inspector, _, _ in plan.inspectors:
            for hit in hits.get(name, ()):
                yield inspector, hit

    def _findings(self, message: Message, decoded: Decoded, plan: _PhasePlan) -> list[Finding]:
        inactive = self._inactive(message, plan)
        hits, scanned = self._scan(decoded, plan, inactive)
        findings: list[Finding] = []
        if not scanned.complete:
            findings += _too_many([rule for rule in plan.triggered if rule.id not in inactive], scanned.most)
        for name, inspector, rules, _ in plan.called(hits):
            active = [rule for rule in rules if rule.id not in inactive] if inactive else rules
            if not active:
                continue
            try:
                matches = _distinct(
                    inspector.inspect(View(message, decoded, active, hits.get(name, ()), scanned.most, self._told))
                )
            except Exception as error:  # one inspector's fault must not hide what the others find
                findings.append(self._failure(error))
            else:
                findings += (self._finding(match, plan.rules[match.rule], message) for match in matches)
        return findings

    def _inactive(self, message: Message, plan: _PhasePlan) -> frozenset[str]:
        """Rules that are bound to routes of which this message's is none, however its path is read."""
        if not plan.scoped:
            return frozenset()
        request = message.request or message
        return frozenset(
            rule.id
            for rule in plan.scoped
            if not any(may_select(route, request.method, request.path) for route in rule.routes)
        )

    def _scan(
        self, decoded: Decoded, plan: _PhasePlan, inactive: AbstractSet[str]
    ) -> tuple[dict[str, list[Hit]], Scanned]:
        """The one scan over all texts; hits by inspector."""
        texts: list[str] = []
        for segment in decoded.segments:
            texts += segment.texts
        scanned = plan.scan.find(texts, len(decoded.content))
        hits: dict[str, list[Hit]] = {}
        if not scanned.hits:
            if texts and scanned.complete:
                self._remember(decoded, plan)
            return hits, scanned
        segments = iter(decoded.segments)
        segment = next(segments)
        first, last = 0, -1
        for index, rule_id in scanned.hits:  # in the order of the texts
            while index - first >= len(segment.texts):
                first += len(segment.texts)
                segment = next(segments)
            if index != last:
                last = index
                target = Target(segment, index - first, segment.texts[index - first])
            rule = plan.rules[rule_id]
            if rule_id not in inactive and (not rule.parts or segment.part in rule.parts):
                hits.setdefault(rule.inspector, []).append(Hit(rule, target))
        return hits, scanned

    def _remember(self, decoded: Decoded, plan: _PhasePlan) -> None:
        """Header fields and names seen in a message without a hit need no scan the next time.

        An anomaly may mean that something was not read to its end, so that nothing is known of such a message.
        """
        if decoded.anomalies:
            return
        if decoded.candidates:
            if len(plan.known_fields) > _MEMORY:
                plan.known_fields.clear()
            plan.known_fields.update(field for field in decoded.candidates if sum(map(len, field)) <= _MEMORY_BYTES)
        document = decoded.json
        if document is not None and document.keys in decoded.segments:
            if len(plan.known_keys) > _MEMORY:
                plan.known_keys.clear()
            plan.known_keys.update(name for name in document.keys.texts if len(name) <= _MEMORY_BYTES)

    def _finding(self, match: Match, rule: Rule, message: Message) -> Finding:
        exclusion = self._exclusion(match, message)
        return Finding(
            rule=rule.id,
            severity=rule.severity,
            action=Action.ALLOW if exclusion else _action(rule, match),
            category=rule.category,
            location=match.location,
            evidence=masking.evidence(match.evidence),
            explanation=match.explanation,
            transformations=match.transformations,
            tags=rule.tags,
            excluded=f"{exclusion.reason} ({exclusion.owner}, until {exclusion.expires})" if exclusion else "",
            edits=match.edits,
            challenge=match.challenge,
        )

    def _exclusion(self, match: Match, message: Message) -> Exclusion | None:
        request = message.request or message
        for exclusion in self.policy.exclusions:
            if (
                exclusion.rule == match.rule
                and in_force(exclusion, message.time)
                and surely_selects(exclusion, request.method, request.path)
                and location_fits(exclusion.location, match.location)
            ):
                return exclusion
        return None

    def _failure(self, error: Exception) -> Finding:
        """A fault of ours. Its message may quote the traffic, so only its type and place are told."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
        return Finding(
            rule=FAILED,
            severity=Severity.CRITICAL,
            action=Action.of(self.policy.on_error),
            category=Category.ERROR,
            location=WHOLE_MESSAGE,
            explanation=type(error).__name__ + place,
        )

    def failed(self, message: Message, error: Exception) -> Decision:
        """The decision for a message that something around the engine failed on: the policy's `on_error`."""
        return self._decide(message, self.route_of(message), [self._failure(error)], Decoded())

    def _decide(self, message: Message, route: Route, findings: list[Finding], decoded: Decoded) -> Decision:
        if not findings:
            return Decision(
                action=Action.ALLOW,
                verdict=Action.ALLOW,
                mode=route.mode,
                mode_source=route.mode_source,
                route=route.name,
                generation=self.generation,
                graphql=bool(decoded.graphql),
            )
        score = self._score(findings)
        request = message.phase is Phase.REQUEST
        threshold = self.policy.scoring.request if request else self.policy.scoring.response
        verdict = max(finding.action for finding in findings)
        if score >= threshold and verdict < Action.BLOCK:
            verdict = Action.BLOCK
            findings.append(_over_threshold(score, threshold, request=request))
        cause = _cause(findings, verdict)
        action = verdict if route.mode == "block" else min(verdict, Action.LOG)
        blocked = action >= Action.THROTTLE
        edits = () if action is not Action.REDACT else _edits(findings)
        return Decision(
            action=action,
            verdict=verdict,
            mode=route.mode,
            mode_source=route.mode_source,
            route=route.name,
            generation=self.generation,
            status=self.policy.statuses[cause.category] if blocked else 0,
            score=score,
            findings=tuple(findings),
            edits=edits,
            content=decoded.content if edits else b"",
            challenge=cause.challenge if blocked else "",
            verbose=self.policy.verbose,
            graphql=bool(decoded.graphql),
        )

    def _score(self, findings: Iterable[Finding]) -> int:
        """Suspicions add up: each logged rule once. What is blocked or redacted is dealt with already."""
        scored = {
            finding.rule: self.policy.scores[finding.severity]
            for finding in findings
            if finding.action is Action.LOG and self._is_scored(finding.rule)
        }
        return sum(scored.values())

    def _is_scored(self, rule_id: str) -> bool:
        rules = (plan.rules[rule_id] for plan in self._plans.values() if rule_id in plan.rules)
        return any(rule.scored or self.policy.scoring.observations for rule in rules)


def _distinct(matches: Iterable[Match]) -> list[Match]:
    """`matches` without those that only say again, of a value unwrapped further, what was said of it before."""
    told: dict[tuple[str, Location, str], tuple[str, ...]] = {}
    kept: list[Match] = []
    for match in matches:
        # What is redacted differs by its evidence: a value may hold one card in clear and another one encoded.
        place = match.rule, match.location, match.evidence if match.edits else ""
        first = told.setdefault(place, match.transformations)
        if first == match.transformations:
            kept.append(match)
    return kept


def _action(rule: Rule, match: Match) -> Action:
    """What follows from `match`. What is to be redacted and cannot be, because its bytes are unknown, is blocked."""
    return Action.BLOCK if rule.action is Action.REDACT and not match.edits else rule.action


def _edits(findings: Iterable[Finding]) -> tuple[Edit, ...]:
    return tuple(edit for finding in findings if finding.action is Action.REDACT for edit in finding.edits)


def _cause(findings: Sequence[Finding], verdict: Action) -> Finding:
    """The finding that the answer is about: of those that ask for the verdict, the gravest, and the first of these."""
    return max(
        (finding for finding in findings if finding.action is verdict),
        key=lambda finding: finding.severity.rank,
    )


def _too_many(rules: Sequence[Rule], most: int) -> list[Finding]:
    """What follows where more values need a look than a message may cost: the gravest that any rule could ask for,
    since each could be one that was not looked at."""
    if not rules:
        return []
    worst = max(rules, key=lambda rule: (rule.action is Action.REDACT, rule.action, rule.severity.rank))
    return [
        Finding(
            rule=OVERFLOW,
            severity=worst.severity,
            action=Action.BLOCK if worst.action is Action.REDACT else worst.action,
            category=worst.category,
            location=WHOLE_MESSAGE,
            explanation=f"more than {most} values that need a look",
        )
    ]


def _over_threshold(score: int, threshold: int, *, request: bool) -> Finding:
    return Finding(
        rule=THRESHOLD,
        severity=Severity.HIGH,
        action=Action.BLOCK,
        category=Category.ATTACK if request else Category.RESPONSE,
        location=Location(WHOLE_MESSAGE.part),
        explanation=f"score {score}, threshold {threshold}",
    )
