"""Syntactic confinement of a value in SQL: does it stay one literal in every place where it could be put?

Source: Su and Wassermann, "The Essence of Command Injection Attacks in Web Applications" (POPL 2006); CWE-89.
`spelling` undoes what hides a text, `lexer` reads it as SQL, `breakout` finds where it leaves its literal,
`effects` says what the rest does, `grammar` asks sqlglot whether the statement parses, `confinement` decides.
"""
