"""rules.csv row by row: every expected row and no other, its texts, value, status and what is missing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.verification.columns import EXACT
from allocator.verification.company import Company
from allocator.verification.measure_result import HEADER, MeasureResult
from allocator.verification.report import Check, judge, list_faults, worded
from allocator.verification.result_tables import floats
from allocator.verification.rule_checks import Amounts
from allocator.verification.rule_nodes import RuleNodes
from allocator.verification.sides import Sides
from allocator.verification.trees import BoolArray, FloatArray, IntArray, positions

CLOSE = 1e-6
NOISE = 1e-10
KEY = ["rule_id", "kind", "node_id", "product_id"]


@dataclass(frozen=True)
class RuleFile:
    """rules.csv of one measure beside the expected entries.

    Parameters
    ----------
    entry
        Entry of each row that was found, shape (m,).
    table
        Those rows, texts.
    row
        Their rows in the file.
    """

    entry: IntArray
    table: pd.DataFrame
    row: IntArray

    def place(self, k: int) -> str:
        """Name a row of the file."""
        words = ", ".join(str(self.table[column].iat[k]) for column in ("rule_id", "node_id", "product_id"))
        return f"rules.csv row {self.row[k]} ({words})"

    def describe(self, wrong: BoolArray, column: str, what: str) -> list[str]:
        """Word the rows whose column is wrong."""
        texts = self.table[column]
        return worded(positions(wrong), lambda k: f"{self.place(k)}: {column} {texts.iat[k]!r} {what}")


def match_rules(
    company: Company, result: MeasureResult, rules: RuleNodes, table: pd.DataFrame
) -> tuple[RuleFile, Check]:
    """Find every expected entry in rules.csv and nothing else."""
    of_measure = (table["measure"] == result.measure).to_numpy(bool)
    rows = table[of_measure].assign(file_row=np.flatnonzero(of_measure) + HEADER)
    expected = pd.DataFrame(
        {
            "rule_id": rules.table["rule_id"],
            "kind": rules.table["kind"],
            "node_id": np.array(company.org.ids, object)[rules.ints("node")],
            "product_id": np.array(company.products.ids, object)[rules.ints("product")],
            "entry": np.arange(len(rules)),
        }
    )
    expected = expected[~rules.is_kind("total", "product_total")]
    both = rows.merge(expected, on=KEY, how="outer", indicator=True)
    absent = both[(both["_merge"] == "right_only") & ~both["entry"].isin(_lonely(rules))]
    strays = both[both["_merge"] == "left_only"]
    found = both[both["_merge"] == "both"].sort_values("file_row", kind="stable")
    double = found[found.duplicated(KEY)]
    faults = worded(range(len(absent)), lambda k: f"rules.csv has no row for {_key(absent.iloc[k])}")
    faults += _odd_rows(strays, "applies to nothing") + _odd_rows(double, "stands there twice")
    found = found.drop_duplicates(KEY).reset_index(drop=True)
    check = list_faults(
        "rule_rows", result.measure, "rules.csv has one row per rule and node", len(expected), faults
    )
    entry, file_row = found["entry"].to_numpy(np.int64), found["file_row"].to_numpy(np.int64)
    return RuleFile(entry, found, file_row), check


def _odd_rows(rows: pd.DataFrame, what: str) -> list[str]:
    file_row = rows["file_row"].to_numpy(np.float64)
    return worded(
        range(len(rows)), lambda k: f"rules.csv row {int(file_row[k])}: {_key(rows.iloc[k])} {what}"
    )


def _lonely(rules: RuleNodes) -> IntArray:
    """Return fairness entries whose group has one member: they compare with nobody and may be left out."""
    group = rules.ints("group")
    members = np.bincount(group[group >= 0], minlength=int(group.max(initial=0)) + 1)
    return np.flatnonzero((group >= 0) & (members[np.maximum(group, 0)] == 1))


def _key(row: pd.Series) -> str:
    return f"({', '.join(str(row[column]) for column in KEY)})"


def check_rule_texts(result: MeasureResult, rules: RuleNodes, file: RuleFile) -> list[Check]:
    """min, max, basis, tier, owner as in the plan; numbers are numbers; every row has a text."""
    faults = []
    for column in ("min", "max"):
        found, bad = floats(file.table[column], may_be_empty=True)
        expected = rules.floats(column)[file.entry]
        same = (found == expected) | (np.isnan(found) & np.isnan(expected))
        close = np.abs(found - expected) <= 1e-12 * np.abs(expected)
        faults += file.describe(bad | ~(same | close), column, "is not the plan's")
    for column in ("value", "price", "short_by"):
        _, bad = floats(file.table[column], may_be_empty=column == "value")
        faults += file.describe(bad, column, "is no number")
    tier = file.table["tier"].replace({"hard": "0", "": "0"})
    for column, found_texts in (
        ("tier", tier),
        ("basis", file.table["basis"]),
        ("owner", file.table["owner"]),
    ):
        wanted = rules.table[column].astype(str).to_numpy(object)[file.entry]
        faults += file.describe(found_texts.to_numpy(object) != wanted, column, "is not the plan's")
    faults += file.describe(~_says_status(file), "text", "does not say the status")
    promise = "rules.csv repeats min, max, basis, tier and owner of the plan, and its texts say the status"
    return [list_faults("rule_texts", result.measure, promise, len(file.entry), faults)]


def _says_status(file: RuleFile) -> BoolArray:
    """Tell whether each sentence holds the word of its row's status, in one of the languages."""
    texts, status = file.table["text"], file.table["status"].to_numpy(object)
    others = texts.str.replace("not binding|未起作用", "", regex=True)
    said = {
        "slack": others != texts,
        "binding": others.str.contains("binding|起作用"),
        "relaxed": texts.str.contains("relaxed|已放宽"),
    }
    found = np.zeros(len(texts), bool)
    for name, says in said.items():
        found |= says.to_numpy(bool) & (status == name)
    return found


