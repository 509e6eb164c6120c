"""The rows of a release: made from tied-out numbers, compared with the release before, hashed."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from allocator.plan.plan import Plan
from allocator.texts import worded
from allocator.verification.measure_result import MeasureResult
from service.plans.org_paths import nodes_of
from service.releases.schemas import Products, ReasonRule
from service.releases.target import Key, Target, release_sha256
from service.releases.tie_out import TiedOut

ALL = "*"
SHOWN = 20
NONE_BEFORE, REMOVED = worded("fault.release.none_before"), worded("fault.release.removed")
"""What stands for the amount where there is none."""


class ReleaseRow(NamedTuple):
    """A row as it is kept; columns of `release_targets` after the id of the release."""

    row_number: int
    change: str
    target: Target
    previous_amount: str | None
    change_reason: str
    row_hash: str


@dataclass(frozen=True)
class Compared:
    """All rows of a release, tombstones last, and the changes that nobody gave a reason for."""

    rows: tuple[ReleaseRow, ...]
    tombstones: tuple[ReleaseRow, ...]
    without_reason: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """sha256 over the digests of all rows."""
        return release_sha256(row.target for row in self.rows)

    def control_totals(self) -> list[dict[str, str | int]]:
        """Rows and sum of the amounts per measure and currency."""
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        count: dict[tuple[str, str], int] = defaultdict(int)
        for row in self.rows:
            of = (row.target.measure, row.target.currency)
            sums[of] += Decimal(row.target.amount)
            count[of] += 1
        return [
            {"measure": m, "currency": c, "rows": count[m, c], "amount": f"{amount:f}"}
            for (m, c), amount in sorted(sums.items())
        ]


def targets_of(tied: TiedOut, plan: Plan, products: Products) -> list[Target]:
    """Return the target of every node, product, month and the year; a subtree is one stretch of rows."""
    nodes = {node.node_id: node for node in nodes_of(plan, "")}
    order = sorted(
        range(len(tied.company.org.ids)), key=lambda v: nodes[tied.company.org.ids[v]].org_path.encode()
    )
    wanted = [q for q, p in enumerate(tied.company.products.ids) if products == "all" or p == ALL]
    spans = _spans(tied.company.periods)
    tables = [_Amounts(measure, plan, wanted) for measure in tied.measures]
    rows = []
    for v in order:
        node = nodes[tied.company.org.ids[v]]
        who = (node.employee_id, node.email, node.node_id, node.org_path, node.position)
        for table in tables:
            for product, amounts in table.of_node(v):
                rows += [
                    Target(*who, table.measure, table.unit, table.currency, product, *span, amount)
                    for span, amount in zip(spans, amounts, strict=True)
                ]
    return rows


def compare(
    targets: Sequence[Target],
    before: Mapping[Key, Target],
    reasons: Sequence[ReasonRule],
    *,
    is_first: bool,
) -> Compared:
    """Say of every row what became of it; each change needs a reason, unless nothing was released before."""
    why = _Reasons(reasons, [*targets, *before.values()])
    rows, silent = [], []
    for number, target in enumerate(targets, start=1):
        old = before.get(target.key)
        change = "create" if old is None else "keep" if old == target else "update"
        reason = "" if is_first or change == "keep" else why.reason(target)
        if not is_first and not reason and (old is None or old.amount != target.amount):
            silent.append((target, old.amount if old else NONE_BEFORE, target.amount))
        previous = old.amount if old else None
        rows.append(ReleaseRow(number, change, target, previous, reason, target.row_hash))
    kept = {target.key for target in targets}
    gone = [target for key, target in before.items() if key not in kept]
    tombs = []
    for number, target in enumerate(gone, start=len(rows) + 1):
        reason = why.reason(target)
        if not reason:
            silent.append((target, target.amount, REMOVED))
        tombs.append(ReleaseRow(number, "remove", target, target.amount, reason, target.row_hash))
    return Compared(tuple(rows), tuple(tombs), tuple(_sentences(silent)))


def unknown_names(reasons: Sequence[ReasonRule], targets: Sequence[Target]) -> Iterator[tuple[str, str]]:
    """Yield (pointer, sentence) of every name in the reasons that no row bears."""
    for field in ("node_id", "measure", "product_id", "period"):
        known = {getattr(target, field) for target in targets}
        for k, rule in enumerate(reasons):
            named = getattr(rule, field)
            if named is not None and named not in known:
                yield (
                    f"/reasons/{k}/{field}",
                    worded("fault.release.unknown_name", field=field, name=repr(named)),
                )


class _Amounts:
    """The amounts of one measure as decimal text: the year first, then the months."""

    def __init__(self, measure: MeasureResult, plan: Plan, wanted: Sequence[int]) -> None:
        spec = plan.spec.measures[measure.measure]
        self.measure, self.unit = measure.measure, spec.unit
        self.currency = plan.spec.currency if spec.unit == plan.spec.currency else ""
        self._step, self._wanted = spec.round_to, wanted
        self._products = measure.names.products
        self._year, self._months = measure.units, measure.month_units

    def of_node(self, v: int) -> Iterator[tuple[str, list[str]]]:
        for q in self._wanted:
            units = [int(self._year[v, q]), *self._months[v, q].tolist()]
            yield self._products[q], [f"{unit * self._step:f}" for unit in units]


class _Reasons:
    """Finds the first rule that fits a row; a rule's node means its whole subtree."""

    def __init__(self, rules: Sequence[ReasonRule], targets: Sequence[Target]) -> None:
        paths: dict[str, set[str]] = defaultdict(set)
        for target in targets:
            paths[target.node_id].add(target.org_path)
        self._rules = [(rule, tuple(paths.get(rule.node_id or "", ()))) for rule in rules]

    def reason(self, target: Target) -> str:
        for rule, paths in self._rules:
            if (
                (rule.node_id is None or target.org_path.startswith(paths or ("\0",)))
                and rule.measure in (None, target.measure)
                and rule.product_id in (None, target.product_id)
                and rule.period in (None, target.period)
            ):
                return rule.reason
        return ""


def _spans(periods: Sequence[str]) -> list[tuple[str, str, str]]:
    """Name, first and last day of the year and of each month."""
    months = [(p, f"{p}-01", f"{p}-{monthrange(int(p[:4]), int(p[5:]))[1]:02d}") for p in periods]
    return [(f"{periods[0]}..{periods[-1]}", months[0][1], months[-1][2]), *months]


def _sentences(silent: Sequence[tuple[Target, str, str]]) -> Iterator[str]:
    for target, old, new in silent[:SHOWN]:
        yield worded("fault.release.no_reason", key=", ".join(target.key), old=old, new=new)
    if len(silent) > SHOWN:
        yield worded("fault.release.more_without_reason", count=len(silent) - SHOWN)
