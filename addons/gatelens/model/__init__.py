"""Layer 0: the frozen data every other layer speaks in. Imports nothing else of ours."""
