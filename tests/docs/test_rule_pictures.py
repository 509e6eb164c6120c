"""The pictures of the rule pages show what the balance computes."""

import numpy as np
import pytest

from docs.rule_pictures import ANCHOR, FOLDER, PICTURES, TOTAL, picture, targets


@pytest.mark.parametrize("kind", sorted(PICTURES))
def test_a_rule_page_shows_the_picture_that_the_balance_draws(kind: str) -> None:
    assert (FOLDER / f"{kind}.svg").read_text(encoding="utf-8") == picture(kind)
    page = (FOLDER.parents[1] / "rules" / f"{kind}.md").read_text(encoding="utf-8")
    assert f"../images/rules/{kind}.svg" in page


@pytest.mark.parametrize("kind", sorted(PICTURES))
def test_the_rule_of_a_picture_moves_someone_and_keeps_the_total(kind: str) -> None:
    found = targets(PICTURES[kind][0])
    assert found.sum() == pytest.approx(TOTAL)
    assert np.abs(found - ANCHOR).max() > 0.5
