"""What the policy makes of the findings of one message."""

from __future__ import annotations

from msgspec import Struct

from gatelens.model.finding import Action, Edit, Finding


class Decision(Struct, frozen=True, kw_only=True, gc=False):
    """The outcome for one message.

    `verdict` is what the rules ask for; `action` is what is done in `mode` (detect never does more than log).
    `mode_source` says which line of which file, or which option, set the mode. `status` is the HTTP status
    of the answer to a blocked message, 0 for the rest. `edits` are to be applied to `content`, the body without its
    content-encoding, where the action is redact.
    """

    action: Action
    verdict: Action
    mode: str
    mode_source: str
    route: str
    generation: int
    status: int = 0
    score: int = 0
    findings: tuple[Finding, ...] = ()
    edits: tuple[Edit, ...] = ()
    content: bytes = b""
    challenge: str = ""
    verbose: bool = False
    graphql: bool = False
