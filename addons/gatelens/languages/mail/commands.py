"""Find a value that ends the SMTP, IMAP or POP3 command that it is put into, and goes on with another one.

Source: RFC 5321 section 4.1 (SMTP), RFC 9051 section 6 (IMAP), RFC 1939 (POP3); CWE-77, CWE-93; CAPEC-183.
Limits: a command of one word is told where nothing but commands comes behind the line break, and a carriage return is
in it. Dialogues with the server's answers in them are text.
"""

from __future__ import annotations

import re

from gatelens.languages.mail.lines import lines
from gatelens.model.confirmed import Confirmed

_PATH = r"<?\s*(?:[\w.+%\-]{1,64}@[\w.\-]{1,200}|[\w.\-]{0,64})\s*>?"
_ENVELOPE = re.compile(rf"(?:RCPT\s+TO|MAIL\s+FROM)\s*:\s*{_PATH}", re.IGNORECASE)
_TAGGED = re.compile(
    r"[A-Z]{1,4}\d{1,5}\s+(?:(?:CAPABILITY|NOOP|LOGOUT|STARTTLS|CHECK|CLOSE|EXPUNGE|IDLE|NAMESPACE)\s*\Z"
    r"|LOGIN\s+\S+\s+\S+\s*\Z|AUTHENTICATE\s+\S+\s*\Z"
    r"|(?:UID\s+)?(?:FETCH|STORE|COPY|MOVE|SEARCH|EXPUNGE)\s+[\w*:,\"(]+"
    r"|(?:SELECT|EXAMINE|CREATE|DELETE|SUBSCRIBE|UNSUBSCRIBE|STATUS|GETQUOTA|GETACL)\s+\S+|RENAME\s+\S+\s+\S+"
    r"|(?:LIST|LSUB)\s+\S+\s+\S+|APPEND\s+\S+)"
)
_WITH_ARGUMENT = re.compile(
    r"(?:HELO|EHLO|LHLO)\s+[\w.\-\[\]:]+\s*\Z|(?:VRFY|EXPN)\s+\S+\s*\Z|AUTH\s+(?:LOGIN|PLAIN|CRAM-MD5|XOAUTH2|NTLM)\b"
    r"|(?:RETR|DELE|TOP|UIDL)\s+\d+(?:\s+\d+)?\s*\Z|(?:USER|PASS|APOP)\s+\S+\s*\Z|BDAT\s+\d+",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"(?:QUIT|RSET|NOOP|DATA|STARTTLS|STAT|LIST|UIDL|CAPA|HELP|LOGOUT|TURN|ETRN|EXPUNGE|\.)\s*\Z", re.IGNORECASE
)
_ANSWER = re.compile(r"(?:[CS]:\s|\d{3}[ \-]|\*\s|\+(?:OK)?\s|-ERR)", re.IGNORECASE)
_HEAD = re.compile(r"[\"'(){}\s]*(?:\S+\s*){0,3}[\"'()\s]*\Z")


def added_commands(text: str) -> Confirmed | None:
    """The commands of a mail protocol that `text` adds behind the one line that it was to be."""
    found = lines(text)
    if found is None or not found.rest or not _HEAD.match(found.head) or any(map(_ANSWER.match, found.rest)):
        return None
    first = found.rest[0]
    if _ENVELOPE.match(first):
        return Confirmed(first, "ends a command of SMTP, adds one for another envelope")
    if _TAGGED.match(first) or (found.returns and _TAGGED.match(first.upper())):
        return Confirmed(first, "ends a command of IMAP, adds another one")
    commands = (_WITH_ARGUMENT, _ALONE, _ENVELOPE, _TAGGED)
    if found.returns and len(found.head.split()) <= 1 and any(command.match(first) for command in commands):
        rest = found.rest[1:]
        if all(any(command.match(line) for command in commands) for line in rest) or _ends_in_mail(rest):
            return Confirmed(first, "ends a command of a mail protocol, adds another one")
    return None


def _ends_in_mail(rest: tuple[str, ...]) -> bool:
    """Whether an envelope follows further on, or the end of a mail."""
    return any(_ENVELOPE.match(line) or line in (".", "QUIT") for line in rest)
