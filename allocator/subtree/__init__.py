"""A balanced allocation of one subtree inside the frame that the targets above it give."""
