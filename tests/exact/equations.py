"""Sparse linear equations in exact arithmetic."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

Exact = dict[int, Fraction]
"""A sparse vector: the numbers that are not 0, by position."""


def dot(one: Mapping[int, Fraction], other: Mapping[int, Fraction]) -> Fraction:
    """Sum of the products of two sparse vectors."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum((value * large[k] for k, value in small.items() if k in large), Fraction(0))


def solve(rows: Sequence[Mapping[int, Fraction]], right: Sequence[Fraction]) -> Exact | None:
    """Solve as many equations as unknowns; None if they are dependent.

    Unknowns are the positions named in the rows. Rows are kept as whole numbers without a common factor, so
    that numbers stay as short as they can be.
    """
    equations = [_whole(row, value) for row, value in zip(rows, right, strict=True)]
    order: list[tuple[int, dict[int, int]]] = []
    holders: dict[int, set[int]] = {}
    for k, equation in enumerate(equations):
        for column in equation:
            if column >= 0:
                holders.setdefault(column, set()).add(k)
    if len(holders) != len(equations):
        return None
    left = set(range(len(equations)))
    while left:
        k = min(left, key=lambda one: (len(equations[one]), one))
        columns = [column for column in equations[k] if column >= 0]
        if not columns:
            return None
        pivot = min(columns, key=lambda column: (len(holders[column]), column))
        chosen = equations[k]
        left.discard(k)
        for column in columns:
            holders[column].discard(k)
        for other in list(holders[pivot]):
            before = equations[other]
            after = _reduced(before, chosen, pivot)
            for column in before.keys() - after.keys():
                if column >= 0:
                    holders[column].discard(other)
            for column in after.keys() - before.keys():
                if column >= 0:
                    holders[column].add(other)
            equations[other] = after
        order.append((pivot, chosen))
    found: Exact = {}
    for pivot, equation in reversed(order):
        known = Fraction(equation.get(RIGHT, 0))
        known -= sum(
            (value * found[c] for c, value in equation.items() if c not in (RIGHT, pivot)), Fraction(0)
        )
        found[pivot] = known / equation[pivot]
    return found


RIGHT = -1


def _whole(row: Mapping[int, Fraction], right: Fraction) -> dict[int, int]:
    """An equation in whole numbers; the right side stands at position -1."""
    parts = {**{k: value for k, value in row.items() if value}, **({RIGHT: right} if right else {})}
    common = lcm(*(value.denominator for value in parts.values()))
    return _primitive({k: value.numerator * (common // value.denominator) for k, value in parts.items()})


def _primitive(row: dict[int, int]) -> dict[int, int]:
    factor = gcd(*row.values())
    return row if factor <= 1 else {k: value // factor for k, value in row.items()}


def _reduced(row: dict[int, int], chosen: dict[int, int], pivot: int) -> dict[int, int]:
    """The row without the pivot's unknown."""
    one, other = chosen[pivot], row[pivot]
    factor = gcd(one, other)
    one, other = one // factor, other // factor
    after = {k: value * one for k, value in row.items()}
    for k, value in chosen.items():
        result = after.get(k, 0) - value * other
        if result:
            after[k] = result
        else:
            after.pop(k, None)
    return _primitive(after)


def independent(rows: Sequence[Mapping[int, Fraction]]) -> list[int]:
    """Positions of the first rows that are linearly independent of those before them."""
    kept: list[int] = []
    reduced: list[tuple[int, dict[int, int]]] = []
    for k, row in enumerate(rows):
        rest = _whole(row, Fraction(0))
        for pivot, chosen in reduced:
            if pivot in rest:
                rest = _reduced(rest, chosen, pivot)
        if rest:
            reduced.append((min(rest), rest))
            kept.append(k)
    return kept
