"""What a newcomer reads is true: every command and block runs and shows what it says, and nothing is left out.

Where this fails after a change, `make docs` brings the pages up to date; read the difference.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from typer.testing import CliRunner

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import communique  # noqa: E402
import docs  # noqa: E402
import docs_blocks  # noqa: E402
import docs_reference  # noqa: E402
from communique import write  # noqa: E402
from communique.cli import app, command_line  # noqa: E402
from communique.read import formats  # noqa: E402
from communique.store import Record  # noqa: E402

PAGES = docs.pages()
ALL = [ROOT / "README.md", *sorted(docs.DOCS.rglob("*.md"))]
COMMANDS = docs_reference.all_commands(command_line())
SOURCES = sorted((ROOT / "src" / "communique").rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def page(name: str) -> str:
    return (docs.DOCS / name).read_text("utf-8")


@pytest.fixture(scope="module")
def sample() -> Iterator[docs_blocks.Sample]:
    with docs_blocks.sample_record() as made:
        yield made


@pytest.fixture(scope="module")
def renewed(
    request: pytest.FixtureRequest, sample: docs_blocks.Sample
) -> Iterator[dict[Path, Future[docs_blocks.Page]]]:
    """The pages that are asked for in this run, under way in processes of their own."""
    asked = {item.callspec.params.get("path"): None for item in request.session.items if hasattr(item, "callspec")}
    with docs.all_pages([path for path in PAGES if path in asked], sample) as futures:
        yield futures


# What is shown is what happens


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_what_a_page_shows_is_what_happens(path: Path, renewed: dict[Path, Future[docs_blocks.Page]]) -> None:
    new = renewed[path].result()
    assert new.text == path.read_text("utf-8")
    assert list(new.pictures) == []
    if docs_blocks.R is None and any(block.language == "r" for block in docs_blocks.blocks(new.text)):
        pytest.skip("the blocks in R were not run: there is no Rscript (Debian: r-base-core); all others were")


@pytest.mark.parametrize("name", docs.GENERATED)
def test_a_generated_page_is_what_is_generated(name: str) -> None:
    assert docs.GENERATED[name]() == page(name)


def test_a_page_that_shows_something_else_is_found(sample: docs_blocks.Sample, tmp_path: Path) -> None:
    shown = tmp_path / "page.md"
    picture = "import matplotlib.pyplot as plt\nplt.savefig('no-such.png')\n"
    for block in (
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ communique code samples\nsomething\n```\n",
        "```python\nprint(1)\n```\n\n```text\n2\n```\n",
        *(["```r\ncat(1)\n```\n\n```text\n2\n```\n"] if docs_blocks.R else []),
    ):
        shown.write_text(block, "utf-8")
        assert docs_blocks.renewed(shown, sample).text != block
    shown.write_text(f"```python\n{picture}```\n\n![A plot](img/no-such.png)\n", "utf-8")
    assert list(docs_blocks.renewed(shown, sample).pictures) == ["no-such.png"]


@pytest.mark.parametrize(
    ("block", "error"),
    [
        ("```console\n$ communique events nowhere.duckdb\n```\n", "no such record"),
        ("```python\nprint(unheard_of)\n```\n", "unheard_of"),
        ("```sql\nSELECT unheard_of FROM events\n```\n", "unheard_of"),
        ('```stata\nimport delimited using "nowhere.csv", clear\n```\n', "no file nowhere.csv"),
        ('```stata\nimport delimited using "tables/events.csv", clear\ncount if typo == ""\n```\n', "typo"),
        ('```stata\nimport delimited using "tables/events.csv", clear\ncount if type == "AID"\n```\n', None),
        pytest.param(
            "```r\nprint(unheard_of)\n```\n",
            "unheard_of",
            marks=pytest.mark.skipif(docs_blocks.R is None, reason="there is no Rscript (Debian: r-base-core)"),
        ),
    ],
)
def test_a_block_that_cannot_run_is_found(
    sample: docs_blocks.Sample, tmp_path: Path, block: str, error: str | None
) -> None:
    shown = tmp_path / "page.md"
    before = "```console\n$ communique code samples\n$ communique export record.duckdb --to tables\n```\n\n"
    shown.write_text(before + block, "utf-8")
    if error is None:
        docs_blocks.renewed(shown, sample)
    else:
        with pytest.raises(Exception, match=error):
            docs_blocks.renewed(shown, sample)


@pytest.fixture
def reader(sample: docs_blocks.Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the examples in the help of the commands name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUNIQUE_TABLES", str(tmp_path / "installed"))
    shutil.copy(sample.path, "record.duckdb")
    Path("reports").symlink_to(ROOT / "samples" / "text")
    Path("my-gold", "status").mkdir(parents=True)
    Path("my-gold", "status", "own.jsonl").write_text(
        '{"id": "1", "text": "Peru signed a pact.", "start": 5, "end": 11, "occurred": true}\n', "utf-8"
    )
    Path("my-tables").mkdir()
    Path("my-tables", "organizations.csv").write_text(
        "code,name,kind\nGLBC,Great Lakes Border Commission,igo\n", "utf-8"
    )
    Path("own.actors.txt").write_text("AMARA_OKELLO [UGAGOV]\n", "utf-8")
    Path("own.agents.txt").write_text("CUSTOMS_OFFICER {} [~GOV]\n", "utf-8")
    return tmp_path


# What has to be done before the example of a command can run.
BEFORE = {
    "tables pack": ["tables keygen"],
    "tables trust": ["tables keygen"],
    "tables update": ["tables keygen", "tables pack"],
    "tables remove": ["tables keygen", "tables pack", "tables update"],
}


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not hasattr(command, "commands")])
def test_the_example_in_the_help_of_a_command_runs(name: str, reader: Path) -> None:
    with Record.open(reader / "record.duckdb") as book:
        event = book.events(limit=1)[0].id
        article = book.events(limit=1)[0].article
    for command in (*BEFORE.get(name, ()), name):
        example = re.sub(r"\be-[0-9a-f]{16}\b", event, COMMANDS[command].help.partition("Example: ")[2])
        example = re.sub(r"\ba-[0-9a-f]{16}\b", article, example)
        done = CliRunner().invoke(app, shlex.split(example)[1:])
        assert (done.exit_code, done.exception) == (0, None), done.output
        assert done.output


# Only these kinds of block are run or checked; any other kind would be text that nobody checks.
KINDS = {"console", "python", "sql", "text", "bibtex", "r", "stata"}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_block_escapes(path: Path) -> None:
    shown = path.read_text("utf-8")
    found = docs_blocks.blocks(shown)
    assert shown.count("```") == 2 * len(found)
    assert {block.language for block in found} <= KINDS


def test_commands_that_are_not_run_name_what_there_is() -> None:
    shown = {line[2:] for path in PAGES for line in path.read_text("utf-8").splitlines() if line.startswith("$ ")}
    skipped = {command for command in shown if command.startswith(docs_blocks.NOT_RUN)}
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for command in skipped:
        first, *rest = command.split()
        if first == "make":
            assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in rest if "=" not in target)
        elif first == "python" and rest[0] != "-m":
            assert (ROOT / rest[0]).is_file(), command
    assert "make demo" in skipped


def test_every_picture_is_shown_and_says_what_it_shows() -> None:
    shown = [image for path in PAGES for image in docs_blocks.images(path.read_text("utf-8"))]
    assert sorted(shown) == sorted(path.name for path in docs_blocks.IMAGES.iterdir())
    for path in PAGES:
        assert "![](" not in path.read_text("utf-8")


# Nothing is left out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    section = page("commands.md").partition(f"## communique {name}\n")[2].partition("\n## ")[0]
    assert section
    for parameter in COMMANDS[name].params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            if option.startswith("-") and option != "--help":
                assert re.search(rf"[`\s]{re.escape(option)}[`\s,]", section), option
        assert parameter.help or "--help" in parameter.opts


@pytest.mark.parametrize("form", write.WRITERS)
def test_every_export_format_is_documented(form: str) -> None:
    assert f"| `{form}` |" in page("formats.md")


@pytest.mark.parametrize("form", formats.OURS, ids=lambda form: form.name)
def test_every_format_that_is_read_is_documented(form: formats.Format) -> None:
    row = re.search(rf"^\| `{form.name}` \|(.*)$", page("reading.md"), re.MULTILINE)
    assert row
    assert all(suffix in row[1] for suffix in form.suffixes)


def test_every_table_of_the_record_and_its_columns_are_documented(sample: docs_blocks.Sample) -> None:
    shown = page("record.md")
    assert docs_reference.with_columns(shown, sample.path) == shown
    found = docs_reference.schema(sample.path)
    assert len([name for name in found if "." not in name]) >= 6
    for name, columns in found.items():
        section = shown.partition(f"### `{name}`\n")[2].partition("\n#")[0]
        missing = [c for c in columns if not re.search(rf"^\| `{c}` \| `[^`]+` \| [^ |]", section, re.MULTILINE)]
        assert section
        assert not missing, f"{name}: {missing}"


def test_every_field_of_nested_values_is_documented(sample: docs_blocks.Sample) -> None:
    section = page("record.md").partition("\n## Nested values\n")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE))
    fields = docs_reference.nested(sample.path)
    assert rows.keys() == fields.keys()
    inherited = {"a span": "span", "an actor": "actor"}
    for name, names in fields.items():
        told = set(re.findall(r"\w+", rows[name]))
        for words, kind in inherited.items():
            told |= set(fields[kind]) if words in rows[name] else set()
        assert set(names) <= told, name


def test_every_public_name_is_documented() -> None:
    shown = page("python.md")
    for name in communique.__all__:
        assert f"`{name}`" in shown, name
        public = getattr(communique, name)
        assert public.__doc__, name
        for method, value in vars(public).items() if isinstance(public, type) else ():
            assert method.startswith("_") or not callable(value) or value.__doc__, f"{name}.{method}"


@pytest.mark.parametrize(
    "name", [t.stem.upper() for t in (docs_reference.DATA / "codebook").glob("*.toml") if t.stem != "contexts"]
)
def test_every_event_type_is_documented(name: str) -> None:
    assert f"\n## {name}\n" in page("codebook.md")


def constants(tree: ast.Module) -> dict[str, object]:
    """The constants of a module."""
    return {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }


def found_in_source(pattern: str) -> set[object]:
    """The values of what a pattern over the source finds: literals, or the constants of that name in their module."""
    found: set[object] = set()
    for path in SOURCES:
        source = path.read_text("utf-8")
        known = constants(ast.parse(source))
        for text in re.findall(pattern, source):
            found.add(ast.literal_eval(text) if text[0] in "\"'" else known[text])
    return found


def test_every_entry_point_group_is_documented() -> None:
    groups = found_in_source(r"""entry_points\(group=(["'][^"']+["']|\w+)""")
    assert "communique.readers" in groups
    for group in groups:
        assert any(f"`{group}`" in path.read_text("utf-8") for path in PAGES), group


def test_every_environment_variable_is_documented() -> None:
    names = found_in_source(r"""(?:getenv\(|environ\.get\(|environ\[|envvar=)(["']\w+["']|\w+)""")
    for name in names:
        assert any(f"`{name}`" in path.read_text("utf-8") for path in ALL), name


# The site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make site` builds it: a warning is an error (but none is counted with --quiet)."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(build, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


class Elements(HTMLParser):
    """What a page of the site loads by itself, what it links to, and the anchors it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, found in attrs:
            if found and name in ("src", "srcset", "data", "poster", "action"):
                self.loaded.append(found)
            elif found and name == "href":
                (self.links if tag == "a" else self.loaded).append(found)
            elif found and name in ("id", "name"):
                self.anchors.add(found)


@pytest.fixture(scope="module")
def html(site: Path) -> dict[Path, Elements]:
    return {path: Elements(path.read_text("utf-8")) for path in site.rglob("*.html")}


def test_the_site_loads_nothing_from_the_network(site: Path, html: dict[Path, Elements]) -> None:
    assert len(html) > len(ALL) - 2
    for path, found in html.items():
        assert not [address for address in found.loaded if urlsplit(address).netloc], path
    for path in site.rglob("*.css"):
        addresses = re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')]+)", path.read_text("utf-8"))
        assert not [a for a in addresses if a.startswith(("http", "//"))], path


def test_everything_that_the_site_links_to_is_there(site: Path, html: dict[Path, Elements]) -> None:
    for path, found in html.items():
        if path.name == "404.html":
            # Shown in place of any page, so its addresses begin at the root of a server.
            continue
        for address in (*found.loaded, *found.links):
            parts = urlsplit(address)
            if parts.scheme in ("https", "data", "mailto"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), f"{path.relative_to(site)}: {address}"
            if parts.fragment and target in html:
                assert unquote(parts.fragment) in html[target].anchors | {"__codelineno"}, (path.name, address)


def test_every_public_name_is_in_the_reference(site: Path, html: dict[Path, Elements]) -> None:
    anchors = html[site / "api.html"].anchors
    for name in communique.__all__:
        assert any(anchor.startswith("communique.") and anchor.endswith(f".{name}") for anchor in anchors), name
    for name in vars(Record):
        if not name.startswith("_"):
            assert f"communique.Record.{name}" in anchors, name
    # What a reader of another package needs.
    for name in ("Format", "Given", "Source", "checked"):
        assert name in sys.modules["communique.read"].__all__
        assert any(anchor.startswith("communique.read.") and anchor.endswith(f".{name}") for anchor in anchors), name


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no chromium")
def test_the_site_can_be_searched_without_a_server(site: Path, tmp_path: Path) -> None:
    browser = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    address = f"file://{site / 'index.html'}?q=embassy"
    call = [*browser, "--virtual-time-budget=8000", "--dump-dom", address]
    shown = subprocess.run(call, capture_output=True, text=True, timeout=120, check=True).stdout
    assert "md-search-result__link" in shown


# Links and lists


MARKDOWN = [*ALL, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "samples" / "README.md"]


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    """As a reader of the files follows them, on the web or in an editor; those of the site are looked at above."""
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
    index = page("index.md")
    for path in docs.DOCS.rglob("*.md"):
        assert path.name == "index.md" or f"({path.relative_to(docs.DOCS).as_posix()})" in index


def test_every_make_target_is_in_the_list_for_contributors() -> None:
    listed = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    targets = {line.split()[0] for line in listed.splitlines()} - {"help"}
    assert len(targets) > 5
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert {target for target in targets if f"`make {target}" not in text} == set()
