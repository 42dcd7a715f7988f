"""Runs the code blocks of a page, as a reader would type them, and gives the page with what they show now.

Each page is run in a folder of its own, with samples/ in it:

- ```console: commands behind "$ ", with what a terminal of 100 columns shows. Where one is `SHARED`, a copy of the one
  record of the samples is put there, with what coding them has shown.
- ```python: all blocks of a page run in one session; ```r: each block is a script of its own. A ```text block right
  behind one is what it prints.
- ```sql asks record.duckdb. ```stata cannot be run here, so its files and names are checked instead.
- Pictures of docs/img that a page shows are those that its blocks save under the same name.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import itertools
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "img"

# Run once for all pages.
SHARED = "communique code samples"
_SHARED = re.compile(rf"{SHARED}(?: --into (?P<name>[\w-]+\.duckdb))?")
# Commands that set up, take minutes or need what only the reader has; tests/test_docs.py sees to it that they name what
# there is.
NOT_RUN = (
    "git clone ",
    "cd ",
    "python -m venv ",
    "pip install ",
    ". ",
    "make ",
    "python tools/",
    "python -m http.server",
)
COLUMNS, LINES = 100, 50
R = shutil.which("Rscript")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ID = re.compile(r"\b[est]-[0-9a-f]{16}\b")
_IMAGE = re.compile(r"!\[[^\]]+\]\((?:\.\./)?img/([\w-]+\.png)\)")
# What differs from run to run, or with every row that is added to a table: how long something took, the lines of rows,
# the checksum of the tables, the port of a server, a new key.
_UNSTEADY = (
    (r"\bin \d+(\.\d+)? (s|min)\b", "in 1 s"),
    (r"\.csv:\d+:", ".csv:1:"),
    (r"\+[0-9a-f]{12}\+", "+0+"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:1"),
    (r"\b(key|fingerprint is) [0-9a-f]{16}\b", r"\1 0"),
)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and where the text stands in the page."""

    language: str
    text: str
    start: int
    end: int


def blocks(page: str) -> list[Block]:
    return [Block(m[1], m[2], m.start(2), m.end(2)) for m in _FENCE.finditer(page)]


def images(page: str) -> list[str]:
    """The pictures of docs/img that the page shows."""
    return _IMAGE.findall(page)


@dataclass(frozen=True)
class Sample:
    """The record of the sample reports, and what coding them showed."""

    path: Path
    shown: str


@contextlib.contextmanager
def sample_record() -> Iterator[Sample]:
    """A record of the sample reports, in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        Path("samples").symlink_to(ROOT / "samples")
        yield Sample(Path(name) / "record.duckdb", terminal(SHARED))


@dataclass
class Page:
    """A page once its blocks were run: `text` as it should be, `pictures` the bytes of those that look different now."""

    text: str
    pictures: dict[str, bytes] = field(default_factory=dict)


def renewed(path: Path, sample: Sample) -> Page:
    """The page with the output that its blocks give now."""
    page = path.read_text("utf-8")
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        Path("samples").symlink_to(ROOT / "samples")
        new = page
        for block, text in reversed(_changes(page, path.name, sample)):
            new = new[: block.start] + text + new[block.end :]
        pictures = {image: Path(image).read_bytes() for image in images(page)}
    changed = {image: raw for image, raw in pictures.items() if not _looks_like(IMAGES / image, raw)}
    return Page(new if _steady(new) != _steady(page) else page, changed)


def _changes(page: str, name: str, sample: Sample) -> list[tuple[Block, str]]:
    """The blocks that show something, in their order, with what they show now."""
    session: dict[str, Any] = {"__name__": "__main__"}
    shown: list[str] = []
    changes = []
    found = blocks(page)
    for block, after in itertools.zip_longest(found, found[1:]):
        where = f"{name}:{page.count(chr(10), 0, block.start)}"
        printed = None
        if block.language == "console":
            changes.append((block, console(block.text, shown, sample)))
        elif block.language == "python":
            printed = python(block.text, session, where)
        elif block.language == "r" and R:
            printed = r(block.text, where)
        elif block.language == "sql":
            sql(block.text)
        elif block.language == "stata":
            stata(block.text, where)
        if printed is not None and _is_output(page, block, after):
            changes.append((after, printed))
    return changes


def _is_output(page: str, block: Block, after: Block | None) -> bool:
    return after is not None and page[block.end : after.start].split() == ["```", "```text"]


def _steady(page: str) -> str:
    for pattern, one in _UNSTEADY:
        page = re.sub(pattern, one, page)
    return page


def _looks_like(path: Path, raw: bytes) -> bool:
    """Whether a picture is the same to the eye: the last bits of a colour may differ from one machine to the next."""
    from matplotlib.image import imread

    if not path.exists():
        return False
    old, new = imread(path), imread(io.BytesIO(raw))
    return old.shape == new.shape and abs(old - new).max() < 0.1


# Commands


def console(text: str, shown: list[str], sample: Sample) -> str:
    """The block with the commands run again: each line with "$ " in front, and what it shows. `shown`: the ids that the
    page has shown so far."""
    commands = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not commands[0], f"a console block begins with a command: {text}"
    parts = []
    for part in commands[1:]:
        command = _with_ids(_command(part), shown)
        if shared := _SHARED.fullmatch(command):
            name = shared["name"] or sample.path.name
            shutil.copy(sample.path, name)
            output = sample.shown.replace(sample.path.name, name)
        else:
            output = "" if command.startswith(NOT_RUN) else terminal(command)
        parts.append(f"$ {command}\n{output}")
        shown += _ID.findall(output)
    return "".join(parts)


def _with_ids(command: str, shown: list[str]) -> str:
    """The command with ids that are still there: one that is gone gives way to the first shown of its kind."""

    def there(match: re.Match[str]) -> str:
        alike = [id for id in shown if id[0] == match[0][0]]
        return match[0] if match[0] in alike or not alike else alike[0]

    return _ID.sub(there, command)


def _command(part: str) -> str:
    """The command at the head of its output: one line with its here-document, or with the "> " lines behind it."""
    first, *rest = part.split("\n")
    if heredoc := re.search(r"<<'?(\w+)'?(?: [|>].*)?$", first):
        return "\n".join([first, *rest[: rest.index(heredoc[1]) + 1]])
    more = itertools.takewhile(lambda line: line.startswith("> "), rest)
    return "\n".join([first, *more])


def terminal(command: str) -> str:
    """What a terminal shows when bash runs the command, without colours. A command that fails raises."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # A terminal without control sequences shows no progress line either.
    plain = {"TERM": "dumb", "COLUMNS": str(COLUMNS), "LINES": str(LINES), "LC_ALL": "C.UTF-8", "PATH": path}
    # What the user of this machine has installed plays no part.
    plain["COMMUNIQUE_TABLES"] = str(Path.cwd() / ".tables")
    shown = b""
    with subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", command.replace("\n> ", "\n")],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **plain},
    ) as process:
        os.close(theirs)
        # A terminal whose other end is closed gives an error in place of an end.
        with contextlib.suppress(OSError):
            while chunk := os.read(ours, 65536):
                shown += chunk
        os.close(ours)
    text = _plain(_ESCAPES.sub("", shown.decode().replace("\r\n", "\n")))
    if process.returncode:
        raise RuntimeError(f"{command}: exit status {process.returncode}\n{text}")
    return text


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n"))


