"""What a newcomer reads is true: every command and block runs and shows what it says, and nothing is left out.

Where this fails after a change, `python tools/docs.py --write` brings the pages up to date; read the difference.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from typer.testing import CliRunner

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import communique  # noqa: E402
import docs  # noqa: E402
from communique import write  # noqa: E402
from communique.cli import app, command_line  # noqa: E402
from communique.store import Record  # noqa: E402

PAGES = docs.pages()
ALL = [*PAGES, *(docs.DOCS / name for name in docs.GENERATED)]
COMMANDS = command_line()
TEXT = "\n".join(path.read_text("utf-8") for path in ALL)


@pytest.fixture(scope="module")
def record() -> Iterator[Path]:
    with docs.sample_record() as path:
        yield path


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_a_page_shows_is_what_happens(path: Path, record: Path) -> None:
    assert docs.renewed(path, record) == path.read_text("utf-8")


@pytest.mark.parametrize("name", docs.GENERATED)
def test_a_generated_page_is_what_is_generated(name: str) -> None:
    assert docs.GENERATED[name]() == (docs.DOCS / name).read_text("utf-8")


def test_a_page_that_shows_something_else_is_found(record: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for block in ("```console\n$ echo one\ntwo\n```\n", "```python\nprint(1)\n```\n\n```text\n2\n```\n"):
        page.write_text(block, "utf-8")
        assert docs.renewed(page, record) != block
    page.write_text("```console\n$ communique events nowhere.duckdb\n```\n", "utf-8")
    with pytest.raises(RuntimeError, match="no such record"):
        docs.renewed(page, record)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_in_the_help_of_a_command_runs(name: str, record: Path, tmp_path: Path) -> None:
    with Record.open(record) as book:
        event = book.events(limit=1)[0].id
    (tmp_path / "record.duckdb").write_bytes(record.read_bytes())
    (tmp_path / "reports").symlink_to(ROOT / "samples" / "text")
    (tmp_path / "my-tables").mkdir()
    gold = tmp_path / "my-gold" / "status"
    gold.mkdir(parents=True)
    (gold / "own.jsonl").write_text(
        '{"id": "1", "text": "Peru signed a pact.", "start": 5, "end": 11, "occurred": true}\n', "utf-8"
    )
    example = re.sub(r"\be-[0-9a-f]{16}\b", event, COMMANDS[name].help.partition("Example: ")[2])
    with chdir(tmp_path):
        done = CliRunner().invoke(app, shlex.split(example)[1:])
    assert (done.exit_code, done.exception) == (0, None), done.output
    assert done.output


# Only these kinds of block are run; any other kind would be text that nobody checks.
KINDS = {"console", "python", "sql", "text", "bibtex"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_block_escapes(path: Path) -> None:
    page = path.read_text("utf-8")
    found = docs.blocks(page)
    assert page.count("```") == 2 * len(found)
    assert {block.language for block in found} <= KINDS


def test_commands_that_are_not_run_name_what_there_is() -> None:
    shown = {line[2:] for path in PAGES for line in path.read_text("utf-8").splitlines() if line.startswith("$ ")}
    skipped = {command for command in shown if command.startswith(docs.NOT_RUN)}
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for command in skipped:
        first, *rest = command.split()
        if first == "make":
            assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in rest if "=" not in target)
        elif first == "python" and rest[0] != "-m":
            assert (ROOT / rest[0]).is_file(), command
    assert "make demo" in skipped


# Nothing is left out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    page = (docs.DOCS / "commands.md").read_text("utf-8")
    section = page.partition(f"## communique {name}\n")[2].partition("\n## ")[0]
    assert section
    for parameter in COMMANDS[name].params:
        for option in parameter.opts:
            if option.startswith("-") and option != "--help":
                assert f"`{option}" in section, option
        assert parameter.help or "--help" in parameter.opts


@pytest.mark.parametrize("form", write.WRITERS)
def test_every_export_format_is_documented(form: str) -> None:
    assert f"| `{form}` |" in (docs.DOCS / "formats.md").read_text("utf-8")


def test_every_view_and_its_columns_are_documented(record: Path) -> None:
    page = (docs.DOCS / "record.md").read_text("utf-8")
    with Record.open(record) as book:
        views = book.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal AND database_name = 'record'")
        names = [name for (name,) in views.fetchall()]
        assert len(names) >= 6
        for name in names:
            section = page.partition(f"### `{name}`\n")[2].partition("\n### ")[0]
            missing = [c for c in book.sql(f"SELECT * FROM {name}").columns if f"| `{c}` |" not in section]
            assert not missing, f"{name}: {missing}"


def test_every_public_name_is_documented() -> None:
    page = (docs.DOCS / "python.md").read_text("utf-8")
    for name in communique.__all__:
        assert f"`{name}`" in page, name
    for name in vars(Record):
        if not name.startswith("_"):
            assert f"{name}(" in page, name


@pytest.mark.parametrize(
    "name", [t.stem.upper() for t in (docs.DATA / "codebook").glob("*.toml") if t.stem != "contexts"]
)
def test_every_event_type_is_documented(name: str) -> None:
    assert f"\n## {name}\n" in (docs.DOCS / "codebook.md").read_text("utf-8")


MARKDOWN = [*ALL, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "samples" / "README.md"]


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8")):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        other = (path.parent / file).resolve() if file else path
        assert other.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", other.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}, target


def test_the_index_lists_every_page() -> None:
    index = (docs.DOCS / "index.md").read_text("utf-8")
    for path in docs.DOCS.glob("*.md"):
        assert path.name == "index.md" or f"({path.name})" in index


def test_every_make_target_is_in_the_list_for_contributors() -> None:
    listed = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    targets = {line.split()[0] for line in listed.splitlines()} - {"help"}
    assert len(targets) > 5
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert {target for target in targets if f"`make {target}" not in text} == set()
