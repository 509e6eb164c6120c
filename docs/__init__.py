"""Pages for users; the script here draws their pictures."""
