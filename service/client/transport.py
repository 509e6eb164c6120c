"""Requests with a key, repeated where that is safe; refusals as exceptions in the service's own words."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)
Params = Mapping[str, str | int | bool | None]
TRIES = 4
LONGEST_PAUSE = 30.0
AGAIN = (429, 502, 503, 504)


class Refusal(Exception):
    """The service said no: `status`, and the problem document with `detail`, `hint` and `errors`."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status, self.problem = status, problem
        self.code = str(problem.get("type", "")).rpartition("/")[2]
        lines = [f"{status} {problem.get('detail', '')} {problem.get('hint', '')}".strip()]
        lines += [f"  {error['pointer']}: {error['message']}" for error in problem.get("errors", ())]
        super().__init__("\n".join(lines))


class Transport:
    """Speaks HTTP for one account.

    A request that got no answer, or was told to come again, is repeated up to four times; a POST
    carries one Idempotency-Key through all repetitions, so that it has one effect.
    """

    def __init__(self, http: httpx.Client, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http, self._sleep = http, sleep

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, model: type[Model], params: Params | None = None) -> Model:
        """GET one thing."""
        return model.model_validate_json(self.request("GET", path, params=params).content)

    def pages(self, path: str, page: type[Model], params: Params | None = None) -> Iterator[Any]:
        """Yield the items of all pages of a list."""
        cursor: str | int | None = None
        while True:
            found: Any = self.get(path, page, {**(params or {}), "limit": 500, "cursor": cursor})
            yield from found.items
            cursor = found.next
            if cursor is None:
                return

    def post(
        self,
        path: str,
        model: type[Model],
        body: BaseModel | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Model:
        """POST and read the answer."""
        return model.model_validate_json(self.request("POST", path, body=body, headers=headers).content)

    def edit(
        self, method: str, path: str, model: type[Model], body: BaseModel | Mapping[str, Any], version: int
    ) -> Model:
        """PUT or PATCH the version that was seen.

        Raises
        ------
        Refusal
            412 where somebody else has changed it meanwhile.
        """
        answer = self.request(method, path, body=body, headers={"If-Match": f'"{version}"'})
        return model.model_validate_json(answer.content)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: BaseModel | Mapping[str, Any] | bytes | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request and return its answer.

        Raises
        ------
        Refusal
            If the service refuses it.
        httpx.TransportError
            If it does not answer, in spite of repetitions.
        """
        sent = {**(headers or {})}
        if method == "POST":
            sent.setdefault("Idempotency-Key", uuid.uuid4().hex)
        content = _content(body)
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        asked = {name: value for name, value in (params or {}).items() if value is not None}
        for attempt in range(1, TRIES + 1):
            try:
                answer = self._http.request(method, path, content=content, params=asked, headers=sent)
            except httpx.TransportError:
                if attempt == TRIES:
                    raise
                self._sleep(0.25 * 2**attempt)
                continue
            if answer.status_code in AGAIN and attempt < TRIES:
                self._sleep(min(LONGEST_PAUSE, float(answer.headers.get("Retry-After", 0.25 * 2**attempt))))
                continue
            if answer.is_error:
                raise Refusal(answer.status_code, _problem(answer))
            return answer
        raise AssertionError("unreachable: the last try returns or raises")


def _content(body: BaseModel | Mapping[str, Any] | bytes | None) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, BaseModel):
        return body.model_dump_json(exclude_unset=True).encode()
    return httpx.Request("POST", "http://x", json=dict(body)).content


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {"detail": answer.text[:500]}
    return found if isinstance(found, Mapping) else {"detail": answer.text[:500]}
