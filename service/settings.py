"""Settings of the service, read from the environment once and frozen."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

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
    experiment_runs
        Most runs of one experiment.
    lease_seconds
        How long a run belongs to a service that is silent; then another one takes it.
    oidc_issuer, oidc_audience, oidc_jwks_url
        Whose tokens people may bring, for whom they must be meant, where the issuer's keys are;
        all three or none.
    webhook_hosts
        Hosts (or host:port) of the own network, by comma, that webhooks may be sent to, over http too.
    webhook_seconds
        Pause between two looks at the outbox.
    oidc_account_claim
        The claim that equals the name of the account: `email`, `sub`, `preferred_username` ...
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
    experiment_runs: int = Field(default=1000, ge=1)
    lease_seconds: float = Field(default=20.0, ge=0.5)
    webhook_hosts: tuple[str, ...] = ()
    webhook_seconds: float = Field(default=1.0, gt=0)
    oidc_issuer: str = ""
    oidc_audience: str = ""
    oidc_jwks_url: str = ""
    oidc_account_claim: str = "email"

    @field_validator("webhook_hosts", mode="before")
    @classmethod
    def _by_comma(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(host.strip().casefold() for host in value.split(",") if host.strip())

    @model_validator(mode="after")
    def _oidc_is_whole(self) -> "Settings":
        parts = {name: getattr(self, name) for name in ("oidc_issuer", "oidc_audience", "oidc_jwks_url")}
        missing = [f"{PREFIX}{name.upper()}" for name, value in parts.items() if not value]
        if 0 < len(missing) < len(parts):
            raise ValueError(f"tokens of an issuer need all three settings; missing: {', '.join(missing)}")
        return self

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
