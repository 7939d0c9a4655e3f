"""The gateway addon: every HTTP and WebSocket message goes through the engine, and its decision is carried out.

mitmproxy forwards a flow whose hook raised, so the hooks here do not raise: whatever goes wrong is judged by the
policy's `on_error`; and what they did not finish, the seal does not let pass.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Literal, cast

from mitmproxy import ctx, http
from mitmproxy.addonmanager import Loader
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.exceptions import OptionsError
from mitmproxy.log import ALERT
from mitmproxy.utils import human

from gatelens import __version__, answers, audit, masking
from gatelens.audit import AuditLog
from gatelens.engine import Engine
from gatelens.mitm import (
    adapter,
    body_limits,
    event_streams,
    exchange,
    http1_bounds,
    http2_bounds,
    notes,
    websocket_bounds,
)
from gatelens.mitm.event_streams import LiveEvents
from gatelens.mitm.exchange import Exchange
from gatelens.mitm.http1_bounds import TOO_SLOW
from gatelens.mitm.refusals import Refusals
from gatelens.mitm.rules_in_force import RulesInForce
from gatelens.mitm.websocket_bounds import PASSED_SIZES
from gatelens.model.decision import Decision
from gatelens.model.finding import Action
from gatelens.model.message import Channel, Message, Phase
from gatelens.ruleset.faults import RulesetError
from gatelens.ruleset.files import builtin_directory

logger = logging.getLogger("gatelens")

OPTIONS = ("gatelens_rules", "gatelens_mode", "gatelens_audit", "gatelens_head_seconds", "gatelens_body_seconds")

OFF_LOOP_BYTES = 64 * 1024
"""Bodies from this size on are inspected in a thread, so that they delay no other client."""

KEPT_MESSAGES = 200
"""WebSocket messages that stay on a flow; mitmproxy alone would keep them all for ever."""

type Hooked = Coroutine[None, None, None] | None


class Gateway:
    """The one inspecting addon of a process, whatever entry scripts asked for it."""

    name = "gatelens"

    def __init__(self) -> None:
        self.selection: set[str] | None = set()
        self.rules: RulesInForce | None = None
        self._audit: AuditLog | None = None
        self._watching: asyncio.Task[None] | None = None
        self.refusals = Refusals(lambda: self._engine().policy, self._write)

    # -- life cycle

    def load(self, loader: Loader) -> None:
        loader.add_option("gatelens_rules", str, "", "Directory of rules; empty for the built-in ones.")
        loader.add_option("gatelens_mode", str, "", "block or detect, in place of the policy's mode.")
        loader.add_option("gatelens_audit", str, "", "File for audit events, - for standard output, empty for none.")
        loader.add_option("gatelens_head_seconds", int, 30, "Time for a request's head.")
        loader.add_option("gatelens_body_seconds", int, 60, "Time for a request's body, at 500 bytes a second longer.")
        body_limits.install(self)
        http1_bounds.install(self.refusals)
        http2_bounds.install(self.refusals)
        event_streams.install()
        websocket_bounds.install(self)

    def configure(self, updated: set[str]) -> None:
        """Raises OptionsError, with every fault of the rules, where the gateway cannot run as asked."""
        if ctx.options.stream_large_bodies:
            raise OptionsError("stream_large_bodies would forward bodies uninspected; set limits in policy.yaml")
        if ctx.options.ignore_hosts or ctx.options.allow_hosts:
            raise OptionsError("ignore_hosts and allow_hosts would let a client choose a Host that nothing inspects")
        if unknown := [name for name in ctx.options.deferred if name.startswith("gatelens_")]:
            raise OptionsError(f"{', '.join(unknown)}: no such option; {', '.join(OPTIONS)}")
        for name in ("gatelens_head_seconds", "gatelens_body_seconds"):
            if (seconds := getattr(ctx.options, name)) < 1:
                raise OptionsError(f"{name}: {seconds}; seconds, from 1 on")
        if updated & {"gatelens_rules", "gatelens_mode"} or self.rules is None:
            self.rules = self._load_rules()
            if self._watching:
                self._watch_rules()
        if "gatelens_audit" in updated:
            self._open_audit()

    def select(self, inspectors: set[str] | None) -> None:
        """Run `inspectors` too; None for all. Entries only ever add: a deleted script takes no inspection away."""
        selection = None if inspectors is None or self.selection is None else self.selection | inspectors
        if selection != self.selection:
            self.selection = selection
            self.rules = None  # loaded by the next configure, which has the options

    def running(self) -> None:
        if self._watching is None and self.rules is not None:
            logger.log(ALERT, "%s", self._welcome())
            self._watch_rules()

    def _watch_rules(self) -> None:
        """Watch the rules in force now, and those before no more."""
        if self._watching:
            self._watching.cancel()
        assert self.rules is not None
        self._watching = asyncio.get_running_loop().create_task(self._watch(self.rules), name="gatelens rules watcher")

    def _welcome(self) -> str:
        engine = self._engine()
        modes = " and ".join(sorted({route.mode for route in engine.policy.routes}))
        server = cast("Proxyserver | None", ctx.master.addons.get("proxyserver"))
        addresses = map(human.format_address, server.listen_addrs()) if server else ()
        listening = ", ".join(dict.fromkeys(addresses))  # both IP versions of a wildcard read the same
        return f"Gatelens {__version__} listening on {listening}: {len(engine.rules)} rules, {modes} mode"

    def done(self) -> None:
        if self._watching:
            self._watching.cancel()
        if self._audit:
            self._audit.close()
            self._audit = None

    def _load_rules(self) -> RulesInForce:
        mode = ctx.options.gatelens_mode
        if mode not in ("", "block", "detect"):
            raise OptionsError(f"gatelens_mode: {mode!r}; block, detect, or empty for the policy's own")
        directory = Path(ctx.options.gatelens_rules) if ctx.options.gatelens_rules else builtin_directory()
        try:
            return RulesInForce(directory, cast("Literal['block', 'detect'] | None", mode or None), self.selection)
        except RulesetError as error:
            raise OptionsError(f"rules not loaded:\n{error}") from error

    def _open_audit(self) -> None:
        if self._audit:
            self._audit.close()
        target = ctx.options.gatelens_audit
        try:
            self._audit = AuditLog(target) if target else None
        except OSError as error:
            raise OptionsError(f"gatelens_audit: {target!r}: {error.strerror}; a file that can be written") from error

    async def _watch(self, rules: RulesInForce) -> None:
        async for change in rules.changes():
            level, told = (ALERT, "") if change.taken else (logging.ERROR, " kept")
            logger.log(level, "rules: generation %d%s: %s", change.generation, told, change.text)
            action = "rules-reloaded" if change.taken else "rules-rejected"
            self._write(audit.notice(action, {"gatelens.generation": change.generation}))

    def _engine(self) -> Engine:
        if self.rules is None:
            raise RuntimeError("no rules loaded")
        return self.rules.engine

    # -- HTTP

    def request(self, flow: http.HTTPFlow) -> Hooked:
        passed = exchange.of(flow)
        if passed is not None and passed.streamed:
            passed.streamed = False  # judged by its size when it began, in detect mode; its body is gone already
            return None
        message = adapter.request_message(flow)
        state = exchange.begin(flow, message)
        adapter.frame_explicitly(flow.request)
        return self._judge(message, lambda decision: self._after_request(flow, state, decision), flow, state)

    def _after_request(self, flow: http.HTTPFlow, state: Exchange, decision: Decision) -> None:
        state.request_done = True
        if decision.action >= Action.THROTTLE:
            self._refuse(flow, state, decision, state.request)
        else:
            adapter.ask_for_plain_events(flow.request)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Bodies without end cannot be kept until they are whole: events are inspected one by one as they pass."""
        state = exchange.of(flow)
        if state is None or state.answered or state.response_done or flow.response is None or not flow.live:
            return
        if adapter.is_event_stream(flow.response):
            self.pass_unread(flow, -1)

    def pass_unread(self, flow: http.HTTPFlow, size: int) -> bool:
        """Judge a response whose body is not kept (size: bytes so far, or -1), and let it stream where the rules do.

        Of server-sent events, the head is judged now and the events as they come. Returns whether it may pass.
        """
        state = exchange.of(flow)
        if state is None or flow.response is None:
            return False
        live = adapter.is_event_stream(flow.response) and "content-encoding" not in flow.response.headers
        started = time.perf_counter_ns()
        decision = self._decide(adapter.response_message(flow, state.request, 0 if live else size))
        if decision.findings or not live:
            state.judge(Phase.RESPONSE, decision, started)
        if decision.action >= Action.THROTTLE:
            return False
        state.response_done = True
        flow.response.stream = self._live_events(flow, state) if live else True
        return True

    def _live_events(self, flow: http.HTTPFlow, state: Exchange) -> LiveEvents:
        def decide(content: bytes) -> Decision:
            return self._decide(adapter.event_message(flow, state.request, content))

        def note(decision: Decision, started: int) -> None:
            state.judge(Phase.RESPONSE, decision, started)
            self._tell(decision, state)

        adapter.frame_as_stream(flow)
        return LiveEvents(self._engine().route_of(state.request).limits.event_size, decide, note)

    def response(self, flow: http.HTTPFlow) -> Hooked:
        state = exchange.of(flow)
        if state is None or flow.response is None:
            return None  # the seal answers for it
        if state.answered or state.response_done:
            self._conclude(flow, state)
            return None
        message = adapter.response_message(flow, state.request)
        return self._judge(message, lambda decision: self._after_response(flow, state, decision, message), flow, state)

    def _after_response(self, flow: http.HTTPFlow, state: Exchange, decision: Decision, message: Message) -> None:
        if decision.action >= Action.THROTTLE:
            self._refuse(flow, state, decision, message)
        elif decision.action is Action.REDACT:
            adapter.redact(flow, decision)
        state.response_done = True
        if flow.websocket is None:
            self._conclude(flow, state)

    def error(self, flow: http.HTTPFlow) -> None:
        """A flow that ended without a response: refused by mitmproxy, or broken off."""
        state = exchange.of(flow) or exchange.begin(flow, adapter.request_message(flow))
        state.transaction.error = "aborted" if state.request_done else "refused"
        if flow.error and flow.error.msg == TOO_SLOW:
            state.transaction.error, state.transaction.status = "too-slow", 408
        state.streamed = False  # its stream has ended with it
        self._conclude(flow, state)

    def body_limit(self, flow: http.HTTPFlow, size: int, *, request: bool) -> int:
        """See body_limits.Guard. Most bodies are under the least limit of all routes, and need no route."""
        engine = self._engine()
        least = engine.least_limits.request_body if request else engine.least_limits.response_body
        state = exchange.of(flow)
        if size <= least or (state is not None and state.streamed):
            return size
        limits = engine.route_of(adapter.request_message(flow)).limits
        return limits.request_body if request else limits.response_body

    def refuse_unread(self, flow: http.HTTPFlow, size: int) -> str:
        """Note that the request of `flow` passes its size limit at `size` bytes; return the incident for the answer,
        or nothing where the rules let it pass that size."""
        message = adapter.request_message(flow, size)
        state = exchange.begin(flow, message)
        started = time.perf_counter_ns()
        decision = self._decide(message)
        state.judge(Phase.REQUEST, decision, started)
        self._tell(decision, state)
        if decision.action < Action.THROTTLE:
            state.request_done = state.streamed = True
            adapter.frame_explicitly(flow.request, size)
            return ""
        state.transaction.status = decision.status
        return state.transaction.incident

    # -- WebSocket

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        state = exchange.of(flow)
        if state is None or flow.websocket is None:
            return  # the seal drops it
        sent = flow.websocket.messages[-1]
        over = len(sent.content) > self.message_limit(flow)
        unread, content = (len(sent.content), b"") if over else (0, sent.content)
        message = adapter.websocket_message(
            state.request, content, sent.timestamp, from_client=sent.from_client, unread=unread
        )
        started = time.perf_counter_ns()
        decision = self._decide(message)
        if decision.findings:
            self._note(flow, state, message, decision, started)
        if decision.action >= Action.THROTTLE:
            sent.drop()
        elif decision.action is Action.REDACT:
            sent.content = adapter.redacted(decision)
        state.passed = sent
        del flow.websocket.messages[:-KEPT_MESSAGES]

    def message_limit(self, flow: http.HTTPFlow) -> int:
        """See websocket_bounds.Guard."""
        state = exchange.of(flow)
        engine = self._engine()
        return engine.route_of(state.request).limits.event_size if state else engine.least_limits.event_size

    def pass_oversized(self, flow: http.HTTPFlow, size: int, *, from_client: bool) -> bool:
        """See websocket_bounds.Guard. What passes is told when it is whole."""
        state = exchange.of(flow)
        if state is None:
            return False
        message = adapter.websocket_message(state.request, b"", time.time(), from_client=from_client, unread=size)
        started = time.perf_counter_ns()
        decision = self._decide(message)
        passes = decision.action < Action.THROTTLE and size <= self.message_limit(flow) * PASSED_SIZES
        if not passes:
            self._note(flow, state, message, decision, started)
        return passes

    def _note(self, flow: http.HTTPFlow, state: Exchange, message: Message, decision: Decision, started: int) -> None:
        state.judge(message.phase, decision, started)
        self._tell(decision, state)
        notes.annotate(flow, state.transaction)

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        if state := exchange.of(flow):
            state.transaction.channel = Channel.WEBSOCKET
            self._conclude(flow, state)

    # -- in common

    def _decide(self, message: Message) -> Decision:
        engine = self._engine()
        try:
            return engine.inspect(message)
        except Exception as error:  # not even a fault of the engine itself may forward a message
            return engine.failed(message, error)

    def _judge(
        self, message: Message, then: Callable[[Decision], None], flow: http.HTTPFlow, state: Exchange
    ) -> Hooked:
        """Decide on `message` and go on with `then`: at once, or for a large body in a thread."""
        started = time.perf_counter_ns()

        def finish(decision: Decision) -> None:
            state.judge(message.phase, decision, started)
            if decision.findings:
                self._tell(decision, state)
            then(decision)

        if len(message.body) < OFF_LOOP_BYTES:
            finish(self._decide(message))
            return None

        async def off_loop() -> None:
            finish(await asyncio.to_thread(self._decide, message))

        return off_loop()

    def _refuse(self, flow: http.HTTPFlow, state: Exchange, decision: Decision, message: Message) -> None:
        state.answered = True
        adapter.respond(flow, answers.answer(decision, message, state.transaction.incident))

    def _tell(self, decision: Decision, state: Exchange) -> None:
        """One line for the person at the terminal or in the console."""
        if decision.verdict > Action.ALLOW:
            request = state.transaction
            level = ALERT if decision.verdict > Action.LOG else logging.INFO
            logger.log(level, "%s %s %s", audit.shown_method(request), masking.path(request.path), notes.line(decision))

    def _conclude(self, flow: http.HTTPFlow, state: Exchange) -> None:
        """The transaction is over: one event, and the marks for the analyst."""
        if state.logged:
            return
        state.logged = True
        if flow.response is not None:
            state.transaction.status = flow.response.status_code
        notes.annotate(flow, state.transaction)
        self._write(audit.event(state.transaction))

    def _write(self, event: dict[str, object]) -> None:
        if self._audit:
            self._audit.write(event)
