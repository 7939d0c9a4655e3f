"""Bearer tokens: read a JWT strictly, verify it with an issuer's keys, and say why one is refused."""
