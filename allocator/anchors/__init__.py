"""Anchors: what each rep x product would be asked for if nothing bound."""
