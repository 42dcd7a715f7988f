"""Imports point down only, and each outside library has one home. Read from the source with `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "communique"

# Bottom first. A module may import those of lower layers; those of one layer stand side by side.
LAYERS = (
    {"model", "errors"},
    {"codebook", "gold"},
    {"ties", "stories", "quantities", "rows"},
    {"happenings"},
    {"derive"},
    {"read", "coding", "store", "write", "tables", "changes", "dossier", "aggregate", "network"},
    {"run", "evaluate", "cli_tables", "bundle"},
    {"cli"},
    {"__main__"},
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

HOMES = {
    "spacy": {"coding"},
    "duckdb": {"store", "rows", "derive"},
    "rensa": {"stories"},
    "onnxruntime": {"coding"},
    "tokenizers": {"coding"},
    "networkx": {"network"},
    "typer": {"cli", "cli_tables"},
    "click": {"cli"},
    "rich": {"cli", "cli_tables"},
    "platformdirs": {"codebook"},
    "cryptography": {"tables"},
    "trafilatura": {"read"},
    "lxml": {"read"},
    "docx": {"read"},
    "fastwarc": {"read"},
    "feedparser": {"read"},
    "httpcore": {"read"},
    "httpx": {"read"},
    "markdown_it": {"read"},
    "py3langid": {"read"},
    "pypdf": {"read"},
    "striprtf": {"read"},
    "ahocorasick_rs": {"coding"},
    "pyarrow": {"read", "store", "rows", "derive", "write"},
}

# The package's own front names modules of every layer, and loads them lazily: it stands outside the layers.
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def part(path: Path) -> str:
    """The module or package right under `communique` that this file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import of a file, those inside functions and for type checkers too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            assert node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_imports_point_down(path: Path) -> None:
    here = part(path)
    assert here in LEVEL, f"{here} has no layer: give it one in LAYERS"
    for line, name in imports(path):
        first, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        # `from communique import __version__` is no module.
        if first != "communique" or other not in LEVEL or other == here:
            continue
        below = LEVEL[other] < LEVEL[here] or LEVEL[here] == 0
        assert below, f"{path.name}:{line}: {here} imports {other}, which is not below it"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_libraries_stay_at_home(path: Path) -> None:
    for line, name in imports(path):
        library = name.partition(".")[0]
        if library in HOMES:
            assert part(path) in HOMES[library], f"{path.name}:{line}: {library} belongs in {sorted(HOMES[library])}"


def test_every_module_has_a_layer() -> None:
    assert {part(path) for path in MODULES} <= set(LEVEL)


def test_front_exports_what_it_says() -> None:
    import communique

    for name in communique.__all__:
        assert getattr(communique, name) is not None
    assert set(communique.__all__) <= set(dir(communique))
    with pytest.raises(AttributeError):
        communique.nothing  # noqa: B018
