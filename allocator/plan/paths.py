"""Dotted paths into plan.yaml, where ids may hold dots themselves."""

from collections.abc import Iterable

from allocator.plan.yaml_source import Path


def split_path(text: str, measures: Iterable[str]) -> Path:
    """Split `measures.revenue.total` and the like into keys.

    The place of a key tells where an id begins and ends, so `over_assignment.a.b` is level `a.b`
    and `product_totals.revenue.A.1.min` is the minimum of product `A.1`.

    Parameters
    ----------
    measures
        Ids of the known measures; the longest that fits is taken.
    """
    parts = text.strip().split(".")
    heads = ("measures", "product_totals", "payout", "over_assignment", "stretch_levels")
    if len(parts) < 3 or parts[0] not in heads:
        return tuple(parts)
    head, rest = parts[0], ".".join(parts[1:])
    if head in ("over_assignment", "stretch_levels"):
        return (head, rest)
    known = [name for name in measures if rest == name or rest.startswith(f"{name}.")]
    measure = max(known, key=len) if known else _unknown_measure(head, parts[1:])
    below = rest[len(measure) + 1 :].split(".")
    if below == [""]:
        return (head, measure)
    if head == "payout" and below[0] == "curve" and len(below) > 1:
        return (head, measure, "curve", ".".join(below[1:]))
    if head in ("measures", "payout"):
        return (head, measure, *below)
    ending = below[-1:] if len(below) > 1 and below[-1] in ("min", "max", "growth") else []
    product = ".".join(below[: len(below) - len(ending)])
    return (head, measure, product, *ending)


def _unknown_measure(head: str, parts: list[str]) -> str:
    """Return the measure of a path that names none of the known ones."""
    if head == "product_totals":
        return parts[0]
    ending = 2 if parts[-1] == "growth" and len(parts) > 2 else 1
    return ".".join(parts[: len(parts) - ending])
