"""Injection detection.

mitmdump --mode reverse:http://127.0.0.1:3000 -s addons/detect_injection.py
"""

from gatelens.mitm.install import Entry

addons = [Entry("detect_injection", "sql_injection", "pattern")]
