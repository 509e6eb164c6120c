"""Bytes to text: what is marked is believed, what is declared is used, what is neither is named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.plan.encoding import UnreadableText, decode, is_known_encoding
from tests.languages import is_in_both

TEXT = "node_id,name\ne1,华东大区 销售一部\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_utf8_and_marked_text_needs_no_declaration(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_wins_over_the_declaration(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), "gbk") == TEXT


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "big5"])
def test_a_declared_encoding_is_used(encoding: str) -> None:
    text = "id,name\n1,台北\n"
    assert decode(text.encode(encoding), encoding) == text


@settings(deadline=None, derandomize=True)
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12))
def test_chinese_text_is_read_the_same_from_gbk_and_utf8_when_gbk_is_declared(text: str) -> None:
    assert decode(f"name,{text}\n".encode(), "gbk") == f"name,{text}\n"
    assert decode(f"name,{text}\n".encode("gbk"), "gbk") == f"name,{text}\n"


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        (TEXT.encode("gbk"), "wrong-encoding", "GB18030"),
        ("name\ncafé crème\n".encode("cp1252"), "wrong-encoding", "Windows-1252"),
        (TEXT.encode("utf-16-le")[:-1] + b"\xd8", "wrong-encoding", "UTF-16"),
        (b"\xff\xfea", "wrong-encoding", "UTF-16-LE"),
        (b"PK\x03\x04...", "not-text", "xlsx"),
        (b"\xd0\xcf\x11\xe0...", "not-text", "xls"),
    ],
)
def test_what_cannot_be_read_is_named(raw: bytes, code: str, words: str) -> None:
    with pytest.raises(UnreadableText) as caught:
        decode(raw)
    assert caught.value.code == code
    assert words in caught.value.message
    assert "CSV UTF-8" in caught.value.hint
    assert is_in_both(caught.value.message)
    assert is_in_both(caught.value.hint)


def test_gbk_bytes_hint_at_the_declaration() -> None:
    with pytest.raises(UnreadableText) as caught:
        decode(TEXT.encode("gbk"))
    assert "encoding: gbk" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "is_known"),
    [("gbk", True), ("utf-8", True), ("klingon", False), ("base64", False), ("\0", False)],
)
def test_only_text_encodings_are_known(name: str, is_known: bool) -> None:
    assert is_known_encoding(name) is is_known
