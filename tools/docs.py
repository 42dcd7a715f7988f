"""Keeps README.md and docs/ true: makes the generated pages, runs what the others show and puts its output in.

python tools/docs.py            lists what is out of date (exit status 1)
python tools/docs.py --write    brings it up to date

In the pages, ```console blocks hold commands behind "$ " with what a terminal of 100 columns then shows; ```python
blocks of a page run in one session, and a ```text block right behind one is what it prints; ```sql blocks ask
record.duckdb. Each page is run in a folder of its own, with samples/ in it.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import difflib
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
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DATA = ROOT / "src" / "communique" / "data"

NOTE = "<!-- Written by `python tools/docs.py --write`; do not edit by hand. -->\n"
# The pages that are about a record find one of the sample reports in their folder.
WITH_RECORD = frozenset({"record.md", "python.md"})
# Written by tools/accuracy.py from texts that are not in the project.
FROM_GOLD = frozenset({"accuracy.md"})
# Commands that set up or take minutes; tests/test_docs.py sees to it that they name what there is.
NOT_RUN = ("git clone ", "cd ", "python -m venv ", "pip install ", ". ", "make ", "python tools/")
COLUMNS, LINES = 100, 50

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ID = re.compile(r"\b[est]-[0-9a-f]{16}\b")
# How long something took differs from run to run, and a row that is added to a table moves those below it.
_TIMES = re.compile(r"\bin \d+(\.\d+)? (s|min)\b")
_LINES = re.compile(r"\.csv:\d+:")


def pages() -> list[Path]:
    """The pages written by hand, whose blocks are run."""
    written = [path for path in sorted(DOCS.glob("*.md")) if path.name not in {*GENERATED, *FROM_GOLD}]
    return [ROOT / "README.md", *written]


# Running what a page shows


@dataclass
class Block:
    """A fenced block: its language, its text, and where the text stands in the page."""

    language: str
    text: str
    start: int
    end: int


def blocks(page: str) -> list[Block]:
    return [Block(m[1], m[2], m.start(2), m.end(2)) for m in _FENCE.finditer(page)]


def renewed(path: Path, record: Path) -> str:
    """The page with the output that its blocks give now. `record`: a record of the sample reports."""
    page = path.read_text("utf-8")
    session: dict[str, Any] = {"__name__": "__main__"}
    changes: list[tuple[Block, str]] = []
    ids: list[str] = []
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        Path("samples").symlink_to(ROOT / "samples")
        if path.name in WITH_RECORD:
            shutil.copy(record, "record.duckdb")
        found = blocks(page)
        for block, after in itertools.zip_longest(found, found[1:]):
            where = f"{path.name}:{page.count(chr(10), 0, block.start)}"
            if block.language == "console":
                changes.append((block, console(block.text, ids)))
            elif block.language == "python":
                printed = python(block.text, session, where)
                if after and after.language == "text" and page[block.end : after.start].split() == ["```", "```text"]:
                    changes.append((after, printed))
            elif block.language == "sql":
                sql(block.text)
    new = page
    for block, text in reversed(changes):
        new = new[: block.start] + text + new[block.end :]
    return new if _steady(new) != _steady(page) else page


def _steady(page: str) -> str:
    return _LINES.sub(".csv:1:", _TIMES.sub("in 1 s", page))


def console(text: str, shown: list[str]) -> str:
    """The block with the commands run again: each line with "$ " in front, and what it shows. `shown`: the ids that the
    page has shown so far."""
    commands = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert not commands[0], f"a console block begins with a command: {text}"
    parts = []
    for part in commands[1:]:
        command = _with_ids(_command(part), shown)
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
    """The command at the head of its output: one line, or with its here-document."""
    first, *rest = part.split("\n")
    if heredoc := re.search(r"<<'?(\w+)'?$", first):
        return "\n".join([first, *rest[: rest.index(heredoc[1]) + 1]])
    return first


def terminal(command: str) -> str:
    """What a terminal shows when bash runs the command, without colours. A command that fails raises."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # A terminal without control sequences shows no progress line either.
    plain = {"TERM": "dumb", "COLUMNS": str(COLUMNS), "LINES": str(LINES), "LC_ALL": "C.UTF-8", "PATH": path}
    shown = b""
    with subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", command],
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
    lines = _ESCAPES.sub("", shown.decode().replace("\r\n", "\n")).split("\n")
    text = "\n".join(line.rstrip() for line in lines)
    if process.returncode:
        raise RuntimeError(f"{command}: exit status {process.returncode}\n{text}")
    return text


