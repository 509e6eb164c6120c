import pytest

from allocator.verification import verify_results
from tests.allocator.verification.companies import COMPANIES
from tests.allocator.verification.tiny import holds, write_plan, write_result


@pytest.mark.parametrize("name", sorted(COMPANIES))
def test_a_right_result_passes_every_check(tmp_path, name):
    tiny = COMPANIES[name]()
    plan = write_plan(tiny, tmp_path / "plan")
    report = verify_results(write_result(tiny, tmp_path / "out", plan), plan)
    assert holds(report), report.text()
