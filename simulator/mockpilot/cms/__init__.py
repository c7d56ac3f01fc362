"""The server role: listeners, TLS, links, and what a well-behaved charging management system says. Judges nothing."""
