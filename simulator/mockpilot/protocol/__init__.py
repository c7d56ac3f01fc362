"""VDV 463 as values: envelopes, payloads, dialects, the handshake and the session. Pure: no clock, no sockets."""
