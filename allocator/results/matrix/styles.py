"""Fonts, fills and number formats of the workbook."""

from collections.abc import Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

FONTS = {"en": "Calibri", "zh": "Microsoft YaHei"}
INK, FAINT = "#1F2A44", "#5F6B80"
LINE: Mapping[str, Any] = {"bottom": 1, "bottom_color": "#DDE3EE"}
GOOD = {"bg_color": "#E2F2E5", "font_color": "#1E6B33"}
BAD = {"bg_color": "#FBD9D5", "font_color": "#9C1C12", "bold": True}
WARM = {"bg_color": "#FDF1D6", "font_color": "#7A5300"}
PINNED_FILL = "#FFE9A8"
BANDS = {
    "identity": ("#1F3864", "#DCE3F0"),
    "target": ("#1F3864", "#DCE3F0"),
    "stretch": ("#6B4E16", "#F3EAD7"),
    "products": ("#1D5C63", "#DAECEC"),
    "periods": ("#36506C", "#E0E7EE"),
    "sources": ("#5B3A73", "#EBE2F1"),
    "checks": ("#4D5560", "#E6E8EB"),
}
ROW_FILLS = ("#CFDAEE", "#E4EBF6", "#F3F6FB")
"""Fill of a row that has something below it, by depth; the last one holds for all deeper levels."""


class Styles:
    """Formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook, lang: str) -> None:
        self._book = book
        self.font = FONTS[lang]
        self._base: dict[str, Any] = {"font_name": self.font, "font_size": 10, "valign": "vcenter"}
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        """Return the format with these properties of xlsxwriter over the base font."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({**self._base, **properties})
        return self._made[key]

    def title(self) -> Format:
        """Heading of a sheet."""
        return self.get(bold=True, font_size=16, font_color="#1F3864")

    def subtitle(self) -> Format:
        """Line under the heading."""
        return self.get(font_color=FAINT)

    def section(self) -> Format:
        """Heading of a block."""
        return self.get(bold=True, font_size=12, font_color="#1F3864", bottom=2, bottom_color="#1F3864")

    def note(self) -> Format:
        """Wrapped text of several lines."""
        return self.get(text_wrap=True, valign="top", font_color=INK)

    def band(self, name: str) -> Format:
        """Heading over a group of columns."""
        return self.get(bold=True, font_color="#FFFFFF", bg_color=BANDS[name][0])

    def head(self, band: str, align: str = "center", *, first: bool = False, bold: bool = True) -> Format:
        """Heading of one column."""
        return self.get(
            bold=bold,
            font_color=INK,
            bg_color=BANDS[band][1],
            align=align,
            text_wrap=True,
            **(_edge() if first else {}),
        )

    def key(self, band: str, align: str = "center", *, first: bool = False) -> Format:
        """Id of a column, under its heading."""
        return self.get(
            font_size=8,
            font_color=FAINT,
            bg_color=BANDS[band][1],
            align=align,
            bottom=2,
            bottom_color=BANDS[band][0],
            **(_edge() if first else {}),
        )

    def cell(
        self,
        kind: str,
        places: int,
        *,
        depth: int,
        has_children: bool,
        first: bool,
        pinned: bool,
        indent: int = 0,
    ) -> Format:
        """Format of one cell of a tree row."""
        properties: dict[str, Any] = {**LINE, "font_color": INK}
        if has_children:
            properties |= {"bold": depth < 2, "bg_color": ROW_FILLS[min(depth, len(ROW_FILLS) - 1)]}
        if pinned:
            properties |= {"bg_color": PINNED_FILL, "bold": True}
        if first:
            properties |= _edge()
        if kind == "text":
            properties["indent"] = indent
        else:
            properties |= {"num_format": number_format(kind, places), "align": "right"}
        if kind == "status":
            properties |= {"align": "center"}
        return self.get(**properties)

    def number(self, kind: str, places: int, **properties: Any) -> Format:
        """Format of a number outside the tree."""
        return self.get(num_format=number_format(kind, places), align="right", **properties)

    def differing(self, properties: Mapping[str, Any]) -> Format:
        """Format that only says what a condition changes."""
        key = (("conditional", True), *sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(properties))
        return self._made[key]


def number_format(kind: str, places: int) -> str:
    """Number format of a kind of column; numbers keep the width of a digit from the right edge."""
    amount = "#,##0" + ("." + "0" * places if places else "")
    return {
        "amount": f'{amount}_0;[Red]-{amount}_0;"–"_0',
        "signed": f'+{amount}_0;[Red]-{amount}_0;"–"_0',
        "check": f'+{amount}_0;-{amount}_0;"✓"_0',
        "growth": "+0.0%_0;[Red]-0.0%_0;0.0%_0",
        "share": '0.0%_0;[Red]-0.0%_0;"–"_0',
        "ratio": "0.000_0",
        "count": "#,##0_0",
        "support": "0.######",
        "status": "@",
    }[kind]


def _edge() -> dict[str, Any]:
    return {"left": 1, "left_color": "#9AA7BD"}
