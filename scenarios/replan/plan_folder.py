"""The plan of the remaining months as a folder, so that it is read, checked and verified like any other."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from allocator.model.labels import Labels
from allocator.plan.plan import Plan, month_text
from allocator.plan.rebuilding import PlanSheets, amount_text
from allocator.results.csv_text import write_csv
from scenarios.replan.remainder import Remainder, season_rows
from solver_models.arrays import FloatArray


def write_remaining_plan(
    plan: Plan,
    labels: Labels,
    done: int,
    remainders: Mapping[str, Remainder],
    folder: Path,
    share: FloatArray,
    history: pd.DataFrame,
) -> None:
    """Write the plan of the months after `done`.

    Its anchors are those of the remainders (potential.csv, `baseline: published`); its history is that of
    the plan with the months that are over. Its rules and pins are those of the full year: of amounts less
    what is over, of shares and ratios with what is over counted (carried.csv).

    Parameters
    ----------
    share
        Shape (n_rep,): presence x ramp over the remaining months; a potential is stated at full presence.
    history
        As history.csv holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.yaml").write_text(
        yaml.safe_dump(_settings(plan, done, remainders), sort_keys=False, allow_unicode=True),
        encoding="utf-8",
    )
    for name in ("org", "products", "calendar"):
        frame = _texts_of(plan, name)
        if name == "calendar":
            frame = frame[frame["period"] >= month_text(plan.month_numbers[done])]
        write_csv(folder / f"{name}.csv", [frame])
    tables = {
        "history": [history],
        "potential": [_potential(labels, name, found, share) for name, found in remainders.items()],
        "rules": [found.rules for found in remainders.values()],
        "carried": [found.carried for found in remainders.values()],
        "pins": [found.pins for found in remainders.values()],
    }
    if plan.spec.seasonality != "even":
        tables["seasonality"] = [season_rows(plan, labels, name, done) for name in remainders]
    for name, parts in tables.items():
        write_csv(folder / f"{name}.csv", parts)


def past_of(plan: Plan, labels: Labels, actuals: FloatArray) -> pd.DataFrame:
    """Return history.csv as it stands after the months that are over: what was sold in them takes its place.

    Parameters
    ----------
    actuals
        Shape (n_measure, n_cell, n_done), in the measures' units.
    """
    over = [month_text(month) for month in plan.month_numbers[: actuals.shape[2]]]
    before = _texts_of(plan, "history")
    measure, cell, month = np.nonzero(actuals)
    rep, product = np.divmod(cell, labels.grid.n_product)
    sold = pd.DataFrame(
        {
            "period": np.array(over, object)[month],
            "node_id": np.array(labels.rep_id, object)[rep],
            "product_id": np.array(labels.leaf_product_id, object)[product],
            "measure": np.array(list(plan.spec.measures), object)[measure],
            "amount": [amount_text(float(value)) for value in actuals[measure, cell, month]],
            "segment": "",
        }
    )
    return pd.concat([before[~before["period"].isin(over)], sold], ignore_index=True)


def _texts_of(plan: Plan, table: str) -> pd.DataFrame:
    sheet = PlanSheets(plan)[table]
    return pd.DataFrame({key: column.values[column.code] for key, column in sheet.columns.items()})


def _settings(plan: Plan, done: int, remainders: Mapping[str, Remainder]) -> dict[str, Any]:
    settings: dict[str, Any] = _plain(plan.spec.model_dump(exclude_unset=True, exclude_none=True))
    settings.pop("encoding", None)
    settings["plan"] = f"{plan.spec.plan}-remaining"
    settings["start"] = month_text(plan.month_numbers[done])
    settings["months"] = plan.spec.months - done
    settings["baseline"] = "published"
    settings["seasonality"] = "even" if plan.spec.seasonality == "even" else "table"
    totals: dict[str, dict[str, Any]] = {}
    for name, found in remainders.items():
        unit = plan.spec.measures[name].round_to
        settings["measures"][name]["total"] = _number(found.total * unit)
        for product, (least, most) in found.product_totals.items():
            low, high = _number(least * unit), _number(most * unit)
            totals.setdefault(name, {})[product] = low if least == most else {"min": low, "max": high}
    settings.pop("product_totals", None)
    return settings | ({"product_totals": totals} if totals else {})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(below) for below in value]
    return _number(value) if isinstance(value, Decimal) else value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _potential(labels: Labels, measure: str, found: Remainder, share: FloatArray) -> pd.DataFrame:
    cells = np.flatnonzero(found.anchor > 0)
    rep, product = np.divmod(cells, labels.grid.n_product)
    amount = found.anchor[cells] / np.where(share[rep] > 0, share[rep], 1.0)
    return pd.DataFrame(
        {
            "node_id": np.array(labels.rep_id, object)[rep],
            "product_id": np.array(labels.leaf_product_id, object)[product],
            "measure": measure,
            "amount": [amount_text(float(value)) for value in amount],
        }
    )
