"""The settings of a workbook's sheet `plan` as the text of a plan.yaml that says the same."""

import json
import re

from allocator.plan.yaml_source import Branch, Node, Scalar

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_RESERVED = ("true", "false", "null", "y", "n", "yes", "no", "on", "off")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
INDENT = "  "


def settings_text(tree: Branch) -> bytes:
    """Return plan.yaml; what was not given is left out."""
    return "".join(f"{line}\n" for line in _lines(tree, 0)).encode()


def _lines(branch: Branch, depth: int) -> list[str]:
    lines: list[str] = []
    for key, node in branch.children.items():
        head = f"{INDENT * depth}{key if _is_plain(key) else _quoted(key)}:"
        if isinstance(node, Branch):
            below = _lines(node, depth + 1)
            lines += [head, *below] if below else []
        elif not _is_absent(node):
            lines.append(f"{head} {_scalar(node)}")
    return lines


def _is_absent(node: Node) -> bool:
    return isinstance(node, Scalar) and node.tag == "null"


def _scalar(node: Scalar) -> str:
    return node.text if node.tag in ("number", "bool") else _quoted(node.text)


def _is_plain(key: str) -> bool:
    return bool(_PLAIN.fullmatch(key)) and key.casefold() not in _RESERVED


def _quoted(text: str) -> str:
    """Return a double-quoted YAML text: JSON's escapes mean the same there."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
