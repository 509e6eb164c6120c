"""The auditor shares nothing with what he audits."""

import ast
import sys
from pathlib import Path

import pytest

import allocator.verification

FOLDER = Path(allocator.verification.__file__).parent
OWN = "allocator.verification"
ALLOWED = {"numpy", "pandas", "pyarrow", "yaml", "openpyxl", *sys.stdlib_module_names}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.name)
def test_verification_imports_nothing_of_the_pipeline_and_no_solver(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [node.module or ""]
        for name in names:
            own = name == "allocator.errors" or name == OWN or name.startswith(OWN + ".")
            assert own or name.split(".")[0] in ALLOWED, f"{path.name} imports {name}"
