"""The keys of plan.yaml: which may stand where, and what each of them takes."""

from typing import Literal

from allocator.plan.spec import (
    AttainmentLimits,
    BlendWeights,
    FairnessLimits,
    MeasureSpec,
    Payout,
    PlanSpec,
    Spec,
)
from allocator.plan.yaml_source import Path

Expected = Literal["text", "number", "keys", "number or keys", "text or keys"]
TOP_KEYS = tuple(PlanSpec.model_fields)
BLOCKS: dict[str, type[Spec]] = {
    "baseline": BlendWeights,
    "fairness": FairnessLimits,
    "attainment": AttainmentLimits,
}


def expected_at(path: Path) -> Expected | None:
    """Return what may stand under a path; None where no such key exists."""
    match path:
        case ("plan" | "name" | "start" | "currency" | "encoding" | "seasonality",):
            return "text"
        case ("months" | "commitment_cap",):
            return "number"
        case ("baseline",):
            return "text or keys"
        case () | (
            "measures"
            | "product_totals"
            | "over_assignment"
            | "stretch_levels"
            | "fairness"
            | "attainment"
            | "payout"
            | "accepted_warnings",
        ):
            return "keys"
        case ("over_assignment" | "stretch_levels", _):
            return "number"
        case ("accepted_warnings", _):
            return "text"
        case (block, key) if block in BLOCKS and key in BLOCKS[block].model_fields:
            return "number"
        case ("measures" | "product_totals" | "payout", _) | ("payout", _, "curve"):
            return "keys"
        case ("payout", _, "rate") | ("payout", _, "curve", _):
            return "number"
        case ("measures", _, "kind" | "unit"):
            return "text"
        case ("measures", _, "round_to") | ("measures", _, "total", "growth"):
            return "number"
        case ("measures", _, "total") | ("product_totals", _, _):
            return "number or keys"
        case ("product_totals", _, _, "growth" | "min" | "max"):
            return "number"
    return None


def known_keys(path: Path) -> tuple[str, ...]:
    """Return the keys that may stand directly under a path, where they are fixed."""
    match path:
        case ():
            return TOP_KEYS
        case ("measures", _):
            return tuple(MeasureSpec.model_fields)
        case ("measures", _, "total"):
            return ("growth",)
        case ("payout", _):
            return tuple(Payout.model_fields)
        case ("product_totals", _, _):
            return ("growth", "min", "max")
        case (block,) if block in BLOCKS:
            return tuple(BLOCKS[block].model_fields)
    return ()