def python(text: str, session: dict[str, Any], where: str) -> str:
    """What a block prints in the page's session."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, where, "exec"), session)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def sql(text: str) -> None:
    from communique import Record

    with Record.open("record.duckdb") as record:
        for statement in text.split(";"):
            if statement.strip():
                record.sql(statement).fetchall()


@contextlib.contextmanager
def sample_record() -> Iterator[Path]:
    """A record of the sample reports, in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "record.duckdb"
        terminal(f"communique code '{ROOT / 'samples'}' --into '{path}'")
        yield path


# The generated pages


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def commands() -> str:
    """docs/commands.md, from the help of the commands themselves."""
    from communique.cli import command_line

    parts = [
        "# Commands\n",
        NOTE,
        "Standard output carries data only, so that it can be piped; progress and messages go to standard error. Tables "
        "are\ncoloured on a terminal and plain columns otherwise; `--json` gives one JSON object a line.\n",
        table(
            ("exit status", "means"),
            (
                ("0", "all done"),
                ("1", "some named inputs could not be read, or the run was stopped; what could be done is done"),
                ("2", "the call itself is wrong, or nothing could be done"),
            ),
        ),
        "Every command answers to `--help`; `communique --version` prints the version.\n",
    ]
    for name, command in command_line().items():
        parts += _command_page(name, command)
    return "\n".join(parts)


def _command_page(name: str, command: Any) -> Iterator[str]:
    text, _, example = command.help.partition("Example: ")
    arguments = [p for p in command.params if not p.opts[0].startswith("-")]
    options = [p for p in command.params if p.opts[0].startswith("-") and p.opts[0] != "--help"]
    usage = " ".join([*(_argument(p) for p in arguments), *(_usage(p) for p in options if p.required)])
    yield f"## communique {name}\n"
    yield f"```text\ncommunique {name} {usage} [OPTIONS]\n```\n"
    yield f"{text.strip()}\n"
    yield f"Example: `{' '.join(example.split())}`\n"
    yield table(
        ("argument or option", "means"),
        [(f"`{_usage(p)}`", _meaning(p)) for p in [*arguments, *options]],
    )


def _argument(parameter: Any) -> str:
    shown = f"{parameter.metavar}{'...' if parameter.nargs == -1 else ''}"
    return shown if parameter.required else f"[{shown}]"


def _usage(parameter: Any) -> str:
    option = parameter.opts[0]
    if not option.startswith("-"):
        return _argument(parameter)
    return option if parameter.metavar is None else f"{option} {parameter.metavar}"


def _meaning(parameter: Any) -> str:
    text = parameter.help
    if getattr(parameter, "multiple", False):
        text += " May be given several times."
    return text


def codebook() -> str:
    """docs/codebook.md, from data/codebook, data/sectors.toml and data/ties.toml."""
    types = {path: tomllib.loads(path.read_text("utf-8")) for path in sorted((DATA / "codebook").glob("*.toml"))}
    types = {path: raw for path, raw in types.items() if "type" in raw}
    parts = ["# Codebook\n", NOTE, _CODEBOOK_INTRO]
    rows = [(f"[{t['type']}](#{t['type'].lower()})", t["quad"], f"{t['intensity']:g}") for t in types.values()]
    parts.append(table(("type", "quadrant", "intensity"), rows))
    for raw in types.values():
        parts += _type_page(raw)
    contexts = tomllib.loads((DATA / "codebook" / "contexts.toml").read_text("utf-8"))["context"]
    parts.append("## Contexts\n")
    parts.append("What an event is about, read from words in its sentence; an event has any number of them.\n")
    parts.append(table(("context", "means"), [(f"`{c['name']}`", c["definition"]) for c in contexts]))
    sectors = tomllib.loads((DATA / "sectors.toml").read_text("utf-8"))["sector"]
    parts.append("## Sectors\n")
    parts.append("What kind of actor acts.\n")
    parts.append(
        table(("sector", "name", "means"), [(f"`{k}`", s["name"], s["definition"]) for k, s in sectors.items()])
    )
    parts += _ties_page(tomllib.loads((DATA / "ties.toml").read_text("utf-8")))
    return "\n".join(parts)


