"""JSON that means one thing only: what other readers guess at is refused here."""

import json
from typing import Any, NoReturn

from allocator.texts import worded
from scenarios.library_words import json_problem

DEEPEST = 64
LARGEST_INTEGER = 2**63 - 1


class UnacceptableJson(ValueError):
    """The text is no JSON, or JSON that two readers may understand differently."""


def read_strict_json(raw: bytes) -> Any:
    """Return the value.

    Raises
    ------
    UnacceptableJson
        For bad UTF-8 or syntax, NaN and Infinity, numbers beyond float64 or int64, a key given twice,
        NUL or half a surrogate pair in a text, and more than 64 levels.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_small,
            object_pairs_hook=_unique_keys,
        )
    except UnicodeDecodeError as fault:
        raise UnacceptableJson(worded("fault.json.encoding")) from fault
    except RecursionError as fault:
        raise UnacceptableJson(worded("fault.json.depth", most=DEEPEST)) from fault
    except json.JSONDecodeError as fault:
        raise UnacceptableJson(
            worded("fault.json.syntax", problem=json_problem(fault), place=fault.pos)
        ) from fault
    _check(value)
    return value


def _refuse_constant(word: str) -> NoReturn:
    raise UnacceptableJson(worded("fault.json.constant", word=word))


def _finite(word: str) -> float:
    number = float(word)
    if number - number != 0:
        raise UnacceptableJson(worded("fault.json.large"))
    return number


def _small(word: str) -> int:
    if len(word) > 20 or not -LARGEST_INTEGER - 1 <= int(word) <= LARGEST_INTEGER:
        raise UnacceptableJson(worded("fault.json.bits"))
    return int(word)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnacceptableJson(worded("fault.json.twice"))
    return found


def _check(value: Any) -> None:
    """Look at every text and at the depth, without recursion."""
    level = [value]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, str):
                _check_text(item)
            elif isinstance(item, dict):
                inner += [*item, *item.values()]
            elif isinstance(item, list):
                inner += item
        if not inner:
            return
        level = inner
    raise UnacceptableJson(worded("fault.json.depth", most=DEEPEST))


def _check_text(words: str) -> None:
    if "\0" in words:
        raise UnacceptableJson(worded("fault.json.nul"))
    if any("\ud800" <= letter <= "\udfff" for letter in words):
        raise UnacceptableJson(worded("fault.json.surrogate"))
