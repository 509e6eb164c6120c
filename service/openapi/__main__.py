"""python -m service.openapi: write docs/openapi.json."""

import json
import sys
from pathlib import Path

from fastapi import FastAPI

from service.app import create_app
from service.settings import Settings

PLACE = Path(__file__).parents[2] / "docs" / "openapi.json"


def document_bytes(app: FastAPI) -> bytes:
    """Return the document of an application, sorted: the same operations, the same bytes."""
    return (json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def main() -> int:
    """Write the document; nothing is opened or stored for it."""
    app = create_app(Settings(database_url="sqlite://"))
    PLACE.write_bytes(document_bytes(app))
    return 0


if __name__ == "__main__":
    sys.exit(main())
