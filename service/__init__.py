"""The outer shell: the command line and, later, HTTP; the only place that knows clock and processes."""
