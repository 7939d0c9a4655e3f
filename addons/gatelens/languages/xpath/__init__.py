"""XPath and XQuery: does a value stay the literal it is put in for?

Source: XML Path Language 1.0 and 3.1 (section 3, grammar), XQuery 3.1; CWE-643, CWE-652.
"""
