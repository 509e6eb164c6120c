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
        (TEXT.encode("utf-16-le"), "wrong-encoding", "UTF-16"),
        (TEXT.encode("utf-16-be"), "wrong-encoding", "UTF-16"),
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


PEOPLE = {
    "cp1252": (
        "Jürgen Müller",
        "Björn Groß",
        "Zoë Weiß",
        "Hélène Lefèvre",
        "Anaïs Côté",
        "Paul D’Étiolles",
        "Íñigo Ibáñez",
        "Åsa Sjögren",
        "João Conceição",
        "Vertriebsbüro Süd",
        "Große Kunden Öst.",
    ),
    "cp1250": ("Stanisław Wójcik", "Małgorzata Dąbrowska"),
    "cp1251": ("Пётр Сидоров", "Ольга Щукина"),
    "gb18030": ("张伟", "欧阳晓婷", "王芳", "华东大区", "李雪梅 Li Xuemei", "上海A组", "陈晟睿"),
    "big5": ("陳家豪", "林怡君"),
    "cp932": ("佐藤花子", "さくら ゆい"),
}


@pytest.mark.parametrize(
    ("encoding", "name"), [(encoding, name) for encoding, names in PEOPLE.items() for name in names]
)
def test_one_name_is_enough_to_tell_the_encoding_and_it_is_shown(encoding: str, name: str) -> None:
    with pytest.raises(UnreadableText) as caught:
        decode(f"node_id,name\ne1,{name}\n".encode(encoding))
    assert f"`{name}`" in caught.value.message
    assert f"encoding: {'gbk' if encoding == 'gb18030' else encoding}" in caught.value.hint


@pytest.mark.parametrize(
    ("written", "declared", "names"),
    [
        ("cp1252", "gbk", ["Jürgen Müller", "Björn Köhler", "Käthe Jäger"]),
        ("gb18030", "cp1252", ["王强", "李娜", "华东大区"]),
        ("cp1251", "cp1252", ["Пётр Сидоров", "Ольга Щукина"]),
    ],
)
def test_a_declaration_that_makes_garbled_names_is_refused_with_both_readings(
    written: str, declared: str, names: list[str]
) -> None:
    raw = "".join(f"e{k},{name}\n" for k, name in enumerate(names)).encode(written)
    raw.decode(declared)
    with pytest.raises(UnreadableText) as caught:
        decode(raw, declared)
    assert caught.value.code == "wrong-encoding"
    assert f"`{names[0]}`" in caught.value.message
    assert f"`{raw.decode(declared).split(',')[1].split()[0]}" in caught.value.message
    assert is_in_both(caught.value.message)


@pytest.mark.parametrize("name", ["André Côté", "Müller · René", "Γιώργος", "Иванов", "Jürgen Groß", "דוד"])
def test_names_in_utf8_are_not_taken_for_chinese(name: str) -> None:
    assert decode(f"id,{name}\n".encode()) == f"id,{name}\n"


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from("äöüßéèêçñàáíóú"), min_size=1, max_size=6),
    st.lists(st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=2, max_size=6), min_size=7),
)
def test_western_names_are_never_called_chinese(letters: list[str], syllables: list[str]) -> None:
    name = "".join(part + letter for part, letter in zip(syllables, letters, strict=False)) + syllables[-1]
    with pytest.raises(UnreadableText) as caught:
        decode(f"id,{name}\n".encode("cp1252"))
    assert caught.value.value in ("Windows-1252", "Windows-1250")
    assert "GB18030" not in caught.value.message


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from("张王李赵陈刘杨黄周吴伟娜芳静洋磊建国丽华志强秀英海燕东南西北区部销售"),
        min_size=4,
        max_size=8,
        unique=True,
    )
)
def test_chinese_names_are_never_called_western(letters: list[str]) -> None:
    with pytest.raises(UnreadableText) as caught:
        decode(f"id,{''.join(letters)}\n".encode("gbk"))
    assert caught.value.value == "GB18030 (GBK)"