def check_rule_values(
    company: Company, result: MeasureResult, sides: Sides, amounts: Amounts, file: RuleFile
) -> list[Check]:
    """Check value, short_by and status of every row."""
    rules = sides.rules
    value = own_terms(company, rules, sides, result.targets)[file.entry]
    short = _per_entry(
        sides,
        np.where(amounts.missed_after > EXACT * np.maximum(amounts.size, 1.0), amounts.missed_after, 0.0),
    )
    found, _ = floats(file.table["value"], may_be_empty=True)
    found_short, _ = floats(file.table["short_by"], may_be_empty=False)
    gap = np.abs(found - value) / np.maximum(np.abs(value), 1.0)
    gap = np.where(np.isnan(found) & np.isnan(value), 0.0, gap)
    expected_short = short[file.entry]
    short_gap = np.abs(found_short - expected_short) / np.maximum(
        _per_entry(sides, amounts.size)[file.entry], 1.0
    )
    return [
        judge(
            "rule_values",
            result.measure,
            "value is what the rounded targets give, in the rule's own terms",
            gap,
            EXACT,
            lambda k: f"{file.place(k)}: value {found[k]:.12g} instead of {value[k]:.12g}",
        ),
        judge(
            "rule_short_by",
            result.measure,
            "short_by is the amount by which the rounded row misses its bound",
            short_gap,
            2 * EXACT,
            lambda k: f"{file.place(k)}: short_by {found_short[k]:.12g} instead of {expected_short[k]:.12g}",
        ),
        _check_status(result, sides, amounts, file),
    ]


def _per_entry(sides: Sides, values: FloatArray) -> FloatArray:
    """Largest value among the sides of each entry."""
    found = np.zeros(len(sides.rules))
    np.maximum.at(found, sides.entry, values)
    return found


def own_terms(company: Company, rules: RuleNodes, sides: Sides, nodes: FloatArray) -> FloatArray:
    """Amount, growth rate, share, ratio or deviation from the peers of every entry; NaN where not defined."""
    node, product = rules.ints("node"), rules.ints("product")
    amount = nodes[node, product] + rules.floats("done")
    rows = sides.row(nodes)
    weighted = sides.is_weighted
    amount[sides.entry[weighted]] = rows[weighted]
    base = rules.floats("base")
    whole = nodes[node, 0] + rules.floats("done_whole")
    group = rules.ints("group")
    member = group >= 0
    width = int(group.max(initial=0)) + 1
    targets = np.bincount(group[member], weights=amount[member], minlength=width)
    bases = np.bincount(group[member], weights=base[member], minlength=width)
    with np.errstate(divide="ignore", invalid="ignore"):
        peers = base * (targets / bases)[np.maximum(group, 0)]
        value = np.select(
            [
                rules.is_kind("growth"),
                rules.is_kind("commitment"),
                rules.is_kind("mix"),
                rules.is_kind("fairness"),
            ],
            [amount / base - 1.0, amount / base, amount / whole, amount / peers - 1.0],
            amount,
        )
    return np.where(np.isfinite(value), value, np.nan)


def _check_status(result: MeasureResult, sides: Sides, amounts: Amounts, file: RuleFile) -> Check:
    """Check status: a missed soft rule is relaxed, a row at its bound binding, else slack."""
    distance = np.full(len(sides.rules), np.inf)
    np.minimum.at(distance, sides.entry, np.abs(amounts.before - sides.bound) / amounts.size)
    missed = _per_entry(sides, np.where(sides.tier > 0, amounts.missed_before / amounts.size, 0.0))
    distance, missed = distance[file.entry], missed[file.entry]
    price, _ = floats(file.table["price"], may_be_empty=False)
    status = file.table["status"].to_numpy(object)
    right = np.select(
        [status == "relaxed", status == "binding", status == "slack"],
        [
            missed > NOISE,
            (distance <= CLOSE) & (missed <= CLOSE),
            (distance > NOISE) & (missed <= CLOSE) & (price == 0),
        ],
        False,
    ).astype(bool)
    surely = np.where(missed > CLOSE, "relaxed", np.where(distance <= EXACT, "binding", "slack"))

    def text(k: int) -> str:
        return f"{file.place(k)}: status {status[k]!r}, but the unrounded numbers make it {surely[k]}"

    promise = "relaxed = a soft rule that is missed, binding = at its bound, slack = neither"
    return judge("rule_status", result.measure, promise, (~right).astype(np.float64), 0.0, text)
