"""A linear program as LP-format text, for golden files and for reading by people."""

import numpy as np

from solver_models.arrays import FloatArray, IntArray
from solver_models.program import Block, LinearProgram


def lp_text(program: LinearProgram) -> str:
    """Return the program in LP format; rows and columns are called by block and number.

    Numbers are written in shortest round-trip form, so equal programs give equal text.
    """
    columns = _names(program.column_blocks, program.n_column)
    rows = _names(program.row_blocks, program.n_row)
    lines = ["minimize", f" cost: {_sum(np.flatnonzero(program.cost), program.cost, columns)}", "subject to"]
    for i, name in enumerate(rows):
        entries = slice(program.matrix.indptr[i], program.matrix.indptr[i + 1])
        full = np.zeros(program.n_column)
        full[program.matrix.indices[entries]] = program.matrix.data[entries]
        text = _sum(np.flatnonzero(full), full, columns)
        lines.append(f" {name}: {_between(program.row_lower[i], text, program.row_upper[i])}")
    lines.append("bounds")
    lines += [f" {_between(program.lower[j], name, program.upper[j])}" for j, name in enumerate(columns)]
    return "\n".join([*lines, "end", ""])


def _names(blocks: tuple[Block, ...], size: int) -> list[str]:
    """Return `block_number` for every position."""
    names = [f"n_{i}" for i in range(size)]
    for block in blocks:
        for i in range(block.start, block.stop):
            names[i] = f"{block.name}_{i - block.start}"
    return names


def _sum(positions: IntArray, coefficient: FloatArray, names: list[str]) -> str:
    """Return `+ 2 a_0 - 3 b_1`; the empty sum is 0."""
    terms = [
        f"{'+' if coefficient[j] >= 0 else '-'} {_number(abs(coefficient[j]))} {names[j]}" for j in positions
    ]
    return " ".join(terms) or "0"


def _between(lower: float, text: str, upper: float) -> str:
    """Return `lower <= text <= upper` with what is finite of it."""
    if lower == upper:
        return f"{text} = {_number(lower)}"
    left = "" if np.isneginf(lower) else f"{_number(lower)} <= "
    right = "" if np.isposinf(upper) else f" <= {_number(upper)}"
    return f"{left}{text}{right}" if left or right else f"{text} free"


def _number(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
