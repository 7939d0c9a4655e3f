"""Measurements of the gateway's own cost. Beside the product, not in it: nothing imports this package."""
