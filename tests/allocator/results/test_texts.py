import importlib
import pkgutil
import string
from collections import Counter

import pytest

from allocator import text_catalogue
from allocator.texts import CATALOGUE, text


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def test_every_sentence_exists_in_both_languages_with_the_same_places_to_fill() -> None:
    assert len(CATALOGUE) > 1000
    wrong = [
        key
        for key, words in CATALOGUE.items()
        if set(words) != {"en", "zh"} or placeholders(words["en"]) != placeholders(words["zh"])
    ]
    assert wrong == []


def test_no_sentence_stands_in_two_catalogues() -> None:
    names = [found.name for found in pkgutil.iter_modules(text_catalogue.__path__)]
    catalogues = [importlib.import_module(f"{text_catalogue.__name__}.{name}").TEXTS for name in names]
    assert Counter(key for texts in catalogues for key in texts) == Counter(CATALOGUE.keys())


def test_a_sentence_takes_its_values_as_they_are():
    assert text("bounds.min", "en", min="{x}") == "(at least {x})"


def test_an_unknown_sentence_is_an_error():
    with pytest.raises(KeyError):
        text("no.such.sentence", "en")
