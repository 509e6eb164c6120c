"""Array types used below the labels, and the one way to freeze them."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
CodeArray: TypeAlias = NDArray[np.int32]
BoolArray: TypeAlias = NDArray[np.bool_]


def dot(left: ArrayLike, right: ArrayLike) -> FloatArray:
    """Return `left @ right` of dense vectors and matrices, summed in one order on every processor.

    The operator `@` hands dense arrays to BLAS, whose last digits depend on the processor.
    """
    one, other = np.asarray(left, np.float64), np.asarray(right, np.float64)
    rows, columns = "ij"[2 - one.ndim :], "jk"[: other.ndim]
    return np.asarray(np.einsum(f"{rows},{columns}->{(rows + columns).replace('j', '')}", one, other))


def significant(values: FloatArray, digits: int) -> FloatArray:
    """Round to significant decimal digits."""
    size = np.where(values != 0, np.abs(values), 1.0)
    unit = 10.0 ** (np.floor(np.log10(size)) - digits + 1)
    return np.asarray(np.rint(values / unit) * unit)


def frozen_float(values: object) -> FloatArray:
    """Return `values` as a read-only float64 array (copied)."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def frozen_int(values: object) -> IntArray:
    """Return `values` as a read-only int64 array (copied)."""
    array = np.array(values, dtype=np.int64)
    array.flags.writeable = False
    return array


def frozen_code(values: object) -> CodeArray:
    """Return `values` as a read-only int32 array of positions (copied)."""
    array = np.array(values, dtype=np.int32)
    array.flags.writeable = False
    return array


def ranges(start: IntArray, length: IntArray) -> IntArray:
    """Concatenate `start[k] + 0..length[k]-1` for every k, without a loop.

    Parameters
    ----------
    start, length
        Equal shape (k,); `length` >= 0.

    Returns
    -------
    Shape (sum of length,).
    """
    total = int(length.sum())
    offset = np.repeat(np.cumsum(length) - length, length)
    return np.repeat(start, length) + np.arange(total, dtype=np.int64) - offset
