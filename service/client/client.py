"""One account's view of the service."""

from types import TracebackType
from typing import Self

import httpx

from service.accounts.schemas import Me
from service.client.agreement import BalanceRequests, Commitments, Submissions
from service.client.analysts import Comparisons, Experiments
from service.client.plans import Plans, Scenarios
from service.client.releases import Releases
from service.client.runs import Runs
from service.client.transport import Transport

TIMEOUT = httpx.Timeout(60.0, connect=10.0)


class Client:
    """What a program needs to work with the service.

    >>> with Client("http://127.0.0.1:8000", key) as client:          # doctest: +SKIP
    ...     run = client.runs.run_plan(client.plans.named("demo").plan_id, wait=30)

    Parameters
    ----------
    address
        Such as `http://127.0.0.1:8000`.
    key
        An API key or a bearer token.
    lang
        Language of refusals and of what runs write: `en` or `zh`.
    http
        Another HTTP client, such as that of a test; address, key and language are put into it.
    """

    def __init__(self, address: str, key: str, lang: str = "en", http: httpx.Client | None = None) -> None:
        chosen = http or httpx.Client(base_url=address, timeout=TIMEOUT)
        chosen.headers.update({"Authorization": f"Bearer {key}", "Accept-Language": lang})
        self._transport = Transport(chosen)
        self.plans = Plans(self._transport)
        self.scenarios = Scenarios(self._transport)
        self.runs = Runs(self._transport)
        self.experiments = Experiments(self._transport)
        self.comparisons = Comparisons(self._transport)
        self.commitments = Commitments(self._transport)
        self.balance_requests = BalanceRequests(self._transport)
        self.submissions = Submissions(self._transport)
        self.releases = Releases(self._transport)

    def me(self) -> Me:
        """Say who the key belongs to."""
        return self._transport.get("/v1/me", Me)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()
