"""What certificate.json says of plan and result, recomputed; versions, engine and times are only told."""

from collections.abc import Mapping
from decimal import InvalidOperation
from typing import Any

import numpy as np

from allocator.verification.company import Company, decimal
from allocator.verification.measure_result import MeasureResult
from allocator.verification.report import Check, list_faults
from allocator.verification.result_tables import as_mapping
from allocator.verification.sides import Sides
from allocator.verification.stages import BALANCE_LIMIT, MET, Point

FAR = 0.5 + 1e-6
CLOSE = 1e-6


def check_plan_facts(company: Company, certificate: Mapping[str, Any]) -> Check:
    """Compare id, start, months, currency, units with the plan, and the status with the tiers."""
    measures = as_mapping(certificate.get("measures"))
    settings = company.settings
    unsettled = any(as_mapping(one).get("unsettled_tiers") for one in measures.values())
    said: dict[str, Any] = {name: certificate.get(name) for name in ("plan", "start", "months", "status")}
    said["currency"] = certificate.get("currency")
    wanted: dict[str, Any] = {
        "plan": str(settings.get("plan")),
        "start": str(settings["start"]),
        "months": company.n_month,
        "currency": str(settings.get("currency") or ""),
        "status": "stopped" if unsettled else "optimal",
    }
    for measure in company.measures:
        of_result = as_mapping(measures.get(measure))
        wanted[f"{measure}.unit"] = str(settings["measures"][measure].get("unit", ""))
        said[f"{measure}.unit"] = of_result.get("unit")
        wanted[f"{measure}.round_to"] = company.unit(measure)
        said[f"{measure}.round_to"] = _decimal(of_result.get("round_to"))
    faults = [
        f"certificate.json: {name} is {said[name]!r}, should be {wanted[name]!r}"
        for name in wanted
        if said[name] != wanted[name]
    ]
    if set(measures) != set(company.measures):
        faults.append("certificate.json does not list the measures of plan.yaml")
    promise = "the certificate speaks of this plan and its measures"
    return list_faults("certificate", "", promise, len(wanted), faults)


def _decimal(value: object) -> object:
    try:
        return decimal(value)
    except InvalidOperation:
        return value


def check_evidence(
    company: Company, result: MeasureResult, sides: Sides, point: Point, certificate: Mapping[str, Any]
) -> Check:
    """Compare tiers, rounding and number of cells with the files; residuals are within their limit."""
    said = as_mapping(as_mapping(certificate.get("measures")).get(result.measure))
    of_rounding = as_mapping(said.get("rounding"))
    exact = company.node_sums(result.unrounded) / result.unit
    leaves = [0, *company.products.leaves.tolist()]
    moved = np.abs(result.units - exact)[:, leaves]
    far = np.abs(result.cell_units - result.unrounded / result.unit) > FAR
    moves = point.is_open | ((point.anchor > 0) & ~company.is_absent[:, None])
    if point.outside is not None:
        moves = moves & ~point.outside
    layers = np.zeros(len(company.org), np.int64)
    for nodes in company.org.by_depth[1:]:
        layers[nodes] = layers[company.org.parent[nodes]] + (company.over[nodes] > 0)
    facts: list[tuple[str, Any, float]] = [("cells", said.get("cells"), int(moves.sum()))]
    # the rounding of a part speaks of the part as a company of its own
    if point.outside is None:
        facts += [
            ("rounding.layers", of_rounding.get("layers"), int(layers.max()) + 1),
            ("rounding.not_nearest", of_rounding.get("not_nearest"), int(far.sum())),
            ("rounding.largest_move", of_rounding.get("largest_move"), float(moved.max())),
        ]
    unsettled = said.get("unsettled_tiers") or []
    tiers = sorted({int(tier) for tier in sides.tier if tier > 0})
    listed = [as_mapping(one) for one in said.get("tiers") or []]
    told = {int(one["tier"]): one for one in listed if one.get("tier") in tiers}
    # a tier without rows (fairness of a group of one) is not listed
    silent = [
        tier
        for tier in tiers
        if tier not in told and tier not in unsettled and point.theta[sides.tier == tier].max() > MET
    ]
    faults = [f"certificate.json does not tell of tier {tier}" for tier in silent]
    faults += [] if len(told) == len(listed) else ["certificate.json tells of a tier that is none"]
    for tier, one in told.items():
        missed = (point.shortfall / sides.scale)[sides.tier == tier]
        largest, total = float(missed.max(initial=0.0)), float(missed.sum())
        met = largest <= MET
        facts.append((f"tier {tier}, largest", one.get("largest_violation"), 0.0 if met else largest))
        facts.append((f"tier {tier}, sum", one.get("sum_of_violations"), 0.0 if met else total))
    faults += [
        f"certificate.json: {name} is {found!r}, the files give {wanted!r}"
        for name, found, wanted in facts
        if not isinstance(found, int | float) or not abs(found - wanted) <= CLOSE * max(1.0, abs(wanted))
    ]
    residuals = as_mapping(said.get("residuals"))
    faults += [
        f"certificate.json: residual {name} is {value!r}"
        for name, value in residuals.items()
        if not isinstance(value, int | float) or not 0.0 <= value <= BALANCE_LIMIT
    ]
    faults += [] if residuals else ["certificate.json states no residuals"]
    promise = "the certificate states the tiers, the rounding and the cells that the files have"
    return list_faults("certificate_numbers", result.measure, promise, len(facts) + len(residuals), faults)
