"""Objects written out: which formats carry code or classes with them, and what a value in one of them would build."""
