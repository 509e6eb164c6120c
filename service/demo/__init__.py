"""The demo company with users of every role; loaded by `allocator serve --demo`."""
