"""Gatelens: an inspecting API security gateway made of mitmproxy addons."""

__version__ = "0.1.0"
