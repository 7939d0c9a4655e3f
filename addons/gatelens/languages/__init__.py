"""What attacks are written in: for each language, what tells a confined value from one that gets out. No rules."""
