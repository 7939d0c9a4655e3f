"""What tests share: real processes and real sockets on loopback."""
