"""The command `allocator`."""
