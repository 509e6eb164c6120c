"""The plan of the house, kept by reading the source: who may import whom, how long a file may be."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import allocator
import scenarios
import service
import solver_models

PROJECT = Path(__file__).resolve().parents[1]
ARROW = ("solver_models", "allocator", "scenarios", "service")
MOST_LINES = 450
FORBIDDEN_MODULES = {"util", "utils", "helper", "helpers", "manager", "managers", "data", "misc", "common"}
FORBIDDEN_FUNCTIONS = {"process", "helper", "utils"}
# What each package may use beside the standard library and the packages before it in the arrow.
LIBRARIES = {
    "solver_models": {"numpy", "scipy", "flint", "highspy", "piqp", "pulp", "ortools"},
    "allocator": {
        "numpy",
        "scipy",
        "pandas",
        "pyarrow",
        "pydantic",
        "pydantic_core",
        "yaml",
        "openpyxl",
        "xlsxwriter",
    },
    "scenarios": {
        "numpy",
        "pandas",
        "pydantic",
        "pydantic_core",
        "yaml",
        "pebble",
        "distributed",
        "xlsxwriter",
    },
}
# Libraries with a single door.
DOORS = {
    "flint": "solver_models/exact/",
    "pulp": "solver_models/engines/pulp_engine.py",
    "highspy": "solver_models/",
    "piqp": "solver_models/engines/interior.py",
    "ortools": "solver_models/",
}
VERIFICATION_MAY_USE = {"numpy", "pandas", "pyarrow", "yaml", "openpyxl"}


def sources(*packages: str) -> list[Path]:
    """Return the source files of packages."""
    return sorted(path for package in packages for path in (PROJECT / package).rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_of(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield (dotted module, line) of every import, `from a import b` as a.b, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def imports_inside_functions(tree: ast.AST) -> list[int]:
    """Return the lines of imports that stand inside a function."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [line for function in functions for _, line in imports_of(function)]


def all_imports(*packages: str) -> list[tuple[str, str]]:
    """Return (file:line, dotted module) of every import of packages."""
    return [
        (f"{relative(path)}:{line}", module)
        for path in sources(*packages)
        for module, line in imports_of(parse(path))
    ]


def test_the_reader_of_imports_sees_every_form() -> None:
    tree = ast.parse("import a.b\nfrom c import d\ndef f():\n    from . import e\n    import g as h\n")
    assert sorted(imports_of(tree)) == [("..e", 4), ("a.b", 1), ("c.d", 2), ("g", 5)]
    assert imports_inside_functions(tree) == [4, 5]


@pytest.mark.parametrize("package", ARROW)
def test_a_package_imports_only_what_stands_before_it_in_the_arrow(package: str) -> None:
    later = set(ARROW[ARROW.index(package) + 1 :]) | {"tests", "examples", "benchmarks"}
    found = all_imports(package)
    assert sources(package)
    assert [(place, module) for place, module in found if module.split(".")[0] in later] == []


@pytest.mark.parametrize("package", sorted(LIBRARIES))
def test_a_package_uses_only_the_libraries_of_its_floor(package: str) -> None:
    known = LIBRARIES[package] | set(sys.stdlib_module_names) | set(ARROW)
    assert [found for found in all_imports(package) if found[1].split(".")[0] not in known] == []


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_solver_library_enters_by_its_own_door_only(library: str) -> None:
    places = [place for place, module in all_imports(*ARROW) if module.split(".")[0] == library]
    assert places
    assert [place for place in places if not place.startswith(DOORS[library])] == []


def test_no_import_is_hidden_inside_a_function() -> None:
    hidden = [
        f"{relative(path)}:{line}"
        for path in sources(*ARROW, "examples", "benchmarks")
        for line in imports_inside_functions(parse(path))
    ]
    assert hidden == []


def test_verification_uses_nothing_of_the_pipeline_and_no_solver() -> None:
    allowed = VERIFICATION_MAY_USE | set(sys.stdlib_module_names)
    found = [(place, module) for place, module in all_imports("allocator") if "/verification/" in place]
    assert found
    foreign = [
        (place, module)
        for place, module in found
        if module.split(".")[0] not in allowed
        and not module.startswith(("allocator.errors.", "allocator.verification."))
    ]
    assert foreign == []


@pytest.mark.parametrize("package", [allocator, scenarios, service, solver_models])
def test_the_packages_that_run_are_those_of_this_project(package: object) -> None:
    """Other distributions bear the names `allocator` and `service`; ours must be the one that answers."""
    assert Path(str(package.__file__)).resolve().is_relative_to(PROJECT)  # type: ignore[attr-defined]


def test_files_stay_short_enough_to_read() -> None:
    lengths = {
        relative(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*ARROW, "examples", "benchmarks")
    }
    assert lengths
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_no_module_and_no_function_has_a_name_that_says_nothing() -> None:
    files = sources(*ARROW, "examples", "benchmarks")
    modules = [
        relative(path)
        for path in files
        if path.stem in FORBIDDEN_MODULES or path.parent.name in FORBIDDEN_MODULES
    ]
    functions = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in files
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in FORBIDDEN_FUNCTIONS
    ]
    assert modules + functions == []
