"""Log lines of mitmproxy and of libraries keep what they say and lose what they quote."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from gatelens.mitm import quiet_logs
from gatelens.mitm.quiet_logs import clean
from hypothesis import example, given
from hypothesis import strategies as st
from mitmproxy.exceptions import OptionsError

SECRET = "s3cret"


def failing(error: Exception) -> None:
    raise error


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    """What a handler of the root logger writes once the cleaning is installed."""
    quiet_logs.install()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


# -- one message


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("client connect", "client connect"),
        ("Bad HTTP request line: b'GET s3cret'", "Bad HTTP request line: '…'"),
        ("invalid header name: 's3cret', dropped", "invalid header name: '…', dropped"),
        ('invalid header name: "it\'s s3cret"', "invalid header name: '…'"),
        (r"bad b'a\'s3cret'", "bad '…'"),
        ("bind on ('127.0.0.1', 80): address in use", "bind on ('…', 80): address in use"),
        ("hostname 's3cret' doesn't match 's3cret'", "hostname '…'"),
        ("the client's header b's3cret' is bad", "the client's header '…' is bad"),
        ("can't connect to the server", "can't connect to the server"),
        ("cut off by its writer: b's3cret…", "cut off by its writer: '…'"),
        ("[b's3cret', 's3cret'] refused", "['…'] refused"),
        ("Addon error: s3cret", "Addon error"),
        ("Addon error: a\ns3cret", "Addon error"),
        ("Unhandled asyncio error: s3cret", "Unhandled asyncio error"),
        ("no Addon error: told", "no Addon error: told"),
        ("", ""),
    ],
)
def test_a_message_is_told_without_its_quotations(message: str, shown: str) -> None:
    assert clean(message) == shown


def test_a_quotation_longer_than_a_message_may_be_is_not_told_in_part() -> None:
    assert clean("Bad HTTP request line: b'" + SECRET * 1000 + "'") == "Bad HTTP request line: '…'"


def test_a_long_message_is_cut() -> None:
    assert clean("x" * 5000) == "x" * 2000


CONTENT = st.text(st.sampled_from("ab'\"\\ :=(),.b\n\x00é"), max_size=40) | st.binary(max_size=40)


@given(st.lists(CONTENT, min_size=1, max_size=3), st.sampled_from(["", "client's ", "can't read ", "n=1 "]))
@example(["'", '"', "'\""], "client's ")
def test_whatever_a_repr_quotes_is_not_told(values: list[str | bytes], before: str) -> None:
    marked = [f"{SECRET}{v}{SECRET}" if isinstance(v, str) else SECRET.encode() + v + SECRET.encode() for v in values]
    message = before + "header: " + " and ".join(map(repr, marked)) + " refused"
    assert clean(message) == f"{before}header: '…' refused"


# -- the records of a process


def test_records_of_others_are_cleaned_and_ours_are_told_as_they_are(output: io.StringIO) -> None:
    logging.getLogger("mitmproxy.proxy").warning("bad line: %r", SECRET)
    logging.getLogger("gatelens").warning("rule 'a' is bad")
    assert output.getvalue() == "mitmproxy.proxy WARNING bad line: '…'\ngatelens WARNING rule 'a' is bad\n"


def test_an_exception_is_told_by_type_and_place_without_its_message(output: io.StringIO) -> None:
    for name in ("mitmproxy", "gatelens"):
        try:
            failing(ValueError(SECRET))
        except ValueError:
            logging.getLogger(name).exception("it failed")
    assert SECRET not in output.getvalue()
    assert "Traceback" not in output.getvalue()
    lines = output.getvalue().splitlines()
    assert len(lines) == 2
    assert all(line.split(" ERROR ")[1].startswith("it failed: ValueError at failing:") for line in lines)


def test_what_an_exception_came_of_is_not_told_either(output: io.StringIO) -> None:
    error = RuntimeError(SECRET)
    error.__cause__ = KeyError(SECRET)
    try:
        failing(error)
    except RuntimeError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved: %r", SECRET)
    assert SECRET not in output.getvalue()


def test_an_operators_mistake_is_told_in_full(output: io.StringIO) -> None:
    try:
        failing(OptionsError("gatelens_mode: 'blok'; block or detect"))
    except OptionsError:
        logging.getLogger("mitmproxy").exception("cannot start")
    assert "cannot start: gatelens_mode: 'blok'; block or detect" in output.getvalue()


def test_a_record_that_cannot_be_formatted_breaks_nothing_and_tells_nothing(
    output: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("mitmproxy").warning("%d", SECRET)
    assert output.getvalue() == "mitmproxy WARNING a log record that cannot be formatted\n"
    assert SECRET not in capsys.readouterr().err


def test_a_record_that_is_remade_from_its_fields_breaks_nothing() -> None:
    quiet_logs.install()
    record = logging.makeLogRecord({"name": "mitmproxy", "msg": "plain"})
    assert record.getMessage() == "plain"


def test_it_is_installed_once() -> None:
    quiet_logs.install()
    factory = logging.getLogRecordFactory()
    quiet_logs.install()
    assert logging.getLogRecordFactory() is factory
