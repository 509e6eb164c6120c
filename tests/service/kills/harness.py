"""Starts services quickly: one process loads everything once and forks a service for each line it reads.

A line is a port; the answer is the process id. Settings come from the environment as for `allocator serve`.
"""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any


def main() -> None:
    # loaded here and not above, so that the workers, which import this module too, begin sooner
    app = import_module("service.app")
    dispatcher_of = import_module("service.runs.crews").dispatcher_of
    logs = import_module("service.observability.logs")
    settings = import_module("service.settings").Settings.from_environment(os.environ)
    server_of = import_module("service.server").server_of
    background = [dispatcher_of] if settings.workers else []
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            logs.write_json_logs()
            serve(
                lambda port: server_of(app.create_app(settings, background=background), "127.0.0.1", port),
                line,
            )
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def serve(make: Callable[[int], Any], port: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    make(int(port)).run()
    os._exit(0)


if __name__ == "__main__":
    main()
