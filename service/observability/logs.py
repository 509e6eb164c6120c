"""Setting up logs once per process: JSON lines on stderr."""

import logging

from service.observability.observe import JsonLines


def write_json_logs(level: int = logging.INFO) -> None:
    """Send every record of the process to stderr, one JSON object a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
