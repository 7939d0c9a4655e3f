"""Bearer token checks.

mitmdump --mode reverse:http://127.0.0.1:3000 -s addons/check_jwt.py
"""

from gatelens.mitm.install import Entry

addons = [Entry("check_jwt", "jwt")]
