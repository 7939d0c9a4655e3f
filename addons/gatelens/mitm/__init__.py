"""Layer 5: the rim. The only place that knows mitmproxy."""
