"""Manners of HTTP: bodies, limits, versions, pages."""

from service.wire.addresses import name_kinds_of_parameters

# here, because every module with routes imports something of this package before it has any
name_kinds_of_parameters()
