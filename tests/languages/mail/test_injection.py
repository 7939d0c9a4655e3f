from __future__ import annotations

import pytest
from gatelens.languages.mail.commands import added_commands
from gatelens.languages.mail.header import added_fields
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "text",
    [
        "ann@a.example\nBcc: bob@b.example",
        "ann@a.example\r\nCc: bob@b.example",
        "Ann <ann@a.example>\nTo: Bob <bob@b.example>",
        "\nBcc: bob@b.example",
        "ann\nReply-To: bob@b.example",
        "Some words here\nBcc: bob@b.example",
        "ann@a.example\nSubject: news\nBcc: bob@b.example",
        "ann@a.example\r\nContent-Type: text/html",
        "ann@a.example\\nBcc: bob@b.example",
        "ann@a.example\r\nX-Priority: 1\r\nTo: bob@b.example",
    ],
)
def test_fields_behind_the_value_of_one_are_told(text: str) -> None:
    assert added_fields(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Fix it\n\nCc: Ann <ann@a.example>",
        "Fix it well\nCc: ann@a.example",
        "From: ann@a.example\nTo: bob@b.example",
        "ann@a.example\nbob@b.example",
        "news\nSubject: more",
        "- ann\nTo: bob@b.example",
        "ann\nTo: the moon",
        "ann@a.example",
        "",
    ],
)
def test_trailers_lists_and_whole_mails_pass(text: str) -> None:
    assert added_fields(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\r\nRCPT TO:<b@b.example>", "SMTP"),
        ("a\nmail from: <b@b.example>", "SMTP"),
        ("\r\nQUIT\r\n", "a mail protocol"),
        ("a\r\nDATA\r\nhello\r\n.\r\n", "a mail protocol"),
        ("a\r\nEHLO host.example", "a mail protocol"),
        ("ann\r\nPASS x\r\nRETR 1", "a mail protocol"),
        ('"\r\nA1 LOGIN ann x', "IMAP"),
        ("a\r\nv7 capability\r\nv8 logout", "IMAP"),
        ("a\nB12 FETCH 1 BODY[]", "IMAP"),
    ],
)
def test_commands_behind_an_argument_are_told(text: str, told: str) -> None:
    found = added_commands(text)
    assert found is not None
    assert told in found.explanation


@pytest.mark.parametrize(
    "text",
    [
        "220 ready\r\nMAIL FROM:<a@b.example>\r\n250 OK",
        "a\nquit",
        "a\r\nquit smoking today",
        "a\r\nlist\r\nof things",
        "Hall\nB12 select a seat",
        "First of all, there are many words here\r\nQUIT",
        "RCPT TO:<b@b.example>",
        "",
    ],
)
def test_dialogues_and_prose_pass(text: str) -> None:
    assert added_commands(text) is None


@given(st.lists(st.sampled_from(["\r\n", "\n", "Bcc: ", "a@b.c", "RCPT TO:<", "A1 ", "QUIT"]) | st.text(max_size=9)))
def test_no_text_raises(pieces: list[str]) -> None:
    text = "".join(pieces)
    added_commands(text)
    added_fields(text)
