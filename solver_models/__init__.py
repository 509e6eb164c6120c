"""The mathematics: plain arrays in, plain arrays out; no names, no files."""
