"""Records to rows of the record's tables and back, and the few ways in which the tables are written to.

Column and field names are those of the JSON shapes. Rows go in through Arrow: one by one would take a hundred times longer.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import duckdb
import pyarrow as pa

Row = dict[str, Any]
R = TypeVar("R")

# Rows made into objects at a time, one vector of DuckDB.
_ROWS = 2_048

_NAMES = {"from_": "from", "for_": "for"}
SURROGATE = re.compile("[\ud800-\udfff]")


def clean(value: str) -> str:
    return value if value.isascii() else SURROGATE.sub("\ufffd", value)


def _inner(kind: Any) -> Any:
    """The type without `| None`."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(a for a in get_args(kind) if a is not type(None))
    return kind


@cache
def _plan(kind: Any) -> tuple[tuple[str, str, Any], ...]:
    """(attribute, column, type) of a record's fields."""
    hints = get_type_hints(kind)
    return tuple((f.name, _NAMES.get(f.name, f.name), _inner(hints[f.name])) for f in fields(kind))


_ARROW = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


@cache
def arrow_type(kind: Any) -> Any:
    """The Arrow type of a field of a record."""
    if get_origin(kind) is tuple:
        return pa.list_(arrow_type(_inner(get_args(kind)[0])))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return pa.string()
    if kind in _ARROW:
        return _ARROW[kind]
    return pa.struct(arrow_fields(kind))


def arrow_fields(kind: type) -> list[Any]:
    return [pa.field(column, arrow_type(inner)) for _, column, inner in _plan(kind)]


def to_row(record: Any) -> Row:
    return {column: to_cell(getattr(record, name)) for name, column, _ in _plan(cast(Any, type(record)))}


def to_cell(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return [to_cell(item) for item in value]
    return to_row(value) if hasattr(value, "__dataclass_fields__") else value


def from_row(kind: type[R], row: Mapping[str, Any]) -> R:
    return kind(*values(kind, row))


def values(kind: Any, row: Mapping[str, Any]) -> list[Any]:
    """The values of a record's fields, in their order."""
    return [value if (value := row[column]) is None or make is None else make(value) for column, make in _makers(kind)]


@cache
def _makers(kind: Any) -> list[tuple[str, Callable[[Any], Any] | None]]:
    return [(column, _maker(inner)) for _, column, inner in _plan(kind)]


@cache
def _maker(kind: Any) -> Callable[[Any], Any] | None:
    """What makes a field's value out of a cell; `None` where the cell is the value."""
    if kind in _ARROW:
        return None
    if get_origin(kind) is tuple:
        make = _maker(_inner(get_args(kind)[0]))
        return tuple if make is None else lambda cells: tuple(map(make, cells))
    return kind if issubclass(kind, StrEnum) else lambda row: kind(*values(kind, row))


@cache
def sql_text(name: str) -> str:
    return resources.files("communique").joinpath("sql", f"{name}.sql").read_text("utf-8")


def fetch(con: duckdb.DuckDBPyConnection, sql: str, params: Any) -> list[tuple[Any, ...]]:
    return con.execute(sql, params if isinstance(params, list) else dict(params)).fetchall()


def add_rows(cursor: duckdb.DuckDBPyConnection, table: str, schema: Any, rows: Iterable[Row]) -> None:
    """Rows into a base table, through Arrow."""
    arrow = pa.Table.from_pylist(list(rows), schema=schema)
    if arrow.num_rows:
        cursor.register("batch", arrow)
        cursor.execute(f"INSERT INTO base.{table} BY NAME SELECT * FROM batch").fetchall()
        cursor.unregister("batch")


def next_number(cursor: duckdb.DuckDBPyConnection, table: str, column: str) -> int:
    return int(fetch(cursor, f"SELECT coalesce(max({column}), 0) + 1 FROM base.{table}", {})[0][0])


def dicts(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Row]:
    """The rows of a query by column, never all of them in memory; nothing else may be asked of `con` meanwhile."""
    for batch in con.sql(sql).to_arrow_reader(_ROWS):
        yield from batch.to_pylist()
