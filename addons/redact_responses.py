"""Redaction of sensitive data in responses.

mitmdump --mode reverse:http://127.0.0.1:3000 -s addons/redact_responses.py
"""

from gatelens.mitm.install import Entry

addons = [Entry("redact_responses", "payment_card", "email")]
