"""Limits and strict form of JSON and GraphQL.

mitmdump --mode reverse:http://127.0.0.1:3000 -s addons/inspect_payloads.py
"""

from gatelens.mitm.install import Entry

addons = [Entry("inspect_payloads", "payload_limits", "graphql_limits")]
