"""plan.yaml that cannot be read: what the parser complains of is told in both languages."""

import pytest

from allocator.plan.faults import FaultCollector
from allocator.plan.yaml_source import DEEPEST, read_yaml
from tests.languages import not_in_both


@pytest.mark.parametrize(
    ("text", "complaint", "meaning"),
    [
        ("a: b: c", "mapping values are not allowed here", "冒号多余或缩进有误"),
        ("a: 1\nb\nc: 2", "could not find expected ':'", "缺少冒号"),
        ("a:\n  b: 1\n c: 2", "expected <block end>", "缩进不一致"),
        ("a:\n\tb: 1", "found character '\\t'", "使用了制表符"),
        ("a: {b: 1", "expected ',' or '}'", "括号没有成对"),
        ("a: 'x", "found unexpected end of stream", "引号或括号没有成对"),
        ("a: @x", "found character '@' that cannot start any token", "无法读取该行"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_in_both_languages(
    text: str, complaint: str, meaning: str
) -> None:
    faults = FaultCollector()
    assert read_yaml(text, "plan.yaml", faults) is None
    (fault,) = faults.listed()
    assert not_in_both([fault]) == []
    assert fault.message.startswith(f"the line cannot be read: {complaint}")
    chinese = fault.message.chinese  # type: ignore[attr-defined]
    assert chinese.startswith("无法读取该行：")
    assert meaning in chinese
    assert complaint in chinese


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x 1\nb: *x", "`*name` refers to another part of the file, which a plan does not need"),
        (
            "".join(f"{' ' * k}k:\n" for k in range(DEEPEST + 1)),
            f"the keys are nested more than {DEEPEST} levels deep",
        ),
        ('a: "\\UFFFFFFFF"', "an escape such as \\U names no character"),
        ('a: "\\ud800"', "the text holds half a character (a lone surrogate)"),
    ],
)
def test_what_a_plan_does_not_need_is_refused_in_both_languages(text: str, words: str) -> None:
    faults = FaultCollector()
    read_yaml(text, "plan.yaml", faults)
    assert [fault.message for fault in faults.listed()] == [words]
    assert not_in_both(faults.listed()) == []
