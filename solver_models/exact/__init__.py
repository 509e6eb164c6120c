"""The last resort: small programs in 256-bit arithmetic, where double precision proves nothing."""
