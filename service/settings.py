"""Settings of the service, read from the environment once and frozen."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

PREFIX = "ALLOCATOR_"


class Settings(BaseModel):
    """What an operator may choose.

    Parameters
    ----------
    storage
        Folder for the embedded database.
    database_url
        SQLAlchemy or PostgreSQL URL; empty means SQLite inside `storage`.
    body_limit
        Bytes that a request body may have.
    requests_per_minute, logins_per_minute
        Sizes of the token buckets per caller and, for logins, per user name and address.
    token_seconds
        How long a bearer token from a login lives.
    workers
        Worker processes that work runs off; 0 = this service takes requests only.
    cluster
        Address of a Dask scheduler (`tcp://host:port`) whose workers take the place of processes.
    run_seconds, run_megabytes
        Most seconds and megabytes of a run, and what it gets unless it asks for less.
    run_attempts
        How often a run is tried in all whose worker dies.
    runs_per_account
        Most runs of one account that wait or work.
    lease_seconds
        How long a run belongs to a service that is silent; then another one takes it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    storage: Path = Path("allocator-storage")
    database_url: str = ""
    body_limit: int = Field(default=64 * 1024 * 1024, ge=1)
    requests_per_minute: int = Field(default=6000, ge=1)
    logins_per_minute: int = Field(default=10, ge=1)
    token_seconds: int = Field(default=8 * 3600, ge=1)
    workers: int = Field(default=2, ge=0, le=256)
    cluster: str = Field(default="", pattern=r"^(tcp://[^\s/]+:\d+)?$")
    run_seconds: int = Field(default=600, ge=1)
    run_megabytes: int = Field(default=4096, ge=256)
    run_attempts: int = Field(default=3, ge=1)
    runs_per_account: int = Field(default=100, ge=1)
    lease_seconds: float = Field(default=20.0, ge=0.5)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read `ALLOCATOR_*` variables and `DATABASE_URL`.

        Raises
        ------
        pydantic.ValidationError
            If a value is unusable or an `ALLOCATOR_` variable names no setting.
        """
        chosen: dict[str, str] = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX)
        }
        if environment.get("DATABASE_URL"):
            chosen.setdefault("database_url", environment["DATABASE_URL"])
        return cls.model_validate(chosen)

    @property
    def sqlalchemy_url(self) -> str:
        """The URL with the driver that we ship."""
        if not self.database_url:
            return f"sqlite:///{(self.storage / 'allocator.db').absolute()}"
        for scheme in ("postgres://", "postgresql://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url
