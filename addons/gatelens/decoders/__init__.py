"""Layer 1: bytes to texts, decoded once and within bounds."""
