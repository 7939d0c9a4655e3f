"""`python -m gatelens` is the `gatelens` command."""

from __future__ import annotations

from gatelens.cli import main

main()
