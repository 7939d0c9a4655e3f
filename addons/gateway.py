"""Every inspection.

mitmdump --mode reverse:http://127.0.0.1:3000 -s addons/gateway.py
"""

from gatelens.mitm.install import Entry

addons = [Entry("gateway")]
