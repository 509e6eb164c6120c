"""Setting up logs once per process: JSON lines on stderr."""

import json
import logging
from time import localtime, strftime


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, logger, message, and the fields of the record."""

    def __init__(self) -> None:
        super().__init__()
        self._second, self._time = -1, ""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": self._time_of(int(record.created)),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)

    def _time_of(self, second: int) -> str:
        """Return the local time with its offset; lines of one second share it."""
        if second != self._second:
            self._second, self._time = second, strftime("%Y-%m-%dT%H:%M:%S%z", localtime(second))
        return self._time


def write_json_logs(level: int = logging.INFO) -> None:
    """Send every record of the process to stderr, one JSON object a line."""
    # no line names threads, processes or the caller, so nobody needs to look for them at every record
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
