"""Values that are run as script where a browser reads them: in text, attributes, scripts, styles, templates, URLs.

Source: WHATWG HTML section 13.2 (parsing), ECMA-262 (script), CSS Syntax 3, WHATWG URL section 4.1; CWE-79.
`vocabulary` holds the names that tell an attack, `tags` reads markup, `script`, `urls`, `style` and `directives` say
what a piece does, `elements` what a tag does, `breakout` finds where a value leaves an attribute or a script's string,
`fragments` finds markup that is broken off or has no place in a line, `charsets` reads signs in another encoding,
`quoting` finds what is shown as code, `confinement` decides, `drawing` shows it.
"""
