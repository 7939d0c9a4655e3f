"""File paths: how far a value climbs, what it names, and how it hides either."""
