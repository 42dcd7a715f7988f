"""The pages of docs/ that are made of the program itself: its help, tables, docstrings and messages."""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "communique"
DATA = SOURCE / "data"

NOTE = "<!-- Written by `python tools/docs.py --write`; do not edit by hand. -->\n"


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
        table(("environment variable", "means"), _ENVIRONMENT),
    ]
    for name, command in all_commands(command_line()).items():
        parts += _group_page(name, command) if hasattr(command, "commands") else _command_page(name, command)
    return "\n".join(parts)


_ENVIRONMENT = (
    (
        "`COMMUNIQUE_TABLES`",
        "the folder of installed releases of tables, in place of the one in the user's data folder",
    ),
    ("`SSL_CERT_FILE`, `SSL_CERT_DIR`", "certificates to trust when an address is fetched, in place of the usual ones"),
)


def all_commands(commands: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """The commands by their full names, those of groups behind their group."""
    found: dict[str, Any] = {}
    for name, command in commands.items():
        found[f"{above}{name}"] = command
        found |= all_commands(getattr(command, "commands", {}), f"{above}{name} ")
    return found


def _group_page(name: str, group: Any) -> Iterator[str]:
    yield f"## communique {name}\n"
    yield f"{(group.help or '').strip()}\n"
    links = (f"[{name} {inner}](#communique-{name.replace(' ', '-')}-{inner})" for inner in group.commands)
    yield f"Its commands: {', '.join(links)}.\n"


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
    if not parameter.opts[0].startswith("-"):
        return _argument(parameter)
    options = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return options if parameter.metavar is None else f"{options} {parameter.metavar}"


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
    events = sorted(path.relative_to(DATA).as_posix() for path in DATA.glob(_EVENT_TABLES))
    parts = ["# Lexicon\n", NOTE, _LEXICON_INTRO, "## Tables\n"]
    parts.append(
        table(
            ("file", "holds", "origin", "licence"),
            [
                (f"`{name}`", s["what"], s["origin"], s["licence"])
                for name, s in {**sources, _EVENT_TABLES: {**sources[events[0]], "what": _EVENT_WHAT}}.items()
                if name in tables
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
        parts += _table_page(name, described)
    return "\n".join(parts)


# One a type, and all alike.
_EVENT_TABLES = "lang/en/predicates/*.csv"
_EVENT_WHAT = "Verbs, nouns and adjectives of each event type with their frames: one file a type."
_LEXICON_INTRO = """What communique knows stands in tables under `src/communique/data/`: CSV with a header row, one row a
line, `|` between the items of a cell. The column `example` holds a sentence that the row codes; the tests code it.
`communique check` finds faults in the tables and names file and line. Tables of your own with the same names, in a folder
given by `--codebook`, are laid over ours: a row with the same key takes the place of ours. How to add
[words, types and kinds of ties](howto/own-codebook.md) and [names](howto/own-names.md) is told apart.
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


# The Python API


def api() -> str:
    """docs/api.md: what mkdocstrings makes of the docstrings when the site is built."""
    parts = ["# Python API\n", NOTE, _API_INTRO]
    for head, about, names in _API:
        parts += [f"## {head}\n", f"{about}\n", *(f"::: {name}\n" for name in names)]
    return "\n".join(parts)


_API_INTRO = """The names that scripts may rely on: those of `communique.__all__`, the records they give, and what packages with
readers of their own need. [Use it from Python](python.md) shows them at work. The text of this page is filled in when the
site is built (`make site`); it is that of the docstrings.
"""
_API = (
    ("Code", "`from communique import Coder`", ("communique.Coder",)),
    ("Read", "`from communique import read`", ("communique.read.read",)),
    ("Keep and ask", "`from communique import Record`", ("communique.Record", "communique.store.Rows")),
    (
        "Records",
        "`from communique import Article, Event, Tie`; the others are in `communique.model`. Rows asked from a record are "
        "the `Stored...` ones: the same fields, and the report they come from.",
        (
            "communique.model",
            "communique.store.StoredEvent",
            "communique.store.StoredStatement",
            "communique.store.StoredTie",
            "communique.store.StoredHappening",
            "communique.store.Added",
        ),
    ),
    (
        "Errors",
        "`from communique import errors`; their messages are listed in [Errors](errors.md).",
        ("communique.errors",),
    ),
    (
        "Readers of your own",
        "What a package needs that adds a format: see [Read a format of your own](howto/plugins.md).",
        (
            "communique.read.formats.Format",
            "communique.read.source.Source",
            "communique.read.source.Given",
            "communique.read.source.checked",
            "communique.read.source.DamageError",
        ),
    ),
)


# Messages


def errors() -> str:
    """docs/errors.md, from the classes of communique.errors and the messages in the source."""
    found = sorted(set(_messages()))
    parts = ["# Errors and messages\n", NOTE, _ERRORS_INTRO, "## Classes\n", _CLASSES_INTRO]
    tree = ast.parse((SOURCE / "errors.py").read_text("utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    rows = [(f"`{c.name}`", _first_paragraph(c), f"`{ast.unparse(c.bases[0])}`") for c in classes]
    parts.append(table(("class", "means", "is a"), rows))
    for head, about, kinds in _MESSAGES:
        parts += [f"## {head}\n", f"{about}\n"]
        shown = [(_code(text), f"`{module}`") for kind, text, module in found if kind in kinds]
        parts.append(table(("message", "from"), shown))
    return "\n".join(parts)


_ERRORS_INTRO = """A message names the input, says what is wrong and what to do. On the command line it goes to standard error,
and [the exit status](commands.md#commands) says how much was done; what could not be read or coded is also kept in the view
[`problems`](record.md#problems) of the record. Below, `{name}` stands for what the message fills in, `{…}` for anything
longer.
"""
_CLASSES_INTRO = """In Python, everything that communique raises on purpose is a `CommuniqueError` of `communique.errors`.
"""
_MESSAGES = (
    ("Calls", "The call itself is wrong (`CallError`, exit status 2); nothing was done.", ("CallError",)),
    (
        "Records, models and files",
        "Something that the call needs is missing or broken (`RecordError`, `ModelError`, `CommuniqueError`, exit status 2).",
        ("RecordError", "ModelError", "CommuniqueError"),
    ),
    (
        "Inputs",
        "Reasons why nothing, or not all, came of an input. They stand behind its name, and behind the line or article in "
        "it where there are several. The rest of the batch goes on.",
        ("InputError", "problem", "Problem"),
    ),
)
# Which argument of each call is the message. Errors of the readers' own end as the reason of a problem.
_MESSAGE_AT = {
    **dict.fromkeys(("CallError", "RecordError", "ModelError", "CommuniqueError", "problem"), 0),
    "InputError": 1,
    "Problem": 2,
}


def _messages() -> Iterator[tuple[str, str, str]]:
    """(kind, message, module) of every message in the source."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    constants = {name: value for tree in trees.values() for name, value in _assigned(tree.body) if name.isupper()}
    known = _MESSAGE_AT | dict(_readers_own(trees.values()))
    for path, tree in trees.items():
        names = constants | dict(_assigned(ast.walk(tree)))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (kind := _called(node.func)) in known:
                for text in _texts(_message_of(node, known[kind]), names):
                    shown = kind if kind in _MESSAGE_AT else "problem"
                    yield shown, text, path.relative_to(SOURCE).as_posix()


def _readers_own(trees: Iterable[ast.Module]) -> Iterator[tuple[str, int]]:
    """The errors outside `communique.errors` that end as the reason of a problem, and which argument that is."""
    for tree in trees:
        for node in tree.body:
            bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
            if isinstance(node, ast.ClassDef) and bases in (["Exception"], ["InputError"]):
                yield node.name, int(bases == ["InputError"])


def _assigned(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _message_of(call: ast.Call, at: int) -> ast.expr | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "reason"]
    return named[0] if named else call.args[at] if len(call.args) > at else None


def _texts(node: ast.expr | None, names: Mapping[str, ast.expr]) -> Iterator[str]:
    """The messages that an expression may come to; nothing where it only passes on what was made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(_piece(piece, names) for piece in node.values)
        if re.search(r"[a-z]{2} ", re.sub(r"{[^}]*}", "", text)):
            yield text
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, names)
        yield from _texts(node.orelse, names)
    elif isinstance(node, ast.Name) and node.id in names:
        yield from _texts(names[node.id], {name: value for name, value in names.items() if name != node.id})


def _piece(piece: ast.expr, names: Mapping[str, ast.expr]) -> str:
    """A part of a message: words, a limit, or what is filled in."""
    if isinstance(piece, ast.Constant):
        return str(piece.value)
    assert isinstance(piece, ast.FormattedValue)
    if not isinstance(piece.value, ast.Name):
        return "{…}"
    name = piece.value.id
    value = names.get(name)
    if name.isupper() and isinstance(value, ast.Constant):
        return f"{value.value:,}" if isinstance(value.value, int) else str(value.value)
    return f"'{{{name}}}'" if piece.conversion == ord("r") else f"{{{name}}}"


def _code(text: str) -> str:
    """A text as code, whatever it holds."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _first_paragraph(node: ast.ClassDef) -> str:
    return " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())


# The columns of the record


def schema(record: Path) -> dict[str, dict[str, str]]:
    """Table -> column -> type, of a record; structs go by the name that `base` has for them."""
    with duckdb.connect(str(record), read_only=True) as con:
        types = con.execute("SELECT type_name FROM duckdb_types() WHERE schema_name = 'base'").fetchall()
        names = {con.execute(f"DESCRIBE SELECT NULL::base.{name} AS x").fetchall()[0][1]: name for (name,) in types}
        rows = con.execute(
            "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY schema_name, table_name, column_index"
        ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for where, name, column, kind in rows:
        bare, several = kind.removesuffix("[]"), "[]" * kind.endswith("[]")
        found.setdefault(name if where == "main" else f"{where}.{name}", {})[column] = names.get(bare, bare) + several
    return found


def nested(record: Path) -> dict[str, list[str]]:
    """Type of `base` -> the names of its fields."""
    with duckdb.connect(str(record), read_only=True) as con:
        types = con.execute("SELECT type_name FROM duckdb_types() WHERE schema_name = 'base'").fetchall()
        return {
            name: [column[0] for column in con.execute(f"SELECT unnest(NULL::base.{name})").description]
            for (name,) in types
        }


_SECTION = re.compile(r"^### `([\w.]+)`\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"^\| column \| type \| meaning \|\n(?:\|.*\n)*", re.MULTILINE)


def with_columns(page: str, record: Path) -> str:
    """docs/record.md with the columns that a record has, in their order and with their types. What each means is kept
    from the page; a new one gets an empty cell, for somebody to fill in."""
    found = schema(record)

    def section(match: re.Match[str]) -> str:
        means = dict(re.findall(r"^\| `(\w+)` \| `[^`]*` \| (.*) \|$", match[2], re.MULTILINE))
        rows = [(f"`{column}`", f"`{kind}`", means.get(column, "")) for column, kind in found[match[1]].items()]
        lines = table(("column", "type", "meaning"), rows)
        return f"### `{match[1]}`\n{_TABLE.sub(lambda _: lines, match[2])}"

    return _SECTION.sub(section, page)


GENERATED: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "codebook.md": codebook,
    "lexicon.md": lexicon,
    "api.md": api,
    "errors.md": errors,
}
