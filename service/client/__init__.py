"""A thin typed client of the service: what `docs/walks/` shows and the tests use."""

from service.client.client import Client
from service.client.transport import Refusal

__all__ = ["Client", "Refusal"]
