"""Find a value of one mail header field that goes on with another field: more recipients, another body.

Source: RFC 5322 sections 2.2 and 3.6 (fields), CWE-93, CWE-150.
Limits: recipients behind a first line of several words, as in the trailers of a commit message, are text, but for Bcc,
which is of no use there.
"""

from __future__ import annotations

import re

from gatelens.languages.mail.lines import lines
from gatelens.model.confirmed import Confirmed

_ADDRESS = r"[\w.+%\-]{1,64}(?:@|%40)[\w.\-]{1,200}"
_HAS_ADDRESS = re.compile(rf"(?:[^<>\r\n]{{0,80}}<\s*)?{_ADDRESS}\s*>?\s*(?:[,;].*)?\Z")
_RECIPIENT = re.compile(
    rf"(to|cc|bcc|reply-to|return-path|from|sender)\s*:\s*(?:[^<>\r\n]{{0,80}}<)?\s*{_ADDRESS}", re.IGNORECASE
)
_CONTENT = re.compile(
    r"(?:subject\s*:\s*\S|content-type\s*:\s*(?:text|multipart|message|application)/|mime-version\s*:\s*\d"
    r"|content-transfer-encoding\s*:\s*\w|content-disposition\s*:\s*(?:attachment|inline)|x-mailer\s*:\s*\S)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:x-[\w-]+|importance|priority|sensitivity|date|message-id|organization|disposition-notification-to|errors-to"
    r"|list-[\w-]+)\s*:\s*\S",
    re.IGNORECASE,
)
"""Fields that add nothing by themselves, behind which others may come."""

_FIELD_OR_COMMAND = re.compile(r"[A-Za-z][A-Za-z\-]*\s*:|--|[#>|*]")


def added_fields(text: str) -> Confirmed | None:
    """The header fields that `text` adds behind the one line that it was to be."""
    found = lines(text)
    if found is None or not found.rest or not found.immediate or _FIELD_OR_COMMAND.match(found.head):
        return None
    address = _HAS_ADDRESS.match(found.head) is not None
    short = len(found.head.split()) <= 1
    for line in found.rest:
        recipient = _RECIPIENT.match(line)
        if recipient is not None and (address or short or recipient[1].lower() == "bcc"):
            where = "behind an address" if address else "behind its first line"
            return Confirmed(line, f"adds a field with further addresses to the header of a mail, {where}")
        if _CONTENT.match(line):
            if address:
                return Confirmed(line, "adds a field on the content to the header of a mail, behind an address")
        elif recipient is None and not (address and _OTHER.match(line)):
            return None
    return None
