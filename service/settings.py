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
