"""The commands of `communique tables`. As in all others, standard output carries data only."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from communique.errors import CallError

app = typer.Typer(
    name="tables",
    help="Tables that come from elsewhere: newer releases of ours, those of other labs, dictionaries, gazetteers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_err = Console(stderr=True, highlight=False, soft_wrap=True)


@app.command("list")
def list_(
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """Each table with its rows, where it comes from, and its checksum.

    What is installed lies over what is shipped: its rows take the place of ours with the same key, or of all of ours
    where the release says so (whole). Tables in TOML have entries instead of rows.

    Example: communique tables list
    """
    from communique.tables import releases

    found = releases.listed()
    if json_:
        for one in found:
            sys.stdout.write(json.dumps(asdict(one)) + "\n")
        return
    head = ("table", "rows", "origin", "checksum")
    _columns(
        [
            head,
            *(
                (
                    one.table,
                    "" if one.rows is None else f"{one.rows:,}",
                    f"{one.origin} {one.version}{', whole' if one.whole else ''}",
                    f"{one.sha256[:12]}{' (changed since it was installed)' if one.changed else ''}",
                )
                for one in found
            ),
        ]
    )


@app.command()
def update(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The release, a ZIP file.")],
    key: Annotated[
        list[Path] | None, typer.Option(metavar="PUBKEY", help="A public key to trust for this once, a PEM file.")
    ] = None,
    downgrade: Annotated[
        bool, typer.Option("--downgrade", help="Take a release that is older than the installed one.")
    ] = False,
) -> None:
    """Installs a release of tables for all further codings, without a new version of the program.

    Before anything is unpacked, it is verified who signed the release, that no byte of it was changed, and that its
    tables have no faults. It stays until a newer release of the same name is installed, or `tables remove`.

    Example: communique tables update lab.zip --key lab.pub.pem
    """
    from communique.tables import keys, releases

    done = releases.update(file, key or (), downgrade)
    release = done.release
    what = f"{release.name} {release.version}"
    if not done.changed:
        _say(f"{what} is installed already")
        return
    tables = ", ".join(table.file for table in release.tables)
    by = f" ({release.publisher})" if release.publisher else ""
    instead = f", in place of {done.before}" if done.before else ""
    _say(f"installed {what}{instead}, signed with the key {keys.shown(release.key)}{by}: {tables}")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the release, as `tables list` shows it.")],
) -> None:
    """Takes an installed release out again; codings go by what lies below it.

    Example: communique tables remove lab
    """
    from communique.tables import releases

    releases.remove(name)
    _say(f"removed {name}")


@app.command()
def trust(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A public key, a PEM file.")],
) -> None:
    """Remembers a public key, so that releases signed with it are taken.

    Compare the fingerprint that is shown with the one that the owner of the key tells you.

    Example: communique tables trust lab.pub.pem
    """
    from communique.codebook.releases import tables_folder
    from communique.tables import keys

    found = keys.trust(file)
    _say(f"trusts the key {keys.shown(found)}; to take that back, delete {tables_folder() / 'keys' / found}.pem")


@app.command()
def keygen(
    to: Annotated[Path, typer.Option(metavar="FILE", help="The private key to make, a PEM file.")],
) -> None:
    """Makes a pair of keys to sign releases with.

    The private key is readable by you alone; whoever has it can sign in your name. The public one is beside it, with
    .pub in its name: give it to those who use your releases.

    Example: communique tables keygen --to lab.pem
    """
    from communique.tables import keys

    public, found = keys.make_pair(to)
    _say(f"made {to} (keep it) and {public} (give it away); its fingerprint is {keys.shown(found)}")


@app.command()
def pack(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Tables of your own.")],
    to: Annotated[Path, typer.Option(metavar="FILE", help="The release to make, a ZIP file.")],
    key: Annotated[Path, typer.Option(metavar="PRIVATE", help="The private key to sign with, a PEM file.")],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the release. (default: that of the ZIP file)")
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Numbers, as 2026-12-01. (default: today)")
    ] = None,
    publisher: Annotated[str | None, typer.Option(metavar="TEXT", help="Who makes the release.")] = None,
    whole: Annotated[
        list[str] | None,
        typer.Option(metavar="TABLE", help="A table that takes the place of all rows below, as places.csv."),
    ] = None,
) -> None:
    """Makes a signed release of a folder of tables, which others install with `tables update`.

    The tables are checked as `communique check` does. A file SOURCES.toml that says where they come from goes along.

    Example: communique tables pack my-tables/ --to lab.zip --key lab.pem --publisher "Our Lab"
    """
    from communique.tables import keys, releases

    if not folder.is_dir():
        raise CallError(f"{folder}: no such folder")
    release = releases.pack(
        folder,
        to,
        key,
        name=name or to.name.partition(".")[0].lower(),
        version=version or date.today().isoformat(),
        publisher=publisher,
        whole=whole or (),
    )
    _say(
        f"wrote {to}: {release.name} {release.version}, signed with the key {keys.shown(release.key)}: "
        f"{', '.join(table.file for table in release.tables)}"
    )


@app.command()
def convert(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="INPUT", help="Dictionaries of actors and agents, or files of GeoNames.")
    ],
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="The new folder for the tables.")],
    min_population: Annotated[
        int, typer.Option(min=0, metavar="N", help="GeoNames: the least people of a town; seats are always kept.")
    ] = 1000,
    countries: Annotated[
        str | None, typer.Option(metavar="XX,YY", help="GeoNames: only these countries, by two letters. (default: all)")
    ] = None,
) -> None:
    """Makes tables of your own out of dictionaries of PETRARCH and TABARI, or out of the gazetteer of GeoNames.

    What a file is, its content says. Dictionaries of actors become organisations, office-holders and names of states;
    those of agents role nouns; codes of CAMEO become states and PLOVER's sectors. Everything that cannot be converted is
    listed with file, line and reason in not-converted.md beside the tables. Use the folder with --codebook.

    Example: communique tables convert own.actors.txt own.agents.txt --to my-actors/
    """
    from communique.tables.convert import convert as convert_all
    from communique.tables.convert import country_codes

    done = convert_all(inputs, to, people=min_population, countries=country_codes(countries))
    for problem in done.problems:
        _say(str(problem))
    for line in done.first:
        _say(line)
    if done.left > len(done.first):
        _say(f"... and {done.left - len(done.first):,} more{f', all in {done.listed}' if done.tables else ''}")
    if done.notes:
        dropped = ", ".join(f"{part} ({count:,})" for part, count in sorted(done.notes.items()))
        _say(f"parts of codes that our tables have no place for: {dropped}")
    if done.replaced:
        _say(f"in place of organisations of ours: {', '.join(done.replaced)}")
    unwanted = "".join(f" + {count:,} {reason}" for reason, count in sorted(done.unwanted.items()))
    _say(
        f"read {done.read:,} = converted {done.converted:,} + {done.known:,} as our tables have them"
        f"{unwanted} + {done.left:,} that cannot be converted"
    )
    if not done.tables:
        _say("nothing to write" if done.known else "nothing could be converted")
        raise typer.Exit(0 if done.known and not done.problems else 2)
    _say(f"wrote {', '.join(done.tables)} to {to}")
    if done.problems:
        raise typer.Exit(1)


def _columns(rows: Iterable[Sequence[str]]) -> None:
    """Plain columns, two spaces apart."""
    table = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        sys.stdout.write(line + "\n")


def _say(text: str) -> None:
    _err.print(text, markup=False)
