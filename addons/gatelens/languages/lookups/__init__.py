"""Lookups of a logging or text library: what a message is replaced by when it is logged.

Source: Apache Log4j 2 manual, "Lookups"; Apache Commons Text, StringSubstitutor; CVE-2021-44228, CVE-2022-42889.
`grammar` reads the nested braces, `evaluation` works out what each lookup gives, `injection` decides.
"""