_CODEBOOK_INTRO = """Events are coded by [PLOVER](https://github.com/openeventdata/PLOVER) of the Open Event Data Alliance
(CC BY-SA 4.0): the names of types, modes and contexts are PLOVER's, the wording and the examples are ours. Every example
below is coded as it says by the tests. Where a rule of PLOVER hides an act (a visit that is planned is AGREE), `act`
keeps it, and `status` is said of the act. Intensity runs from -10, conflict, to 10, cooperation; a mode may have its own.
"""


def _type_page(raw: dict[str, Any]) -> Iterator[str]:
    yield f"## {raw['type']}\n"
    recipient = "; there is always a recipient" if raw["recipient_required"] else ""
    yield f"{raw['quad'].capitalize()}, intensity {raw['intensity']:g}{recipient}.\n"
    yield raw["definition"].strip() + "\n"
    yield "".join(f"- {limit}\n" for limit in raw.get("limits", []))
    if modes := raw.get("mode"):
        rows = [(f"`{m['name']}`", f"{m.get('intensity', raw['intensity']):g}", m["definition"]) for m in modes]
        yield table(("mode", "intensity", "means"), rows)
    if examples := raw.get("example"):
        yield table(("example", "coded as"), [(e["text"], _expectation(e["expect"])) for e in examples])


def _expectation(expect: dict[str, Any]) -> str:
    kind = f"`{expect['type']}`" + (f" of `{expect['act']}`" if "act" in expect else "")
    parts = [kind, *(f"`{expect[name]}`" for name in ("mode", "status") if name in expect)]
    parties = [", ".join(expect.get(side, [])) for side in ("actors", "recipients")]
    return f"{', '.join(parts)}: {' → '.join(p for p in parties if p)}"


def _ties_page(raw: dict[str, Any]) -> Iterator[str]:
    yield "## Ties\n"
    yield "What holds between states and organisations over time.\n"
    yield table(
        ("kind", "parties", "means"), [(f"`{k['name']}`", ", ".join(k["roles"]), k["about"]) for k in raw["kind"]]
    )
    yield "A tie stands in one of these statuses; `step` is the finer word (ratified, shelved, partly lifted).\n"
    yield table(("status", "means"), [(f"`{s['name']}`", s["about"]) for s in raw["status"]])


def lexicon() -> str:
    """docs/lexicon.md, from data/tables.toml, data/SOURCES.toml and the tables themselves."""
    tables = {t["file"]: t for t in tomllib.loads((DATA / "tables.toml").read_text("utf-8"))["table"]}
    sources = {s["file"]: s for s in tomllib.loads((DATA / "SOURCES.toml").read_text("utf-8"))["source"]}
    events = [name for name in tables if name.startswith("lang/en/predicates/")]
    parts = ["# Lexicon\n", NOTE, _LEXICON_INTRO, "## Tables\n"]
    parts.append(
        table(
            ("file", "holds", "origin", "licence"),
            [
                (f"`{name}`", s["what"], s["origin"], s["licence"])
                for name, s in {**sources, _EVENT_TABLES: {**sources[events[0]], "what": _EVENT_WHAT}}.items()
                if (name in tables or name == _EVENT_TABLES) and name not in events
            ],
        )
    )
    parts += ["## Frames\n", _FRAMES, _FRAME_TABLE, _ROLES]
    parts.append("## Words by event type\n")
    parts.append(
        "Verbs, nouns and adjectives that some row of the lexicon reads as this type; its frame may ask for more.\n"
    )
    for name in events:
        parts += _words_page(name)
    parts.append("## Columns\n")
    for name, described in tables.items():
        if name not in events[1:]:
            parts += _table_page(_EVENT_TABLES if name in events else name, described)
    return "\n".join(parts)


