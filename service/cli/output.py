"""What a command says: text or JSON on stdout, progress on stderr, nothing else on stdout."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO


@dataclass(frozen=True)
class Output:
    """Where a command writes.

    Parameters
    ----------
    is_json
        Nothing but one JSON document goes to stdout.
    lang
        `en` or `zh`.
    stream
        The real stdout.
    """

    is_json: bool
    lang: str
    stream: TextIO

    def show(self, text: str, document: dict[str, Any]) -> None:
        """Write the text, or the document in JSON mode."""
        written = json.dumps(document, ensure_ascii=False, indent=2) if self.is_json else text
        self.stream.write(written.rstrip("\n") + "\n")
        self.stream.flush()

    def progress(self, text: str) -> None:
        """Write one line of progress to stderr, if a person is watching."""
        if sys.stderr.isatty() and not self.is_json:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()


@contextmanager
def claim_stdout() -> Iterator[TextIO]:
    """Yield the real stdout and send everything else that is written there to stderr meanwhile.

    Solvers write to the process's stdout below Python; this keeps JSON clean.
    """
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(os.dup(own), "w", encoding="utf-8", newline="\n") as stream:
            yield stream
    finally:
        os.dup2(own, 1)
        os.close(own)
