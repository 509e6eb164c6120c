"""What the validation of settings finds, in the user's words."""

from typing import Any

from allocator.plan.suggestions import month_hint
from allocator.plan.yaml_source import Path
from allocator.texts import worded
from allocator.wording import Wording


def finding_words(
    kind: str, path: Path, context: dict[str, Any], value: object
) -> tuple[str, Wording, Wording]:
    """Return code, message and hint of a finding.

    Parameters
    ----------
    kind, context
        Type of the finding and what came with it, as pydantic names them.
    path, value
        The key and what was written there.
    """
    key = path[-1]
    if path == ("start",) and kind != "missing":
        return "bad-month", worded("fault.cell.no_month", value=value), month_hint(str(value))
    if kind == "missing":
        hint = (
            worded("fault.key.missing_under.hint", key=key, path=".".join(path[:-1]))
            if len(path) > 1
            else worded("fault.key.missing.hint", key=key)
        )
        return "missing-key", worded("fault.key.missing", path=".".join(path)), hint
    if kind == "literal_error":
        choices = str(context.get("expected", "")).replace("'", "`")
        in_chinese = choices.replace(", ", "、").replace(" or ", " 或 ")
        return (
            "unknown-choice",
            worded("fault.value.no_choice", value=value, key=key),
            worded("fault.value.no_choice.hint", choices=Wording(choices, in_chinese)),
        )
    if kind in ("string_too_short", "too_short"):
        return (
            "missing-value",
            worded("fault.value.empty", key=key),
            worded("fault.value.empty.hint", key=key),
        )
    if kind == "string_too_long":
        return "id-too-long", worded("fault.value.long", key=key), worded("fault.value.long.hint")
    if kind in ("int_from_float", "int_type", "int_parsing"):
        return (
            "not-a-whole-number",
            worded("fault.number.no_whole", value=value),
            worded("fault.number.no_whole.hint", key=key),
        )
    bounds = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
    if kind in bounds:
        allowed = worded(f"fault.range.{kind}", limit=context[bounds[kind]])
        return (
            "out-of-range",
            worded("fault.number.out_of_range", value=value, range=allowed),
            worded("fault.number.out_of_range.hint", range=allowed),
        )
    return (
        "invalid-value",
        worded("fault.value.invalid", value=value, reason=kind.replace("_", " ")),
        worded("fault.value.invalid.hint", key=key),
    )
