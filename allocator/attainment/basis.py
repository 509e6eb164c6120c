"""What the chances rest on: what the past taught, what had to be assumed, what plan.yaml states."""

from collections.abc import Mapping
from typing import Any

from allocator.attainment.noise import ENOUGH_REGION_YEARS, FEWEST_RESIDUALS, Luck
from allocator.plan.spec import AttainmentLimits
from allocator.texts import text

PARTS = ("growth", "season", "spread", "shared")
STATABLE = ("growth", "shared")
WORDS = ("learned", "stated", "assumed")
COUNTS = ("growth_years", "forecasts", "region_years")
Basis = Mapping[str, Any]
SHOWN_NAMES, SHOWN_LINES = 4, 6


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


def basis_on_file(found: object) -> dict[str, Any] | None:
    """Return the basis that a document holds, without its sentence; None where it holds none."""
    if not isinstance(found, Mapping):
        return None
    parts = {part: found.get(part) for part in PARTS}
    counts = {name: found.get(name) for name in COUNTS}
    words = all(word in WORDS and (word != "stated" or part in STATABLE) for part, word in parts.items())
    known = words and all(type(n) is int for n in counts.values())
    return {**parts, "is_wide": "assumed" in parts.values(), **counts} if known else None


def said_basis(basis: Basis, lang: str) -> dict[str, Any]:
    """Return the basis with its sentence."""
    return {**basis, "sentence": basis_sentence(basis, lang)}


def basis_code(basis: Basis) -> str:
    """Return the basis as one field of a table: `growth learned; season learned; ...`."""
    return "; ".join(f"{part} {basis[part]}" for part in PARTS)


def basis_lines(bases: Mapping[str, Basis | None], lang: str) -> list[str]:
    """Say what the chances of several results rest on: once where all rest on the same, else by name.

    Parameters
    ----------
    bases
        Name of the result -> its basis; None where its documents do not say.
    """
    named: dict[str, list[str]] = {}
    for name, basis in bases.items():
        named.setdefault(basis_sentence(basis, lang), []).append(name)
    if len(named) == 1:
        return list(named)
    lines = [
        text("basis.of", lang, names=_listed(names, lang), said=said)
        for said, names in list(named.items())[:SHOWN_LINES]
    ]
    more = len(named) - SHOWN_LINES
    return [*lines, text("basis.more", lang, count=more)] if more > 0 else lines


def _listed(names: list[str], lang: str) -> str:
    more = text("limits.more", lang, count=len(names) - SHOWN_NAMES)
    return text("basis.and", lang).join(names[:SHOWN_NAMES]) + (more if len(names) > SHOWN_NAMES else "")


def basis_sentence(basis: Basis | None, lang: str) -> str:
    """Return the sentences that stand wherever a chance is shown."""
    if basis is None:
        return text("basis.unknown", lang)
    said = []
    for word in WORDS:
        kind = "stated." if word == "stated" else ""
        parts = [text(f"basis.{kind}{part}", lang, **basis) for part in PARTS if basis[part] == word]
        if parts:
            said.append(text(f"basis.say.{word}", lang, parts=text("basis.and", lang).join(parts)))
    return text("basis.space", lang).join(said)
