"""Business rules and pins, spelled out: one entry per rule and node it applies to."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from allocator.anchors.anchors import Anchors
from allocator.model.bases import BASES, BOUNDS, DEFAULT_BASIS, nodes_at_work
from allocator.model.carried import Carried, carried_at, carried_of
from allocator.model.known_rules import KnownRules, Reach, ReachKey, named_reach
from allocator.model.labels import Labels
from allocator.model.lines import Lines, Shape
from allocator.plan.plan import Plan
from allocator.plan.tables import ALL_PRODUCTS
from solver_models.arrays import FloatArray, IntArray

AMOUNT_KINDS = ("range", "growth", "capacity", "commitment", "pin")
RATIO_KINDS = ("mix", "fairness", "link")
WHOLE = 1e-9


def spell_out(plan: Plan, labels: Labels, measure: str, anchors: Anchors) -> pd.DataFrame:
    """Return every rule and pin of a measure by node, with bounds in amounts.

    Returns
    -------
    Columns: rule (row in plan.rules, -1 for pins), rule_id, kind, basis, node, product
    (positions), min, max (the rule's own terms), base (history, commitment or peer basis the
    rule refers to; 1 otherwise), lower, upper (amounts, drawn inwards to whole units where the
    kind is an amount; +-inf where open), tier (0 = hard), owner, group (peer group number of
    fairness, else -1), done, done_whole (what mix and fairness rules count besides the targets: at the
    node and product, at the node; 0 otherwise). Sorted by rule_id, then node; pins last.
    """
    return spell_lines(plan, labels, measure, anchors, KnownRules()).table()


def spell_lines(plan: Plan, labels: Labels, measure: str, anchors: Anchors, known: KnownRules) -> Lines:
    """Return what `spell_out` does as plain columns.

    Parameters
    ----------
    known
        What is known from plans with the same tables, and is added to; see `KnownRules`.
    """
    carried = carried_of(plan, labels)
    parts = [
        _part(plan, labels, measure, anchors, known, key, rules)
        if key.is_plain
        else _carried_part(plan, labels, measure, anchors, carried, key, rules)
        for key, rules in _alike(_rules_of(plan, measure), carried).items()
    ]
    parts.append(_pins(plan, measure, known.pins(plan, labels, measure)))
    shape, order = known.shape(tuple(part.key for part in parts), lambda: _shape_of(parts))
    return _whole_units(shape, order, parts, float(plan.spec.measures[measure].round_to))


class Rule(NamedTuple):
    """One line of rules.csv; `position` is its row."""

    position: int
    rule_id: str
    kind: str
    basis: str
    level: str
    node_id: str
    product_id: str
    min: float
    max: float
    tier: str
    owner: str


def _rules_of(plan: Plan, measure: str) -> list[Rule]:
    """Rules of a measure, sorted by id."""
    position = np.flatnonzero((plan.rules["measure"] == measure).to_numpy(bool))
    columns = [plan.rules[name].to_numpy(object)[position].tolist() for name in Rule._fields[1:]]
    row = plan.rules.index.to_numpy(np.int64)[position].tolist()
    return sorted(
        (Rule(*values) for values in zip(row, *columns, strict=True)), key=lambda rule: rule.rule_id
    )


class _Alike(NamedTuple):
    """What rules are spelled out together by; `is_plain` = carried.csv does not name them."""

    kind: str
    basis: str
    is_plain: bool


def _alike(rules: Sequence[Rule], carried: Container[str]) -> dict[_Alike, list[tuple[int, Rule]]]:
    """Rules with their places in the order of the ids, those of one kind and basis together."""
    found: dict[_Alike, list[tuple[int, Rule]]] = {}
    for place, rule in enumerate(rules):
        key = _Alike(rule.kind, rule.basis or DEFAULT_BASIS[rule.kind], rule.rule_id not in carried)
        found.setdefault(key, []).append((place, rule))
    return found


@dataclass(frozen=True)
class _Part:
    """The instances of rules of one kind and basis: what they share, and the numbers that they do not.

    Parameters
    ----------
    key
        All that the shape of the instances depends on.
    """

    key: "_PartKey"
    min: FloatArray
    max: FloatArray
    base: FloatArray
    lower: FloatArray
    upper: FloatArray
    done: FloatArray
    done_whole: FloatArray


class _PartKey(NamedTuple):
    """Kind and basis; place in the order, row, id, tier and owner of each rule; where they apply."""

    kind: str
    basis: str
    place: tuple[int, ...]
    position: tuple[int, ...]
    rule_id: tuple[str, ...]
    tier: tuple[int, ...]
    owner: tuple[str, ...]
    reach: Reach


def _part(
    plan: Plan,
    labels: Labels,
    measure: str,
    anchors: Anchors,
    known: KnownRules,
    alike: _Alike,
    rules: Sequence[tuple[int, Rule]],
) -> _Part:
    """Spell out rules of one kind and basis."""
    reach, base = known.reach(plan, labels, measure, anchors, _reach_key(alike, rules))
    nothing = np.zeros(len(base))
    return _with_numbers(alike, rules, reach, base, nothing, nothing)


def _carried_part(
    plan: Plan,
    labels: Labels,
    measure: str,
    anchors: Anchors,
    carried: Mapping[str, Carried],
    alike: _Alike,
    rules: Sequence[tuple[int, Rule]],
) -> _Part:
    """Spell out rules that count what is done already; they apply where carried.csv says so."""
    named = named_reach(plan, labels, _reach_key(alike, rules))
    done, done_whole, given, has_row = carried_at([carried[rule.rule_id] for _, rule in rules], named)
    base = BASES[alike.kind](plan, labels, measure, anchors, named.node, named.product, alike.basis)
    base = np.where(np.isfinite(given), given, base)
    applies = has_row & np.isfinite(base) & (base > 0) & nodes_at_work(plan, labels)[named.node]
    return _with_numbers(alike, rules, named.at(applies), base[applies], done[applies], done_whole[applies])


def _reach_key(alike: _Alike, rules: Sequence[tuple[int, Rule]]) -> ReachKey:
    return ReachKey(
        alike.kind,
        alike.basis,
        tuple(rule.level for _, rule in rules),
        tuple(rule.node_id for _, rule in rules),
        tuple(rule.product_id or ALL_PRODUCTS for _, rule in rules),
    )


def _with_numbers(
    alike: _Alike,
    rules: Sequence[tuple[int, Rule]],
    reach: Reach,
    base: FloatArray,
    done: FloatArray,
    done_whole: FloatArray,
) -> _Part:
    low, high = (
        np.array([getattr(rule, name) for _, rule in rules], np.float64)[reach.rule]
        for name in ("min", "max")
    )
    lower, upper = BOUNDS[alike.kind](low, high, base)
    key = _PartKey(
        alike.kind,
        alike.basis,
        tuple(place for place, _ in rules),
        tuple(rule.position for _, rule in rules),
        tuple(rule.rule_id for _, rule in rules),
        tuple(0 if rule.tier in ("", "hard") else int(rule.tier) for _, rule in rules),
        tuple(rule.owner for _, rule in rules),
        reach,
    )
    return _Part(key, low, high, base, lower, upper, done, done_whole)


def _pins(plan: Plan, measure: str, found: tuple[Reach, FloatArray, tuple[str, ...]]) -> _Part:
    """Pins as equalities, behind all rules."""
    reach, amount, owner = found
    n = len(amount)
    last, nothing = len(plan.rules), np.zeros(n)
    key = _PartKey("pin", "amount", (last,) * n, (-1,) * n, ("pin",) * n, (0,) * n, owner, reach)
    return _Part(key, amount, amount, np.ones(n), amount, amount, nothing, nothing)


def _shape_of(parts: Sequence[_Part]) -> tuple[Shape, IntArray]:
    """All instances, column by column, in the order of their rules; and that order."""
    keys = [part.key for part in parts]
    count = [len(key.reach.node) for key in keys]
    order = np.argsort(_of_rules(keys, "place", np.int64), kind="stable")
    shape = Shape(
        rule=_of_rules(keys, "position", np.int64)[order],
        rule_id=_of_rules(keys, "rule_id", object)[order],
        kind=np.repeat(np.array([key.kind for key in keys], object), count)[order],
        basis=np.repeat(np.array([key.basis for key in keys], object), count)[order],
        node=np.concatenate([key.reach.node for key in keys])[order],
        product=np.concatenate([key.reach.product for key in keys])[order],
        tier=_of_rules(keys, "tier", np.int64)[order],
        owner=_of_rules(keys, "owner", object)[order],
        group=np.concatenate([key.reach.group for key in keys])[order],
    )
    return shape, order


def _of_rules(keys: Sequence[_PartKey], name: str, dtype: type) -> Any:
    """What rules have in common with all their instances, instance by instance."""
    return np.concatenate([np.array(getattr(key, name), dtype)[key.reach.rule] for key in keys])


def _float_noise(units: FloatArray) -> FloatArray:
    """What a whole number of units may be off by as a quotient of floats."""
    return np.maximum(WHOLE, 1e-15 * np.where(np.isfinite(units), np.abs(units), 0.0))


def _whole_units(shape: Shape, order: IntArray, parts: Sequence[_Part], unit: float) -> Lines:
    """Draw amount bounds inwards to whole units; a growth or commitment interval without one stays."""

    def column(name: str) -> FloatArray:
        joined: FloatArray = np.concatenate([getattr(part, name) for part in parts])[order]
        return joined

    low, high = column("lower"), column("upper")
    in_measure = shape.of_kind(*AMOUNT_KINDS) & ~shape.is_effort
    low_in = np.ceil(low / unit - _float_noise(low / unit)) * unit
    high_in = np.floor(high / unit + _float_noise(high / unit)) * unit
    keep = (low_in > high_in) & shape.of_kind("growth", "commitment")
    inward = in_measure & ~keep
    return Lines(
        shape,
        min=column("min"),
        max=column("max"),
        base=column("base"),
        lower=np.where(inward, low_in, low),
        upper=np.where(inward, high_in, high),
        done=column("done"),
        done_whole=column("done_whole"),
        is_whole=inward,
    )
