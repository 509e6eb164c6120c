"""plan.yaml (or the sheet `plan`) as a `PlanSpec`; every fault is told with its key and line."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from allocator.plan.encoding import is_known_encoding
from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.setting_keys import TOP_KEYS, Expected, expected_at, known_keys
from allocator.plan.sheet import strip
from allocator.plan.spec import AttainmentLimits, PlanSpec
from allocator.plan.suggestions import month_hint, number_hint
from allocator.plan.yaml_source import Branch, Node, Path, Place, Scalar

LARGEST = Decimal(10) ** 15
SMALLEST = Decimal(10) ** -12
REQUIRED = ("plan", "start", "measures")
_PLACEHOLDER: dict[str, Any] = {"plan": "?", "start": "2000-01", "measures": {"?": {"unit": "?", "total": 0}}}


@dataclass(frozen=True)
class Settings:
    """The specification, and which parts of it can be relied on.

    Parameters
    ----------
    spec
        Always complete; parts at fault are replaced by harmless ones.
    doubtful
        Paths of the parts that were at fault.
    tree
        What was written, for the places of later faults.
    """

    spec: PlanSpec
    doubtful: frozenset[Path]
    tree: Branch

    def is_sure(self, *path: str) -> bool:
        """Tell whether nothing on, above or below this path was at fault."""
        return not any(path[: len(bad)] == bad or bad[: len(path)] == path for bad in self.doubtful)

    def is_named(self, *path: str) -> bool:
        """Tell whether the names on this level can be relied on (their content may be at fault)."""
        return not any(path[: len(bad)] == bad for bad in self.doubtful)

    def add_fault(
        self, faults: FaultCollector, path: Path, value: object, *, code: str, message: str, hint: str
    ) -> None:
        """Add a fault at the place where a key was written."""
        place = self.tree.place_of(path)
        faults.add(place.file, place.row, ".".join(path), value, code=code, message=message, hint=hint)


def read_settings(tree: Branch | None, file: str, faults: FaultCollector) -> Settings:
    """Turn what was written into a specification.

    Parameters
    ----------
    tree
        None when there is nothing to read (that fault is known already).
    """
    if tree is None:
        return Settings(
            PlanSpec.model_validate(_PLACEHOLDER),
            frozenset((key,) for key in TOP_KEYS),
            Branch({}, Place(file, 0)),
        )
    reader = _Reader(tree, faults)
    plain = reader.plain_keys(tree, ())
    reader.check_meaning(plain)
    spec, doubtful = _validated(plain, reader)
    return Settings(spec, doubtful, tree)


class _Reader:
    """Walks the tree once, keeping the paths of what was at fault."""

    def __init__(self, tree: Branch, faults: FaultCollector) -> None:
        self.tree = tree
        self.faults = faults
        self.bad: set[Path] = set()

    def refuse(self, path: Path, value: object, *, code: str, message: str, hint: str) -> None:
        """Add a fault and remember that this part is not usable."""
        place = self.tree.place_of(path)
        self.bad.add(path)
        self.faults.add(place.file, place.row, ".".join(path), value, code=code, message=message, hint=hint)

    def plain_keys(self, branch: Branch, path: Path) -> dict[str, Any]:
        """Return the readable part of a branch as plain values."""
        plain: dict[str, Any] = {}
        for key, node in branch.children.items():
            below = (*path, key)
            expected = expected_at(below)
            if expected is None:
                self._refuse_key(below)
                continue
            if isinstance(node, Scalar) and node.tag == "null":
                continue
            value = self._plain(node, below, expected)
            if below not in self.bad:
                plain[key] = value
        return plain

    def _refuse_key(self, path: Path) -> None:
        known = known_keys(path[:-1])
        where = f"under `{'.'.join(path[:-1])}`" if len(path) > 1 else "in plan.yaml"
        self.refuse(
            path,
            path[-1],
            code="unknown-key",
            message=f"there is no key `{path[-1]}` {where}",
            hint=NearMatches(known, f"the keys here are {', '.join(known)}")(path[-1]),
        )

    def _plain(self, node: Node, path: Path, expected: Expected) -> Any:
        if isinstance(node, Branch):
            if "keys" in expected:
                return self._plain_branch(node, path)
        elif node.tag == "list":
            pass
        elif "text" in expected:
            return strip(node.text)
        elif "number" in expected:
            return self._plain_number(node, path)
        words = {"keys": "further keys", "number or keys": "a number or keys such as {growth: 0.1}"}
        self.refuse(
            path,
            "" if isinstance(node, Branch) else node.text,
            code="wrong-shape",
            message=f"`{path[-1]}` needs {words.get(expected, f'one {expected}')}",
            hint="look at the plan.yaml that `allocator init` writes",
        )
        return None

    def _plain_branch(self, node: Branch, path: Path) -> dict[str, Any]:
        plain = self.plain_keys(node, path)
        if expected_at(path) == "number or keys" and not any(bad[: len(path)] == path for bad in self.bad):
            self._check_total_keys(plain, path)
        return plain

    def _check_total_keys(self, plain: dict[str, Any], path: Path) -> None:
        """A total is an amount, {growth: g} or, for products, {min: a, max: b}."""
        keys = set(plain)
        if not keys:
            self.refuse(
                path,
                "",
                code="missing-key",
                message=f"`{path[-1]}` says nothing",
                hint=f"give an amount or {' / '.join(known_keys(path))}",
            )
        elif "growth" in keys and len(keys) > 1:
            self.refuse(
                path,
                ", ".join(plain),
                code="mixed-total",
                message="growth and a range are given for the same total",
                hint="give either {growth: g} or {min: a, max: b}",
            )
        elif keys == {"min", "max"} and plain["min"] > plain["max"]:
            self.refuse(
                path,
                f"{plain['min']} > {plain['max']}",
                code="min-above-max",
                message="min is larger than max",
                hint="exchange the two",
            )
        for key in sorted(keys & {"min", "max"}):
            self._check_not_negative(plain[key], (*path, key))
        if "growth" in keys and not -1 < plain["growth"] <= 100:
            self.refuse(
                (*path, "growth"),
                plain["growth"],
                code="out-of-range",
                message="a growth lies between -1 and 100 (0.15 means 15 %)",
                hint="write 15 % as 0.15",
            )

    def _check_not_negative(self, amount: Decimal, path: Path) -> None:
        if amount < 0:
            self.refuse(
                path,
                amount,
                code="negative-amount",
                message="a total cannot be negative",
                hint="write an amount from 0 upwards",
            )

    def _plain_number(self, node: Scalar, path: Path) -> Decimal | int | None:
        """Return a finite number of sane size."""
        text = strip(node.text)
        if node.tag != "number":
            is_quoted = node.tag == "text" and _is_decimal(text)
            self.refuse(
                path,
                text,
                code="number-as-text" if is_quoted else "not-a-number",
                message=f"`{text}` is {'a text in quotation marks' if is_quoted else 'not a number'}",
                hint="write the number without quotation marks" if is_quoted else number_hint(text),
            )
            return None
        if not _is_decimal(text):
            self.refuse(
                path,
                text,
                code="not-finite",
                message=f"`{text}` is not a finite number",
                hint="write a plain decimal",
            )
            return None
        number = Decimal(text)
        if number and not SMALLEST <= abs(number) <= LARGEST:
            is_large = abs(number) > LARGEST
            self.refuse(
                path,
                text,
                code="too-large" if is_large else "too-small",
                message=f"`{text}` is too {'large' if is_large else 'small'} to be meant",
                hint="use a larger unit for this measure" if is_large else "write 0 or a larger number",
            )
            return None
        if expected_at(path) == "number or keys":
            self._check_not_negative(number, path)
        return int(number) if number == number.to_integral_value() and "." not in text else number

    def check_meaning(self, plain: dict[str, Any]) -> None:
        """What the shapes alone do not show."""
        if plain.get("baseline", "auto") != "auto":
            self._check_baseline(plain["baseline"])
        self._check_goal_band(plain.get("attainment", {}))
        self._check_payout(plain.get("payout", {}), plain.get("measures", {}))
        encoding = plain.get("encoding", "utf-8")
        if not is_known_encoding(encoding):
            self.refuse(
                ("encoding",),
                encoding,
                code="unknown-encoding",
                message=f"there is no text encoding `{encoding}`",
                hint="use utf-8, gbk, gb18030, big5, cp1252 or another name that Python knows",
            )

    def _check_goal_band(self, limits: dict[str, Any]) -> None:
        low = limits.get("at_goal_min", AttainmentLimits().at_goal_min)
        high = limits.get("at_goal_max", AttainmentLimits().at_goal_max)
        if low > high:
            written = "at_goal_min" if "at_goal_min" in limits else "at_goal_max"
            self.refuse(
                ("attainment", written),
                limits[written],
                code="min-above-max",
                message=f"at_goal_min ({low}) is larger than at_goal_max ({high})",
                hint="give both, the smaller one as at_goal_min",
            )

    def _check_payout(self, payout: dict[str, Any], measures: dict[str, Any]) -> None:
        """Payouts name measures, and every key of a curve is an attainment."""
        for measure, stated in payout.items():
            if measure not in measures and ("measures",) not in self.bad:
                self.refuse(
                    ("payout", measure),
                    measure,
                    code="unknown-measure",
                    message=f"there is no measure `{measure}`",
                    hint=NearMatches(measures, f"the measures are {', '.join(measures)}")(measure),
                )
            seen: set[Decimal] = set()
            for attained in stated.get("curve", {}) if isinstance(stated, dict) else ():
                twice = _is_decimal(attained) and Decimal(attained) in seen
                if twice:
                    self.refuse(
                        ("payout", measure, "curve", attained),
                        attained,
                        code="duplicate-key",
                        message=f"the attainment {attained} is given twice",
                        hint="keep one of the two",
                    )
                elif _is_decimal(attained):
                    seen.add(Decimal(attained))
                if not _is_decimal(attained) or Decimal(attained) < 0:
                    self.refuse(
                        ("payout", measure, "curve", attained),
                        attained,
                        code="not-a-number",
                        message=f"`{attained}` is not an attainment",
                        hint="write attainments as numbers from 0 upwards: {0.7: 0, 1: 1, 1.3: 2}",
                    )

    def _check_baseline(self, baseline: object) -> None:
        if not isinstance(baseline, dict):
            self.refuse(
                ("baseline",),
                baseline,
                code="unknown-choice",
                message=f"there is no baseline `{baseline}`",
                hint="write auto, or weights such as {history: 0.6, potential: 0.2, commitment: 0.2}",
            )
        elif not any(baseline.values()) and ("baseline",) not in {bad[:1] for bad in self.bad}:
            self.refuse(
                ("baseline",),
                "",
                code="weights-all-zero",
                message="no source of the baseline has a weight",
                hint="give at least one of history, potential and commitment a weight above 0",
            )


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and "_" not in text
    except InvalidOperation:
        return False


def _validated(plain: dict[str, Any], reader: _Reader) -> tuple[PlanSpec, frozenset[Path]]:
    """Validate; where something is wrong tell it and return a specification with that part replaced."""
    try:
        spec = PlanSpec.model_validate(_repaired(plain, reader.bad, required=()))
        if not reader.bad:
            return spec, frozenset()
    except ValidationError as error:
        for detail in error.errors():
            _tell(detail, plain, reader)
    return PlanSpec.model_validate(_repaired(plain, reader.bad, REQUIRED)), frozenset(reader.bad)


def _repaired(plain: dict[str, Any], bad: Iterable[Path], required: Iterable[str]) -> dict[str, Any]:
    """Replace the parts at fault by harmless ones (or leave them out)."""
    repaired = {
        key: {name: dict(below) if isinstance(below, dict) else below for name, below in value.items()}
        if isinstance(value, dict)
        else value
        for key, value in plain.items()
    }
    for path in bad:
        key, names = path[0], path[1:]
        branch = repaired.get(key)
        if key == "measures" and names:
            repaired.setdefault("measures", {})[names[0]] = {"unit": "?", "total": 0}
        elif key == "product_totals" and len(names) > 1 and isinstance(branch, dict):
            branch.get(names[0], {}).pop(names[1], None)
        elif names and key != "baseline" and isinstance(branch, dict):
            branch.pop(names[0], None)
        else:
            repaired.pop(key, None)
    for key in required:
        if not repaired.get(key):
            repaired[key] = _PLACEHOLDER[key]
    return repaired


def _tell(detail: ErrorDetails, plain: dict[str, Any], reader: _Reader) -> None:
    """Tell one finding of the validation in the user's words, unless a cause of it is known already."""
    path = tuple(str(part) for part in detail["loc"] if part != "[key]")
    if any(path[: len(bad)] == bad for bad in reader.bad):
        return
    kind = detail["type"]
    context = detail.get("ctx", {})
    value = "" if kind == "missing" or isinstance(detail["input"], dict) else detail["input"]
    code, message, hint = _words(kind, path, context, value)
    if kind == "missing" and reader.tree.at(path) is not None:
        message, hint = (
            f"the key `{'.'.join(path)}` has no value",
            f"write the value of `{path[-1]}` behind it",
        )
    reader.refuse(path, value, code=code, message=message, hint=hint)


