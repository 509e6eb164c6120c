"""plan.yaml (or the sheet `plan`) as a `PlanSpec`; every fault is told with its key and line."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from allocator.plan.encoding import is_known_encoding
from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.finding_words import finding_words
from allocator.plan.setting_keys import TOP_KEYS, Expected, expected_at, known_keys
from allocator.plan.sheet import strip
from allocator.plan.spec import AttainmentLimits, PlanSpec
from allocator.plan.suggestions import number_hint
from allocator.plan.warning import CODES
from allocator.plan.yaml_source import Branch, Node, Path, Place, Scalar
from allocator.texts import worded

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
        message = (
            worded("fault.key.unknown_under", key=path[-1], path=".".join(path[:-1]))
            if len(path) > 1
            else worded("fault.key.unknown", key=path[-1])
        )
        self.refuse(
            path,
            path[-1],
            code="unknown-key",
            message=message,
            hint=NearMatches(known, worded("fault.key.unknown.hint", names=", ".join(known)))(path[-1]),
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
        self.refuse(
            path,
            "" if isinstance(node, Branch) else node.text,
            code="wrong-shape",
            message=worded(f"fault.shape.{expected.replace(' ', '_')}", key=path[-1]),
            hint=worded("fault.shape.hint"),
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
                message=worded("fault.total.nothing", key=path[-1]),
                hint=worded("fault.total.nothing.hint", names=" / ".join(known_keys(path))),
            )
        elif "growth" in keys and len(keys) > 1:
            self.refuse(
                path,
                ", ".join(plain),
                code="mixed-total",
                message=worded("fault.total.mixed"),
                hint=worded("fault.total.mixed.hint"),
            )
        elif keys == {"min", "max"} and plain["min"] > plain["max"]:
            self.refuse(
                path,
                f"{plain['min']} > {plain['max']}",
                code="min-above-max",
                message=worded("fault.total.crossed"),
                hint=worded("fault.total.crossed.hint"),
            )
        for key in sorted(keys & {"min", "max"}):
            self._check_not_negative(plain[key], (*path, key))
        if "growth" in keys and not -1 < plain["growth"] <= 100:
            self.refuse(
                (*path, "growth"),
                plain["growth"],
                code="out-of-range",
                message=worded("fault.total.growth"),
                hint=worded("fault.total.growth.hint"),
            )

    def _check_not_negative(self, amount: Decimal, path: Path) -> None:
        if amount < 0:
            self.refuse(
                path,
                amount,
                code="negative-amount",
                message=worded("fault.total.negative"),
                hint=worded("fault.negative.hint"),
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
                message=worded("fault.number.quoted" if is_quoted else "fault.number.none", text=text),
                hint=worded("fault.number.quoted.hint") if is_quoted else number_hint(text),
            )
            return None
        if not _is_decimal(text):
            self.refuse(
                path,
                text,
                code="not-finite",
                message=worded("fault.number.infinite", text=text),
                hint=worded("fault.number.infinite.hint"),
            )
            return None
        number = Decimal(text)
        if number and not SMALLEST <= abs(number) <= LARGEST:
            size = "large" if abs(number) > LARGEST else "small"
            self.refuse(
                path,
                text,
                code=f"too-{size}",
                message=worded(f"fault.number.{size}", text=text),
                hint=worded(f"fault.number.{size}.hint"),
            )
            return None
        if expected_at(path) == "number or keys":
            self._check_not_negative(number, path)
        return int(number) if number == number.to_integral_value() and "." not in text else number

    def check_meaning(self, plain: dict[str, Any]) -> None:
        """What the shapes alone do not show."""
        if plain.get("baseline", "auto") not in ("auto", "published"):
            self._check_baseline(plain["baseline"])
        self._check_goal_band(plain.get("attainment", {}))
        self._check_payout(plain.get("payout", {}), plain.get("measures", {}))
        self._check_accepted_warnings()
        encoding = plain.get("encoding", "utf-8")
        if not is_known_encoding(encoding):
            self.refuse(
                ("encoding",),
                encoding,
                code="unknown-encoding",
                message=worded("fault.settings.encoding", name=encoding),
                hint=worded("fault.settings.encoding.hint"),
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
                message=worded("fault.attainment.crossed", low=low, high=high),
                hint=worded("fault.attainment.crossed.hint"),
            )

    def _check_payout(self, payout: dict[str, Any], measures: dict[str, Any]) -> None:
        """Payouts name measures, and every key of a curve is an attainment."""
        for measure, stated in payout.items():
            if measure not in measures and ("measures",) not in self.bad:
                otherwise = worded("fault.the_measures", names=", ".join(measures))
                self.refuse(
                    ("payout", measure),
                    measure,
                    code="unknown-measure",
                    message=worded("fault.unknown", what=worded("fault.what.measure"), name=measure),
                    hint=NearMatches(measures, otherwise)(measure),
                )
            seen: set[Decimal] = set()
            for attained in stated.get("curve", {}) if isinstance(stated, dict) else ():
                twice = _is_decimal(attained) and Decimal(attained) in seen
                if twice:
                    self.refuse(
                        ("payout", measure, "curve", attained),
                        attained,
                        code="duplicate-key",
                        message=worded("fault.payout.twice", attained=attained),
                        hint=worded("fault.keep_one_entry"),
                    )
                elif _is_decimal(attained):
                    seen.add(Decimal(attained))
                if not _is_decimal(attained) or Decimal(attained) < 0:
                    self.refuse(
                        ("payout", measure, "curve", attained),
                        attained,
                        code="not-a-number",
                        message=worded("fault.payout.no_attainment", attained=attained),
                        hint=worded("fault.payout.no_attainment.hint"),
                    )

    def _check_accepted_warnings(self) -> None:
        """What is accepted is a warning that there is, and has a reason."""
        stated = self.tree.at(("accepted_warnings",))
        for code, reason in stated.children.items() if isinstance(stated, Branch) else ():
            path = ("accepted_warnings", code)
            if code not in CODES:
                otherwise = worded("fault.accepted.codes", names=", ".join(CODES))
                self.refuse(
                    path,
                    code,
                    code="unknown-warning",
                    message=worded("fault.accepted.unknown", code=code),
                    hint=NearMatches(CODES, otherwise)(code),
                )
            elif isinstance(reason, Scalar) and not strip(reason.text):
                self.refuse(
                    path,
                    "",
                    code="missing-value",
                    message=worded("fault.accepted.no_reason", code=code),
                    hint=worded("fault.accepted.no_reason.hint"),
                )

    def _check_baseline(self, baseline: object) -> None:
        if not isinstance(baseline, dict):
            self.refuse(
                ("baseline",),
                baseline,
                code="unknown-choice",
                message=worded("fault.baseline.unknown", name=baseline),
                hint=worded("fault.baseline.unknown.hint"),
            )
        elif not any(baseline.values()) and ("baseline",) not in {bad[:1] for bad in self.bad}:
            self.refuse(
                ("baseline",),
                "",
                code="weights-all-zero",
                message=worded("fault.baseline.zero"),
                hint=worded("fault.baseline.zero.hint"),
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
    code, message, hint = finding_words(kind, path, context, value)
    if kind == "missing" and reader.tree.at(path) is not None:
        message, hint = (
            worded("fault.key.no_value", path=".".join(path)),
            worded("fault.key.no_value.hint", key=path[-1]),
        )
    reader.refuse(path, value, code=code, message=message, hint=hint)
