"""Documents of named values, and what databases and runtimes read into their names: operators, and prototypes.

Source: CWE-943 (a query's logic), CWE-1321 (prototypes), CWE-915 (properties); the MongoDB manual, "Query and
Projection Operators".
`members` walks parsed documents, `literal` reads the relaxed notation of JavaScript, `names` splits names into steps;
`operators` judges an operator by its place and operand, `breakout` finds values that leave a literal, `script` those
that leave a string of JavaScript, `textual` lines and clauses of other stores, `prototypes` ways to prototypes,
`lookups` conditions on secrets.
"""