def _words(kind: str, path: Path, context: dict[str, Any], value: object) -> tuple[str, str, str]:
    """Return code, message and hint of a finding."""
    key = path[-1]
    if path == ("start",) and kind != "missing":
        return "bad-month", f"`{value}` is not a month (YYYY-MM)", month_hint(str(value))
    if kind == "missing":
        where = f"under `{'.'.join(path[:-1])}`" if len(path) > 1 else "to the settings of the plan"
        return "missing-key", f"the key `{'.'.join(path)}` is missing", f"add `{key}` {where}"
    if kind == "literal_error":
        choices = str(context.get("expected", "")).replace("'", "`")
        return "unknown-choice", f"`{value}` is no {key}", f"use {choices}"
    if kind in ("string_too_short", "too_short"):
        return "missing-value", f"`{key}` is empty", f"give `{key}` a value"
    if kind == "string_too_long":
        return "id-too-long", f"`{key}` has more than 200 characters", "use a shorter id"
    if kind in ("int_from_float", "int_type", "int_parsing"):
        return "not-a-whole-number", f"`{value}` is not a whole number", f"write `{key}` as a whole number"
    bounds = {
        "greater_than": ("gt", "above"),
        "greater_than_equal": ("ge", "at least"),
        "less_than": ("lt", "below"),
        "less_than_equal": ("le", "at most"),
    }
    if kind in bounds:
        name, words = bounds[kind]
        limit = f"{words} {context[name]}"
        return "out-of-range", f"`{value}` is not {limit}", f"write a number that is {limit}"
    return "invalid-value", f"`{value}` cannot be used: {kind.replace('_', ' ')}", f"correct `{key}`"
