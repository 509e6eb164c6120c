"""`true` is no number, and a text is none, wherever a number is asked for."""

from typing import Any

import pytest
from pydantic import ValidationError

from service.accounts.schemas import Schema
from service.experiments.schemas import AcceptanceCreate
from service.releases.schemas import AckCreate
from service.runs.schemas import RunCreate

ACK = {"sha256": "0" * 64, "rows": 1}


@pytest.mark.parametrize("value", [True, "7"])
@pytest.mark.parametrize(
    ("schema", "whole", "field"),
    [
        (RunCreate, {}, "time_limit"),
        (RunCreate, {}, "memory_limit"),
        (RunCreate, {}, "revision"),
        (AckCreate, ACK, "rows"),
        (AcceptanceCreate, {"rules": ["gini <= 1"]}, "baseline"),
    ],
)
def test_only_a_number_is_a_number(
    schema: type[Schema], whole: dict[str, Any], field: str, value: object
) -> None:
    schema.model_validate({**whole, field: 1_000})
    with pytest.raises(ValidationError, match=field):
        schema.model_validate({**whole, field: value})
