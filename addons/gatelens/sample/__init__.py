"""A small real shop to try Gatelens on. IT IS DELIBERATELY VULNERABLE: never put it or its code to any real use.

Whoever meets the gateway for the first time should see what it changes, and the tests need an API that can really be
broken into: an attack that is only pretended proves nothing. So the shop has, on purpose, faults of the OWASP API
Security Top 10 (2023):

* SQL injection in the product search, REST and GraphQL (CWE-89): a UNION hands out mail addresses and password hashes;
* broken object-level authorization (API1): every signed-in user reads every order and every user;
* broken authentication (API2): expired tokens and tokens for other audiences are taken;
* excessive data exposure (API3): card numbers, mail addresses and telephone numbers in answers;
* unrestricted resource consumption (API4): GraphQL without a limit on depth, aliases or batches, mutations by GET;
* misconfiguration (API8): a stack trace in the answer to every request that the code did not foresee.

All data is made up: addresses of RFC 2606, telephone numbers from the range kept for fiction, card numbers that card
schemes publish for tests. The signing key is public. The server takes connections from this machine only.

    python -m gatelens.sample --port 3000

The shop knows nothing of the gateway: it imports neither mitmproxy nor any other part of gatelens. `rules/` holds the
policy and the token rule with which the gateway stands in front of it.
"""
