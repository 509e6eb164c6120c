"""Runs as others see them."""

import json
from typing import Any

from sqlalchemy.orm import Session

from service.auth.principal import Principal
from service.db.models import Run
from service.runs import repository
from service.runs.access import sees_whole_company
from service.runs.schemas import RunView

PLAIN = (
    "run_id",
    "plan_id",
    "revision_id",
    "scenario_id",
    "kind",
    "status",
    "phase",
    "attempt",
    "wish",
    "time_limit",
    "memory_limit",
    "input_hash",
    "result_hash",
    "retry_of",
    "created_by",
    "created_at",
    "started_at",
    "finished_at",
)
AMOUNTS = ("total", "last_year", "street", "over_assignment_amount", "incentive_cost")
HIDDEN: dict[str, Any] = {"reason": "", "kpis": {}, "files": []}


def run_view(session: Session, principal: Principal, run: Run) -> RunView:
    """Return a run; key figures and reasons speak of the whole company and are shown to who sees it."""
    shown = _whole(session, run) if sees_whole_company(principal) else HIDDEN
    plain = {name: getattr(run, name) for name in PLAIN}
    return RunView.model_validate({**plain, **shown, "options": json.loads(run.options)})


def amount_text(value: float | None) -> str | None:
    """Return an amount as decimal text without an exponent."""
    if value is None:
        return None
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _whole(session: Session, run: Run) -> dict[str, Any]:
    kpis = {measure: _figures(figures) for measure, figures in json.loads(run.kpis).items()}
    files = list(repository.artifact_hashes(session, run.run_id))
    return {"reason": run.reason, "kpis": kpis, "files": files}


def _figures(figures: dict[str, Any]) -> dict[str, Any]:
    by_product = {product: amount_text(value) for product, value in figures.get("by_product", {}).items()}
    amounts = {name: amount_text(figures[name]) for name in AMOUNTS if name in figures}
    return {**figures, **amounts, "by_product": by_product}