# Languages


def python(text: str, session: dict[str, Any], where: str) -> str:
    """What a block prints in the page's session."""
    os.environ |= {"MPLBACKEND": "agg", "COMMUNIQUE_TABLES": str(Path.cwd() / ".tables")}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, where, "exec"), session)
    return _plain(out.getvalue())


def r(text: str, where: str) -> str:
    """What a block prints as a script of its own, in the width of a page. A script that fails raises."""
    script = Path("block.R")
    script.write_text(f"options(width = {COLUMNS}, warn = 2)\n{text}", "utf-8")
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run([R or "Rscript", "--vanilla", script], capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise RuntimeError(f"{where}: exit status {done.returncode}\n{done.stderr}")
    return _plain(done.stdout)


def sql(text: str) -> None:
    from communique import Record

    with Record.open("record.duckdb") as record:
        for statement in text.split(";"):
            if statement.strip():
                record.sql(statement).fetchall()


# What our blocks use of Stata: every other name must be a column, or made by the block itself.
_STATA = frozenset(
    """
    import delimited using varnames case preserve bindquote strict maxquotedrows unlimited encoding stringcols _all clear
    keep drop if in inlist generate egen group destring replace rename format date mofd split parse reshape long i j
    duplicates force collapse count mean by tabulate sort list abbreviate tsset tempfile save merge m assert match append
    foreach of numlist
    """.split()
)
# No variable may be called so.
_STATA_RESERVED = frozenset(
    "_all _b byte _coef _cons double float if in int long _n _N _pi _pred _rc _skip strL using with".split()
)
# Where a block makes a variable or a macro; `split` and its like make numbered ones, which then are named without number.
_STATA_MAKES = re.compile(r"\b(?:generate|egen|rename \w+|tempfile|foreach)\s+(\w+)|\b[gj](?:enerate)?\((\w+)\)|(\w+)=")


def stata(text: str, where: str) -> None:
    """Checks a block, since Stata cannot be run here: the files it reads are there, their columns have names that Stata
    can hold, and every name is one of them, made by the block, or a word of `_STATA`. Raises ValueError otherwise."""
    code = re.sub(r"^\s*\*.*$|///", "", text, flags=re.MULTILINE)
    known = set(_STATA)
    for name in re.findall(r'using "([^"]+)"', code):
        found = sorted(Path().glob(re.sub(r"`\w+'", "*", name)))
        if not found:
            raise ValueError(f"{where}: no file {name}")
        known |= {column for path in found for column in _stata_columns(path, where)}
    bare = re.sub(r"\"[^\"]*\"|%\w+", " ", code)
    known |= {made for names in _STATA_MAKES.findall(bare) for made in names if made}
    if unknown := set(re.findall(r"\b[A-Za-z_]\w*", bare)) - known:
        raise ValueError(f"{where}: neither columns nor known words of Stata: {', '.join(sorted(unknown))}")


def _stata_columns(path: Path, where: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    illegal = [name for name in columns if not re.fullmatch(r"[A-Za-z_]\w{0,31}", name) or name in _STATA_RESERVED]
    if illegal:
        raise ValueError(f"{where}: {path} has columns that Stata cannot hold: {', '.join(illegal)}")
    return columns
