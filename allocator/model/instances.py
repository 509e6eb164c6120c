"""Business rules and pins, spelled out: one entry per rule and node it applies to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from allocator.anchors.anchors import Anchors
from allocator.model.bases import BASES, BOUNDS, DEFAULT_BASIS, nodes_at_work, nodes_named, peer_groups
from allocator.model.carried import Carried, carried_of
from allocator.model.known_rules import KnownRules, Reach, ReachKey
from allocator.model.labels import Labels
from allocator.model.lines import Lines, Shape
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray

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
        _part_of(plan, labels, measure, anchors, known, rule)
        if rule.rule_id not in carried
        else _carried_part(plan, labels, measure, anchors, carried[rule.rule_id], rule)
        for rule in _rules_of(plan, measure)
    ]
    parts.append(_pins(plan, measure, known.pins(plan, labels, measure)))
    shape = known.shape(tuple(part.key for part in parts), lambda: _shape_of(parts))
    return _whole_units(shape, parts, float(plan.spec.measures[measure].round_to))


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


@dataclass(frozen=True)
class _Part:
    """The instances of one rule: where it applies, what they share, and the numbers that they do not.

    Parameters
    ----------
    key
        All that the shape of the instances depends on: position, rule_id, kind, basis, tier, owners, reach.
    """

    key: tuple[int, str, str, str, int, str | tuple[str, ...], Reach]
    min: FloatArray
    max: FloatArray
    base: FloatArray
    lower: FloatArray
    upper: FloatArray
    done: FloatArray
    done_whole: FloatArray


def _part_of(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, known: KnownRules, rule: Rule
) -> _Part:
    """Spell out one rule."""
    key = _reach_key(rule)
    reach, base = known.reach(plan, labels, measure, anchors, key)
    nothing = np.zeros(len(base))
    return _with_numbers(rule, key.basis, reach, base, nothing, nothing)


def _carried_part(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, own: Carried, rule: Rule
) -> _Part:
    """Spell out a rule that counts what is done already; it applies where carried.csv says so."""
    key = _reach_key(rule)
    node = nodes_named(labels, rule.level, rule.node_id)
    node = node[np.isin(node, own.node)]
    product = np.full(len(node), labels.product_code[key.product_id], np.int64)
    done, done_whole, given = own.at(node)
    base = BASES[rule.kind](plan, labels, measure, anchors, node, product, key.basis)
    base = np.where(np.isfinite(given), given, base)
    group = peer_groups(plan, labels, node) if rule.kind == "fairness" else np.full(len(node), -1, np.int64)
    applies = np.isfinite(base) & (base > 0) & nodes_at_work(plan, labels)[node]
    reach = Reach(node[applies], product[applies], group[applies])
    return _with_numbers(rule, key.basis, reach, base[applies], done[applies], done_whole[applies])


def _reach_key(rule: Rule) -> ReachKey:
    basis = rule.basis or DEFAULT_BASIS[rule.kind]
    return ReachKey(rule.kind, basis, rule.level, rule.node_id, rule.product_id or "*")


def _with_numbers(
    rule: Rule, basis: str, reach: Reach, base: FloatArray, done: FloatArray, done_whole: FloatArray
) -> _Part:
    lower, upper = BOUNDS[rule.kind](float(rule.min), float(rule.max), base)
    tier = 0 if rule.tier in ("", "hard") else int(rule.tier)
    return _Part(
        key=(rule.position, rule.rule_id, rule.kind, basis, tier, rule.owner, reach),
        min=np.full(len(base), rule.min, np.float64),
        max=np.full(len(base), rule.max, np.float64),
        base=base,
        lower=lower,
        upper=upper,
        done=done,
        done_whole=done_whole,
    )


def _pins(plan: Plan, measure: str, found: tuple[Reach, FloatArray, tuple[str, ...]]) -> _Part:
    """Pins as equalities."""
    reach, amount, owner = found
    key = (-1, "pin", "pin", "amount", 0, owner, reach)
    nothing = np.zeros(len(amount))
    return _Part(key, amount, amount, np.ones(len(amount)), amount, amount, nothing, nothing)


def _shape_of(parts: Sequence[_Part]) -> Shape:
    """All instances, column by column."""
    rule, rule_id, kind, basis, tier, owner, reach = zip(*(part.key for part in parts), strict=True)
    count = [len(one.node) for one in reach]
    owners = [
        name
        for one, n in zip(owner, count, strict=True)
        for name in ([one] * n if isinstance(one, str) else one)
    ]
    return Shape(
        rule=np.repeat(np.array(rule, np.int64), count),
        rule_id=np.repeat(np.array(rule_id, object), count),
        kind=np.repeat(np.array(kind, object), count),
        basis=np.repeat(np.array(basis, object), count),
        node=np.concatenate([one.node for one in reach]),
        product=np.concatenate([one.product for one in reach]),
        tier=np.repeat(np.array(tier, np.int64), count),
        owner=np.array(owners, object),
        group=np.concatenate([one.group for one in reach]),
    )


def _float_noise(units: FloatArray) -> FloatArray:
    """What a whole number of units may be off by as a quotient of floats."""
    return np.maximum(WHOLE, 1e-15 * np.where(np.isfinite(units), np.abs(units), 0.0))


def _whole_units(shape: Shape, parts: Sequence[_Part], unit: float) -> Lines:
    """Draw amount bounds inwards to whole units; a growth or commitment interval without one stays."""
    low, high = (np.concatenate([getattr(part, name) for part in parts]) for name in ("lower", "upper"))
    in_measure = shape.of_kind(*AMOUNT_KINDS) & ~shape.is_effort
    low_in = np.ceil(low / unit - _float_noise(low / unit)) * unit
    high_in = np.floor(high / unit + _float_noise(high / unit)) * unit
    keep = (low_in > high_in) & shape.of_kind("growth", "commitment")
    inward = in_measure & ~keep
    return Lines(
        shape,
        min=np.concatenate([part.min for part in parts]),
        max=np.concatenate([part.max for part in parts]),
        base=np.concatenate([part.base for part in parts]),
        lower=np.where(inward, low_in, low),
        upper=np.where(inward, high_in, high),
        done=np.concatenate([part.done for part in parts]),
        done_whole=np.concatenate([part.done_whole for part in parts]),
        is_whole=inward,
    )
