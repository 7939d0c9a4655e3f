"""URLs as clients read them: what host they really go to, what scheme they ask for, what they would include."""
