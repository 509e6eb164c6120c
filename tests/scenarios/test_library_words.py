"""What libraries say of an input has its Chinese, with every number and name of the English."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
import yaml
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    FutureDate,
    FutureDatetime,
    Json,
    NaiveDatetime,
    PastDate,
    PastDatetime,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticKnownError

from allocator.texts import worded
from allocator.wording import Wording
from scenarios.library_words import (
    OF_JSON,
    OF_VALUES,
    said_of,
    said_of_json,
    said_of_value,
    said_of_yaml,
)
from tests.languages import is_chinese


class Side(Enum):
    LEFT = "left"
    RIGHT = "right"


class One(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["one"]


class Two(BaseModel):
    kind: Literal["two"]


class Object(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    a: int


def _fail(value: object) -> object:
    raise ValueError(worded("fault.axis.value_twice"))


def _refuse(kind: str) -> Any:
    def refuse(value: object) -> object:
        raise PydanticCustomError(kind, "Input should be a number")  # type: ignore[arg-type]

    return Annotated[object, AfterValidator(refuse)]


def _known(kind: Any, **context: Any) -> Any:
    def refuse(value: object) -> object:
        raise PydanticKnownError(kind, context or None)

    return Annotated[object, AfterValidator(refuse)]


EITHER = Annotated[One | Two, Field(discriminator="kind")]
TOMORROW = datetime.now(UTC) + timedelta(days=2)
BROKEN: dict[str, tuple[Any, object]] = {
    "missing": (One, {}),
    "missing_argument": (_known("missing_argument"), 1),
    "extra_forbidden": (One, {"kind": "one", "more": 1}),
    "invalid_key": (One, {"kind": "one", 1: 1}),
    "none_required": (None, 1),
    "string_type": (str, 1),
    "string_unicode": (str, b"\xff"),
    "string_too_short": (Annotated[str, Field(min_length=3)], "a"),
    "string_too_long": (Annotated[str, Field(max_length=3)], "abcd"),
    "string_pattern_mismatch": (Annotated[str, Field(pattern=r"^[a-z]{2}$")], "1"),
    "string_not_ascii": (_known("string_not_ascii"), 1),
    "int_type": (int, []),
    "int_parsing": (int, "many"),
    "int_parsing_size": (int, "9" * 5000),
    "int_from_float": (int, 1.5),
    "float_type": (float, []),
    "float_parsing": (float, "many"),
    "finite_number": (FiniteFloat, float("inf")),
    "no_number": (_refuse("no_number"), 1),
    "no_amount": (_refuse("no_amount"), 1),
    "bool_type": (bool, []),
    "bool_parsing": (bool, "maybe"),
    "decimal_type": (Decimal, []),
    "decimal_parsing": (Decimal, "many"),
    "decimal_max_digits": (Annotated[Decimal, Field(max_digits=3)], "12345"),
    "decimal_max_places": (Annotated[Decimal, Field(decimal_places=2)], "1.234"),
    "decimal_whole_digits": (Annotated[Decimal, Field(max_digits=6, decimal_places=4)], "123.4"),
    "greater_than": (Annotated[float, Field(gt=-1)], -2),
    "greater_than_equal": (Annotated[Decimal, Field(ge=0)], -2),
    "less_than": (Annotated[int, Field(lt=2**63)], 2**63),
    "less_than_equal": (Annotated[Decimal, Field(le=Decimal(10) ** 15)], 10**16),
    "multiple_of": (Annotated[int, Field(multiple_of=7)], 8),
    "literal_error": (Literal["low", "high"], "mid"),
    "enum": (Side, "up"),
    "list_type": (list[int], 1),
    "tuple_type": (tuple[int, ...], 1),
    "set_type": (set[int], 1),
    "dict_type": (dict[str, int], 1),
    "model_type": (One, 1),
    "model_attributes_type": (Object, 1),
    "too_short": (Annotated[list[int], Field(min_length=2)], [1]),
    "too_long": (Annotated[list[int], Field(max_length=2)], [1, 2, 3]),
    "json_invalid": (Json[int], "{"),
    "json_type": (Json[int], 1),
    "date_type": (date, []),
    "date_parsing": (_known("date_parsing", error="input is too short"), 1),
    "date_from_datetime_parsing": (date, "soon"),
    "date_from_datetime_inexact": (date, "2026-01-01T01:00:00"),
    "date_past": (PastDate, TOMORROW.date()),
    "date_future": (FutureDate, date(2020, 1, 1)),
    "datetime_type": (datetime, []),
    "datetime_parsing": (_known("datetime_parsing", error="input is too short"), 1),
    "datetime_from_date_parsing": (datetime, "soon"),
    "datetime_past": (PastDatetime, TOMORROW),
    "datetime_future": (FutureDatetime, datetime(2020, 1, 1, tzinfo=UTC)),
    "timezone_naive": (NaiveDatetime, TOMORROW),
    "timezone_aware": (AwareDatetime, datetime(2026, 1, 1)),  # noqa: DTZ001 - this is what is refused
    "union_tag_invalid": (EITHER, {"kind": "three"}),
    "union_tag_not_found": (EITHER, {}),
    "value_error": (Annotated[int, AfterValidator(_fail)], 1),
}


def refusal(annotation: Any, value: object) -> ErrorDetails:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    return caught.value.errors()[0]


def test_every_kind_that_has_chinese_is_broken_here() -> None:
    assert set(BROKEN) == set(OF_VALUES)


@pytest.mark.parametrize("kind", BROKEN)
def test_the_chinese_holds_every_value_of_the_english(kind: str) -> None:
    detail = refusal(*BROKEN[kind])
    said = said_of(detail)
    assert (detail["type"], said) == (kind, detail["msg"])
    assert isinstance(said, Wording)
    assert is_chinese(said.chinese)
    for name, value in detail.get("ctx", {}).items():
        if name in ("error", "field_type", "class_name"):
            continue
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        assert shown.replace(" or ", " 或 ") in said.chinese


def test_a_rare_kind_stays_english() -> None:
    said = said_of(refusal(_known("callable_type"), 1))
    assert (said, type(said)) == ("Input should be callable", str)


def test_words_of_our_own_come_without_what_the_library_puts_before_them() -> None:
    detail = refusal(*BROKEN["value_error"])
    assert str(said_of(detail)) == "Value error, a value is given twice"
    assert str(said_of_value(detail)) == "a value is given twice"


@pytest.mark.parametrize(
    "text", ["", "{", "{a", '{"a" 1}', '{"a":1 "b"}', "[1 2]", "1 2", '"a', '"\n"', '"\\x"', '"\\u12"']
)
def test_what_is_wrong_in_json_is_said_in_chinese(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert caught.value.msg in OF_JSON
    said = said_of_json(caught.value)
    assert str(said) == str(caught.value)
    assert f"第 {caught.value.lineno} 行第 {caught.value.colno} 列" in said.chinese


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c",
        "a\nb: 1",
        "a:\n\tb: 1",
        'a: "b',
        'a: "\\z"',
        "a: [1",
        "a: {b: 1",
        "a: 1\n b: 1",
        "- 1\na: 1",
    ],
)
def test_what_is_wrong_in_yaml_is_said_in_chinese(text: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        yaml.compose(text, Loader=yaml.BaseLoader)
    problem = str(caught.value.problem)
    said = said_of_yaml(problem)
    assert str(said) == problem
    assert is_chinese(said.chinese)
