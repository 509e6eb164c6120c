"""The last resort: small programs in 400-bit arithmetic, where double precision proves nothing."""
