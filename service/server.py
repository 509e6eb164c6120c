"""The server of the application: uvicorn, with its known pulls answered directly."""

import uvicorn
from fastapi import FastAPI

from service.wire.direct import direct_protocol

GRACE_SECONDS = 10


def server_of(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    """Return a server that has not begun; requests are logged by the application itself."""
    config = uvicorn.Config(
        app,
        http=direct_protocol(app.state.known_pulls.answer),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)
