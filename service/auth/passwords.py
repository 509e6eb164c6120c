"""Passwords under argon2; two at a time at most, since each takes a core and 64 MiB."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(2)
# Verified when there is no such user, so that the answer takes as long.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$4rHWBp8gX2JkWmmWTJo9nLnRz7ilgG4n+0x9Ur2wC9A"


def hash_password(password: str) -> str:
    """Return the argon2id hash with its salt and cost."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is right; never where there is no hash, and not sooner then."""
    with _AT_ONCE:
        try:
            _HASHER.verify(password_hash or _NOBODY, password)
        except VerificationError:
            return False
    return password_hash is not None
