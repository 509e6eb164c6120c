"""Starts services quickly: one process loads everything once and forks a service for each line it reads.

A line is a port; the answer is the process id. Settings come from the environment as for `allocator serve`.
"""

import os
import signal
import sys
from importlib import import_module
from typing import Any


def main() -> None:
    # loaded here and not above, so that the workers, which import this module too, begin sooner
    app = import_module("service.app")
    logs = import_module("service.observability.logs")
    settings = import_module("service.settings").Settings.from_environment(os.environ)
    uvicorn = import_module("uvicorn")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(app, logs, uvicorn, settings, int(line))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def serve(app: Any, logs: Any, uvicorn: Any, settings: Any, port: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    logs.write_json_logs()
    config = uvicorn.Config(
        app.create_app(settings, works=True), host="127.0.0.1", port=port, log_config=None, access_log=False
    )
    uvicorn.Server(config).run()
    os._exit(0)


if __name__ == "__main__":
    main()
