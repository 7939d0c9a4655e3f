"""Injection detection.

mitmdump --mode reverse:http://127.0.0.1:3000 -s addons/detect_injection.py
"""

from gatelens.mitm.install import Entry

addons = [
    Entry(
        "detect_injection",
        *("argument_injection", "code_injection", "cross_site_scripting", "deserialization", "executable_upload"),
        *("file_inclusion", "formula_injection", "header_injection", "jndi_lookup", "ldap_injection", "mail_injection"),
        *("mass_assignment", "nosql_injection", "open_redirect", "orm_filter", "os_command", "parameter_name"),
        *("path_traversal", "pattern", "prototype_pollution", "scanner_fingerprint", "sensitive_path"),
        *("serialized_body", "server_side_include", "server_side_request", "shellshock", "sql_injection"),
        *("sql_statement", "template_injection", "unusual_method", "xml_external_entity", "xpath_injection"),
    )
]
