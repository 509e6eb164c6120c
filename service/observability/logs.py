"""Setting up logs once per process: JSON lines on stderr."""

import logging

from service.observability.observe import JsonLines


def write_json_logs(level: int = logging.INFO) -> None:
    """Send every record of the process to stderr, one JSON object a line."""
    # no line names threads, processes or the caller, so nobody needs to look for them at every record
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
