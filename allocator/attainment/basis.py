"""What the chances rest on: what the past taught, what had to be assumed, what plan.yaml states."""

from typing import Any

from allocator.attainment.noise import ENOUGH_REGION_YEARS, FEWEST_RESIDUALS, Luck
from allocator.plan.spec import AttainmentLimits
from allocator.texts import text

PARTS = ("growth", "season", "spread", "shared")


def chance_basis(luck: Luck, settings: AttainmentLimits) -> dict[str, Any]:
    """Say part by part whether it was learned, assumed or stated.

    `growth` needs two comparable years, `season` the plan's months of last year, `spread` ten replayed
    forecasts, `shared` (luck of regions and the company) four region-years and two years. Anything assumed
    makes the range wide.

    Returns
    -------
    A word per part, `is_wide`, and the numbers of years, forecasts and region-years behind them.
    """
    stated = settings.correlation is not None or "common" in settings.model_fields_set
    few_shared = luck.region_years < ENOUGH_REGION_YEARS or luck.yearly_growths == 0
    found = {
        "growth": "stated"
        if settings.growth is not None
        else "learned"
        if luck.yearly_growths
        else "assumed",
        "season": "learned" if luck.season_known else "assumed",
        "spread": "learned" if len(luck.residuals.error) >= FEWEST_RESIDUALS else "assumed",
        "shared": "stated" if stated else "assumed" if few_shared else "learned",
    }
    return {
        **found,
        "is_wide": "assumed" in found.values(),
        "growth_years": luck.yearly_growths,
        "forecasts": len(luck.residuals.error),
        "region_years": luck.region_years,
    }


def basis_sentence(basis: dict[str, Any], lang: str) -> str:
    """Return the sentences that stand wherever a chance is shown."""
    said = []
    for word in ("learned", "stated", "assumed"):
        parts = [text(f"basis.{part}", lang, **basis) for part in PARTS if basis[part] == word]
        if parts:
            said.append(text(f"basis.say.{word}", lang, parts=text("basis.and", lang).join(parts)))
    return text("basis.space", lang).join(said)
