"""The quick JSON is the library's own, byte by byte."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.results.json_text import json_text

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
)
KEYS = st.one_of(st.text(max_size=4), st.integers(-9, 9), st.booleans(), st.none(), st.floats(0, 1))
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(KEYS, inner, max_size=4),
        st.dictionaries(st.text(max_size=4), inner, max_size=4),
    ),
    max_leaves=20,
)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(DOCUMENTS)
def test_every_document_has_the_bytes_of_the_standard_library(document: object) -> None:
    assert json_text(document) == json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)


@pytest.mark.parametrize("document", [float("nan"), {"a": [1, float("inf")]}, {"a": {"b": float("-inf")}}])
def test_what_is_not_finite_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text(document)
