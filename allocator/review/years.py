"""The years before the plan, and how much of each the history covers."""

from dataclasses import dataclass

from allocator.anchors.observed import Observed
from allocator.plan.plan import month_text

MONTHS = 12
MOST_YEARS = 3


@dataclass(frozen=True)
class Year:
    """Twelve months that end where the plan starts, or one or two years earlier.

    Parameters
    ----------
    first
        First month number.
    covered
        Number of its months between the first and the last month with history, 0..12.
    """

    first: int
    covered: int

    @property
    def end(self) -> int:
        """Month number after the last month."""
        return self.first + MONTHS

    @property
    def is_full(self) -> bool:
        """The history reaches over all twelve months."""
        return self.covered == MONTHS

    @property
    def label(self) -> str:
        """`2025`, or `2018-07..2019-06` where the year starts in another month than January."""
        if self.first % MONTHS == 0:
            return str(self.first // MONTHS)
        return f"{month_text(self.first)}..{month_text(self.end - 1)}"


def years_before(observed: Observed) -> tuple[Year, ...]:
    """Return the last three years that the history touches, oldest first; none without history."""
    starts = [observed.start - MONTHS * back for back in range(MOST_YEARS, 0, -1)]
    years = [
        Year(first, _overlap(first, first + MONTHS, observed.first, observed.last + 1)) for first in starts
    ]
    return tuple(year for year in years if year.covered)


def _overlap(first: int, end: int, other_first: int, other_end: int) -> int:
    return max(0, min(end, other_end) - max(first, other_first))
