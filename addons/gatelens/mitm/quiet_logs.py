"""Log lines and exceptions of mitmproxy without the traffic they quote.

mitmproxy logs, among others, the bytes of a broken request head, a header it refuses and the payload of a ping; an
exception's message may hold whatever it failed on (CWE-532). Every record is cleaned where it is made, before any
handler sees it.
"""

from __future__ import annotations

import logging
import re
import traceback

from mitmproxy.exceptions import OptionsError

# From the first quotation mark, which no apostrophe is, to the last one: pairs cannot be told, for a quoted value may
# hold the marks too. Where there is but one, or the end is cut off, to the end.
_OPENING = r"(?:\bb|(?<!\w))['\"]"
_QUOTED = re.compile(_OPENING + r"(?:.*['\"]|.*)", re.DOTALL)
_QUOTED_TO_THE_END = re.compile(_OPENING + r".*", re.DOTALL)
_ERROR = re.compile(r"^(Addon error|connection handler has crashed|Unhandled asyncio error): .*", re.DOTALL)
_OWN = "gatelens"
_MAX_LENGTH = 2000


def clean(message: str) -> str:
    """`message` without what it quotes."""
    quoted = _QUOTED if len(message) <= _MAX_LENGTH else _QUOTED_TO_THE_END
    return _ERROR.sub(r"\1", quoted.sub("'…'", message[:_MAX_LENGTH], count=1))


def install() -> None:
    """Clean every record made from now on in this process."""
    make = logging.getLogRecordFactory()
    if getattr(make, "cleans", False):
        return

    def cleaned(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if record.exc_info and record.exc_info[0]:
            record.msg = f"{_message(record)}: {_cause(record.exc_info)}"
            record.args = None
            record.exc_info = None
        elif not str(record.name).startswith(_OWN):
            record.msg = _message(record)
            record.args = None
        return record

    cleaned.cleans = True  # type: ignore[attr-defined]  # a mark, so that it is installed once
    logging.setLogRecordFactory(cleaned)


def _message(record: logging.LogRecord) -> str:
    try:
        return clean(record.getMessage())
    except Exception:  # logging reports what cannot be formatted with all its arguments, and never raises
        return "a log record that cannot be formatted"


def _cause(info: object) -> str:
    assert isinstance(info, tuple)
    kind, error, trace = info
    if issubclass(kind, OptionsError):
        return str(error)  # an operator's mistake: the message is for the operator, and made by us
    frames = traceback.extract_tb(trace)[-3:]
    return f"{kind.__name__} at " + " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
