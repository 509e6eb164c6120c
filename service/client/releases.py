"""Releases: publishing them, pulling them, saying that they were taken."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from service.client.transport import Params, Transport
from service.plans.schemas import PlanView
from service.releases.schemas import (
    AckCreate,
    AckPage,
    AckView,
    ChangedRow,
    ChangePage,
    OwnTargets,
    ReleaseCreate,
    ReleasePage,
    ReleaseView,
    TargetPage,
    TargetRow,
)


@dataclass(frozen=True)
class Pull:
    """A whole release; `rows` is None where nothing changed since `etag`."""

    etag: str
    rows: list[TargetRow] | None
    release_id: str
    sha256: str

    @property
    def is_whole(self) -> bool:
        """Whether the hashes of the rows give the hash of the release."""
        rows = self.rows or []
        return (
            self.sha256 == hashlib.sha256("".join(f"{row.row_hash}\n" for row in rows).encode()).hexdigest()
        )


class Releases:
    """/v1/releases and /v1/targets."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def publish(self, plan: PlanView, wanted: ReleaseCreate) -> ReleaseView:
        """Publish a run of the version of the plan that was seen.

        Raises
        ------
        Refusal
            412 where the plan went on meanwhile; 409 or 422 with every reason against it.
        """
        headers = {"If-Match": f'"{plan.version}"'}
        return self._http.post(f"/v1/plans/{plan.plan_id}/releases", ReleaseView, wanted, headers)

    def all(self, plan_id: str | None = None, as_of: str | None = None) -> Iterator[ReleaseView]:
        """Yield releases, all or those that hold on a day."""
        return self._http.pages("/v1/releases", ReleasePage, {"plan": plan_id, "as_of": as_of})

    def get(self, release_id: str) -> ReleaseView:
        """Return the head of a release."""
        return self._http.get(f"/v1/releases/{release_id}", ReleaseView)

    def pull(self, plan_id: str, etag: str = "") -> Pull:
        """Pull the newest release of a plan whole, unless it is the one that `etag` names."""
        return self._pull("/v1/releases/latest/targets", {"plan": plan_id}, etag)

    def pull_release(self, release_id: str, etag: str = "") -> Pull:
        """Pull a release whole."""
        return self._pull(f"/v1/releases/{release_id}/targets", None, etag)

    def targets(self, release_id: str, **filters: str) -> Iterator[TargetRow]:
        """Yield the targets of a release that the caller may see, page by page."""
        return self._http.pages(f"/v1/releases/{release_id}/targets", TargetPage, filters)

    def own_targets(self) -> list[TargetRow]:
        """Return the caller's own targets in the newest releases."""
        return list(self._http.pages("/v1/targets/me", OwnTargets))

    def changes(self, since_release: str) -> Iterator[ChangedRow]:
        """Yield what became different since a release."""
        return self._http.pages("/v1/targets/changes", ChangePage, {"since_release": since_release})

    def acknowledge(self, release_id: str, sha256: str, rows: int, note: str = "") -> AckView:
        """Say that a release was taken, with the hash that was seen."""
        wanted = AckCreate(sha256=sha256, rows=rows, note=note)
        return self._http.post(f"/v1/releases/{release_id}/acks", AckView, wanted)

    def acknowledgements(self, release_id: str) -> Iterator[AckView]:
        """Yield who has taken a release."""
        return self._http.pages(f"/v1/releases/{release_id}/acks", AckPage)

    def _pull(self, path: str, params: Params | None, etag: str) -> Pull:
        answer = self._http.request(
            "GET", path, params=params, headers={"If-None-Match": etag} if etag else None
        )
        if answer.status_code == 304:
            return Pull(etag, None, "", "")
        found = TargetPage.model_validate_json(answer.content)
        return Pull(answer.headers["ETag"], list(found.items), found.release_id, found.sha256)
