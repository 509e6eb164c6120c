"""What a command says: text or JSON on stdout, progress on stderr, nothing else on stdout."""

import json
import os
import sys
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


def claim_stdout() -> TextIO:
    """Return the real stdout and send everything else that is written there to stderr.

    Solvers write to the process's stdout below Python; this keeps JSON clean.
    """
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(own, "w", encoding="utf-8", newline="\n")
