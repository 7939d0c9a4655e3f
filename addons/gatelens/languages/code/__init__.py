"""Code of the scripting and C-like languages, read leniently: what does a text call, and is it code at all?

Source: CWE-94, CWE-95; the PHP, Java, ECMAScript, Python and Ruby grammars, as far as calls and members go.
`lexer` reads tokens, `folding` works out constant strings, `chains` reads members and calls, `surroundings` tells code
from prose about code, `names` says what calling a name does, `injection` decides.
"""
