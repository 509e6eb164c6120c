"""Files that strangers send: told apart by their bytes, and refused where they could do harm."""
