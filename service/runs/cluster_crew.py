"""A Dask cluster as a crew; the module is loaded only where one is asked for, as the library is large."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from scenarios.runs.cluster import Cluster
from service.runs.orders import Order, work_off
from service.runs.outcome import Outcome

KEPT = 4


class ClusterCrew:
    """Workers of a cluster; plans are handed out once per revision.

    A cluster kills nothing: a cancelled run ends at its next look at its sign.

    Parameters
    ----------
    files_of
        Returns the files of a revision.
    """

    def __init__(self, address: str, files_of: Callable[[str], Mapping[str, bytes]]) -> None:
        self._cluster = Cluster(address)
        self._files_of = files_of
        self._handed_out: OrderedDict[str, Any] = OrderedDict()
        self._orders: list[Future[Outcome]] = []

    @property
    def free(self) -> int:
        """How many orders can be taken now."""
        self._orders = [order for order in self._orders if not order.done()]
        return int(self._cluster.workers) - len(self._orders)

    def submit(self, order: Order, limit: float) -> Future[Outcome]:
        """Hand an order to the cluster; its limit is kept by the sign."""
        revision_id = order.revision_id
        if revision_id not in self._handed_out:
            self._handed_out[revision_id] = self._cluster.hand_out(dict(self._files_of(revision_id)))
            if len(self._handed_out) > KEPT:
                self._handed_out.popitem(last=False)
        future = self._cluster.executor.submit(work_off, order, self._handed_out[revision_id])
        self._orders.append(future)
        return future

    def stop(self, order: Order) -> None:
        """Raise the sign of the order."""
        self._cluster.raise_sign(order.sign)

    def close(self) -> None:
        """Let go of the cluster; what works there ends at its own time and is not listened to."""
        for order in self._orders:
            order.cancel()
        self._cluster.__exit__(None, None, None)
