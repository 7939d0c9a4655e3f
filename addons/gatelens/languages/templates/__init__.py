"""Expressions of template engines and expression languages within a text: what would the engine do with them?

Source: CWE-1336, CWE-917, CWE-97; the manuals of the engines; Kettle, "Server-Side Template Injection" (2015).
`delimiters` finds the expressions, `constants` tells those that only work something out, `injection` decides by what
they name and call; `includes` reads the directives of pages (SSI, ESI).
"""
