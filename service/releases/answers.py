"""Answers of a pull: which format, which encoding, whether the caller has it already."""

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from service.auth.principal import Principal
from service.releases.formats import MEDIA_TYPES, Format, Head
from service.releases.known_pulls import PullAnswer, is_seen
from service.releases.pull import STATE
from service.releases.snapshots import Content

PRIVATE = "private, no-cache"


def accepted_format(request: Request) -> Format:
    """Return the format that the header Accept likes best, JSON without one that we know."""
    media = {media_type.partition(";")[0]: form for form, media_type in MEDIA_TYPES.items()}
    for kind in _preferred(request.headers.get("accept", "")):
        if kind in media:
            return media[kind]
    return "json"


def takes_gzip(request: Request) -> bool:
    """Whether the header Accept-Encoding lets the answer be compressed."""
    return any(kind in ("gzip", "*") for kind in _preferred(request.headers.get("accept-encoding", "")))


@dataclass(frozen=True)
class Pulled:
    """What is answered to a pull.

    Parameters
    ----------
    rows
        Of the whole release; None for who sees a part of it.
    is_whole
        Whether these are the bytes that all receivers share, so that they may be given again from memory.
    link
        Address of the next page.
    """

    content: Content
    form: Format
    head: Head
    rows: int | None
    is_whole: bool = False
    link: str = ""

    def answer(self, request: Request, principal: Principal) -> Response:
        """Return 200 or 304."""
        headers = self._headers()
        if self.is_whole:
            raw = tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
            route = request.scope.get("route")
            again = PullAnswer(principal.account_id, self.content.etag, raw, self.content.body, route)
            setattr(request.state, STATE, again)
        if is_seen(request.headers.get("if-none-match", ""), self.content.etag):
            return Response(None, 304, headers)
        return Response(self.content.body, 200, headers)

    def _headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": MEDIA_TYPES[self.form],
            "ETag": self.content.etag,
            "Cache-Control": PRIVATE,
            "Vary": "Accept, Accept-Encoding, Authorization",
        }
        headers["X-Release-Id"] = self.head.release_id
        headers["X-Release-Version"] = str(self.head.version)
        headers["X-Release-Sha256"] = self.head.sha256
        if self.rows is not None:
            headers["X-Release-Rows"] = str(self.rows)
        if self.content.encoding != "identity":
            headers["Content-Encoding"] = self.content.encoding
        if self.link:
            headers["Link"] = f'<{self.link}>; rel="next"'
        return headers


def _preferred(header: str) -> list[str]:
    """Return the names in a header of preferences, the best first, without those of weight 0."""
    found = []
    for position, part in enumerate(header.split(",")):
        name, *parameters = (piece.strip().casefold() for piece in part.split(";"))
        weight = next((_weight(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        if name and weight > 0:
            found.append((-weight, position, name))
    return [name for _, _, name in sorted(found)]


def _weight(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return 0.0
