"""Search filters of LDAP: does a value stay within its assertion?

Source: RFC 4515 (string representation of search filters), RFC 4512 section 1.4 (attribute descriptions); CWE-90.
"""