# One a type, and all alike.
_EVENT_TABLES = "lang/en/predicates/*.csv"
_EVENT_WHAT = "Verbs, nouns and adjectives of each event type with their frames: one file a type."
_LEXICON_INTRO = """What communique knows stands in tables under `src/communique/data/`: CSV with a header row, one row a
line, `|` between the items of a cell. The column `example` holds a sentence that the row codes; the tests code it.
`communique check` finds faults in the tables and names file and line. Tables of your own with the same names, in a folder
given by `--codebook`, are laid over ours: a row with the same key takes the place of ours.
"""
_FRAMES = """A row counts where its word is met and every part of its frame holds; parts are separated by spaces. The row
that asks for most wins. A row of type `-` says that there is no event. `!` in front of a part turns it around; `a|b` is
either word, a word in CAPITALS a class of `classes.csv`, `@ACTOR` any coded actor, `@BODY` an international body. Without
`=...` it is enough that the place is filled.
"""
_FRAME_TABLE = table(
    ("part", "asks for"),
    (
        ("`obj=pact`", "the object"),
        ("`subj=troop`", "the subject"),
        ("`prep=with:@ACTOR`", "what stands behind the preposition, of the word or of its object"),
        ("`prt=out`", "the particle, as in *pull out*"),
        ("`xcomp=leave`", "the infinitive below"),
        ("`ccomp=attack`", "the clause below"),
        ("`ger=sell`", "the gerund behind a preposition"),
        ("`of=aid`", "of a noun: what it is of, whoever or whatever it is said of"),
        ("`mod=joint`", "a word that modifies the noun"),
        ("`objmod=new`", "a word that modifies the object"),
        ("`adv=back`", "an adverb"),
        ("`passive`", "the passive"),
    ),
)
_ROLES = """The column `roles` says who is who where the frame does not: `joint` makes all parties actors; `recipient=to`
finds the recipient behind *to*, `recipient=obj` in the object, `recipient=subj` in the subject, `recipient=none` nowhere;
`actor=obj` turns the sentence around. `act=needed`: no event unless some other act is named with it.
"""


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _words_page(name: str) -> Iterator[str]:
    rows = [row for row in _rows(name) if row["type"] != "-"]
    yield f"### {Path(name).stem.upper()}\n"
    for pos, plural in (("verb", "Verbs"), ("noun", "Nouns"), ("adj", "Adjectives")):
        if words := sorted({row["lemma"] for row in rows if row["pos"] == pos}):
            yield f"{plural}: {', '.join(words)}.\n"


def _table_page(shown: str, described: dict[str, Any]) -> Iterator[str]:
    yield f"### `{shown}`\n"
    key = ", ".join(f"`{k}`" for k in described.get("key", []))
    yield f"Unique and sorted by {key}.\n" if key else "Rows in any order.\n"
    rows = [(f"`{column}`", _cell_kind(kind)) for column, kind in described["columns"].items()]
    yield table(("column", "holds"), rows)


def _cell_kind(kind: str) -> str:
    """`list:country!` in words."""
    needed, kind = kind.endswith("!"), kind.rstrip("!")
    several, kind = kind.startswith("list:"), kind.removeprefix("list:")
    if kind.startswith("one:"):
        kind = "one of " + ", ".join(f"`{choice}`" for choice in kind.removeprefix("one:").split("|"))
    return f"{kind}{', several' if several else ''}{'' if needed else ', may be empty'}"


GENERATED: dict[str, Callable[[], str]] = {"commands.md": commands, "codebook.md": codebook, "lexicon.md": lexicon}


def everything() -> Iterator[tuple[Path, str]]:
    """Every page with the text that it should have."""
    for name, made in GENERATED.items():
        yield DOCS / name, made()
    with sample_record() as record:
        for path in pages():
            yield path, renewed(path, record)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="bring the pages up to date")
    write = parser.parse_args().write
    outdated = 0
    for path, text in everything():
        old = path.read_text("utf-8") if path.exists() else ""
        if text == old:
            continue
        outdated += 1
        name = path.relative_to(ROOT).as_posix()
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), name, name))
        if write:
            path.write_text(text, "utf-8")
    if outdated and not write:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
