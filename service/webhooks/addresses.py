"""Which addresses a webhook may be sent to: public ones, and hosts that the operator names."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allocator.texts import worded

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
LONGEST_URL = 2000


class RefusedAddress(ValueError):
    """An address that nothing is sent to; the words say why."""


@dataclass(frozen=True)
class Destination:
    """Where to connect: an address that was checked, and the host that the certificate must name."""

    url: str
    scheme: str
    host: str
    port: int
    address: str
    path: str


def resolved(host: str, port: int) -> Sequence[str]:
    """Return all addresses of a host."""
    found: list[tuple[Any, ...]] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def destination(url: str, allowed_hosts: Sequence[str], resolve: Resolve = resolved) -> Destination:
    """Resolve a URL and check every address it has; connect to no other than the one returned.

    Parameters
    ----------
    allowed_hosts
        Hosts (or `host:port`) of the operator's own network: any address and plain http will do there.

    Raises
    ------
    RefusedAddress
        If the URL is none of https, has credentials or a fragment, cannot be resolved, or leads into a
        private, local, reserved or multicast network by any of its addresses.
    """
    scheme, host, port, path = _parts(url)
    is_allowed = host in allowed_hosts or f"{host}:{port}" in allowed_hosts
    if scheme != "https" and not is_allowed:
        raise RefusedAddress(worded("fault.webhook.https"))
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise RefusedAddress(worded("fault.webhook.no_address", host=host)) from error
    if not addresses:
        raise RefusedAddress(worded("fault.webhook.no_address", host=host))
    if not is_allowed and not all(
        is_public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses
    ):
        raise RefusedAddress(worded("fault.webhook.not_public", host=host))
    return Destination(url, scheme, host, port, addresses[0], path)


def is_public(address: IpAddress) -> bool:
    """Whether an address is on the public internet, seen through the ways that IPv6 wraps IPv4."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or int(address) >> 32 == 0:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _parts(url: str) -> tuple[str, str, int, str]:
    if (
        len(url) > LONGEST_URL
        or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url)
        or "\\" in url
    ):
        raise RefusedAddress(worded("fault.webhook.no_url"))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise RefusedAddress(worded("fault.webhook.no_url")) from error
    if parts.scheme not in ("http", "https") or not host:
        raise RefusedAddress(worded("fault.webhook.no_host"))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise RefusedAddress(worded("fault.webhook.credentials"))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path
