"""report.html: one page for a board meeting, readable without a network, a server or a script."""
