"""What the libraries that read for us say of an input, in Chinese; their English stays as it is."""

from collections.abc import Mapping
from json import JSONDecodeError
from typing import Any

from allocator.wording import Wording, in_language

OF_VALUES = {
    "missing": "缺少必填项",
    "missing_argument": "缺少必填项",
    "extra_forbidden": "不允许出现此项",
    "invalid_key": "键应为文本",
    "none_required": "应为空值（null）",
    "string_type": "应为文本",
    "string_unicode": "应为有效的 Unicode 文本",
    "string_too_short": "文本至少需要 {min_length} 个字符",
    "string_too_long": "文本最多 {max_length} 个字符",
    "string_pattern_mismatch": "文本应符合格式 '{pattern}'",
    "string_not_ascii": "文本只能包含 ASCII 字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数，所填文本无法识别为整数",
    "int_parsing_size": "整数过大，无法识别",
    "int_from_float": "应为整数，不能带小数",
    "float_type": "应为数字",
    "float_parsing": "应为数字，所填文本无法识别为数字",
    "finite_number": "应为有限的数字",
    "no_number": "应为数字",
    "no_amount": "应为数字或十进制数字文本",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false，所填内容无法识别",
    "decimal_type": "应为数字或十进制数字文本",
    "decimal_parsing": "应为十进制数字",
    "decimal_max_digits": "数字总位数不能超过 {max_digits} 位",
    "decimal_max_places": "小数位数不能超过 {decimal_places} 位",
    "decimal_whole_digits": "整数部分不能超过 {whole_digits} 位",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "multiple_of": "应为 {multiple_of} 的整数倍",
    "literal_error": "应为 {expected}",
    "enum": "应为 {expected}",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "set_type": "应为列表",
    "dict_type": "应为对象（键值对）",
    "model_type": "应为对象（键值对）",
    "model_attributes_type": "应为对象（键值对）",
    "too_short": "至少需要 {min_length} 项，实际为 {actual_length} 项",
    "too_long": "最多 {max_length} 项，实际为 {actual_length} 项",
    "json_invalid": "JSON 无效：{error}",
    "json_type": "应为 JSON 文本",
    "date_type": "应为日期",
    "date_parsing": "应为 YYYY-MM-DD 格式的日期",
    "date_from_datetime_parsing": "应为日期或日期时间",
    "date_from_datetime_inexact": "应为日期，不能带时间",
    "date_past": "应为过去的日期",
    "date_future": "应为将来的日期",
    "datetime_type": "应为日期时间",
    "datetime_parsing": "应为日期时间（如 2026-01-31T09:00:00Z）",
    "datetime_from_date_parsing": "应为日期时间或日期",
    "datetime_past": "应为过去的时间",
    "datetime_future": "应为将来的时间",
    "timezone_naive": "不能带时区",
    "timezone_aware": "应带时区",
    "union_tag_invalid": "{discriminator} 的值 '{tag}' 无效，可选：{expected_tags}",
    "union_tag_not_found": "缺少用于区分类型的 {discriminator}",
    "value_error": "{error}",
}
"""Chinese of the kinds of errors of pydantic (and of our own ones beside them)."""
OF_JSON = {
    "Expecting value": "此处缺少值",
    "Expecting ',' delimiter": "此处缺少逗号",
    "Expecting ':' delimiter": "此处缺少冒号",
    "Expecting property name enclosed in double quotes": "此处应为双引号括起的键",
    "Extra data": "结尾之后有多余内容",
    "Unterminated string starting at": "文本缺少结束引号，起始于此处",
    "Invalid control character at": "此处有无效的控制字符",
    "Invalid \\escape": "无效的转义字符",
    "Invalid \\uXXXX escape": "无效的 \\uXXXX 转义",
    "Unexpected UTF-8 BOM (decode using utf-8-sig)": "开头有多余的 UTF-8 BOM",
    "Illegal trailing comma before end of object": "对象末尾有多余的逗号",
    "Illegal trailing comma before end of array": "列表末尾有多余的逗号",
}
OF_YAML = {
    "mapping values are not allowed here": "此处不能有冒号",
    "could not find expected ':'": "缺少冒号",
    "found character '\\t' that cannot start any token": "缩进不能使用制表符",
    "found unexpected end of stream": "引号未闭合",
    "found unexpected document separator": "文本中出现了文档分隔符",
    "found unknown escape character": "未知的转义字符",
    "expected ',' or ']', but got": "方括号未闭合",
    "expected ',' or '}', but got": "花括号未闭合",
    "expected <block end>, but found": "缩进或写法与上文不一致",
}
"""Chinese by how the English begins."""


def said_of(detail: Mapping[str, Any]) -> str:
    """Return the message of an error of pydantic in both languages; English alone where it is a rare one."""
    english = str(detail["msg"])
    chinese = OF_VALUES.get(detail["type"])
    if chinese is None:
        return english
    values = {name: _said(name, value) for name, value in (detail.get("ctx") or {}).items()}
    return Wording(english, chinese.format_map(values))


def said_of_value(detail: Mapping[str, Any]) -> str:
    """Return `said_of` without the `Value error, ` before words of our own."""
    said = said_of(detail)
    english = str(said).removeprefix("Value error, ")
    return Wording(english, in_language(said, "zh"))


def said_of_json(error: JSONDecodeError | RecursionError) -> Wording:
    """Return the whole message of an error in JSON."""
    if isinstance(error, RecursionError):
        return Wording(str(error), "嵌套层次过深")
    return Wording(str(error), f"{json_problem(error).chinese}（第 {error.lineno} 行第 {error.colno} 列）")


def json_problem(error: JSONDecodeError) -> Wording:
    """Return what is wrong in JSON, without its place."""
    return Wording(error.msg, OF_JSON.get(error.msg, error.msg))


def said_of_yaml(problem: str) -> Wording:
    """Return what is wrong with a line of YAML."""
    chinese = next((said for start, said in OF_YAML.items() if problem.startswith(start)), problem)
    return Wording(problem, chinese)


def _said(name: str, value: object) -> object:
    """Return a value of a message in Chinese."""
    if isinstance(value, Exception):
        return in_language(value.args[0], "zh") if value.args else ""
    if isinstance(value, float):
        return f"{value:.15g}"
    if name in ("expected", "expected_tags"):
        return str(value).replace(" or ", " 或 ")
    return OF_JSON.get(value, value) if name == "error" and isinstance(value, str) else value
