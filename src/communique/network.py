"""The ties of a day as a network: who is central, which groups there are, how balanced it is, who stands in two blocs.

States and organisations are nodes. Conflicts and sanctions are hostile, all other ties
friendly; two nodes with both are hostile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import networkx as nx

from communique.codebook import current
from communique.model import Party, Tie, TieStatus, to_json

__all__ = ["Bloc", "Network", "Node", "network"]

# Ties that hold on the day; others are no edges.
_HOLDING = frozenset({TieStatus.ACTIVE})
_HOSTILE = frozenset({"conflict", "sanction"})
# Kinds that make their parties one bloc.
_BLOCS = frozenset({"membership", "alliance"})


@dataclass(frozen=True, slots=True)
class Node:
    """A state or organisation. `ties`: how many it has; `degree`: with how many others; `betweenness`: share of shortest
    friendly paths that lead through it, 0 to 1; `community`: number of its group among friends, the largest first;
    `balanced`, `unbalanced`: triads it is in whose three relations go together (the friend of a friend is a friend, the
    enemy of an enemy too) and those that do not; `blocs`: organisations and alliances it is in."""

    code: str
    name: str
    ties: int
    degree: int
    friends: int
    foes: int
    betweenness: float
    community: int | None
    balanced: int
    unbalanced: int
    blocs: tuple[str, ...]

    def to_json(self) -> Any:
        """As `communique network --json` prints it."""
        return to_json(self)


@dataclass(frozen=True, slots=True)
class Bloc:
    """Two organisations or alliances, and those who are in both."""

    one: str
    other: str
    both: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """`balance`: share of the triads that are balanced, `None` where there are none."""

    nodes: tuple[Node, ...]
    edges: int
    balance: float | None
    bridges: tuple[Bloc, ...]


def network(ties: Iterable[Tie], kinds: Sequence[str] = ()) -> Network:
    """The network of the ties that are active, of some kinds or of all; nodes by degree, then by code."""
    held = [t for t in ties if t.status in _HOLDING and (not kinds or t.kind in kinds)]
    states = {row["iso3"]: row["name"] for row in current().rows("countries.csv")}
    names: dict[str, str] = {}
    counted: dict[str, int] = {}
    signs: dict[tuple[str, str], int] = {}
    blocs: dict[str, set[str]] = {}
    for tie in held:
        codes = _codes(tie, names)
        for code in codes:
            counted[code] = counted.get(code, 0) + 1
        for one, other in combinations(sorted(codes), 2):
            sign = -1 if tie.kind in _HOSTILE else 1
            signs[one, other] = min(sign, signs.get((one, other), 1))
        for bloc, members in _blocs(tie):
            blocs.setdefault(bloc, set()).update(members)
    graph = nx.Graph()
    graph.add_nodes_from(sorted(counted))
    graph.add_edges_from((one, other, {"sign": sign}) for (one, other), sign in sorted(signs.items()))
    return _measured(graph, {**names, **{c: states[c] for c in names if c in states}}, counted, blocs)


def _codes(tie: Tie, names: dict[str, str]) -> list[str]:
    found: dict[str, None] = {}
    for party in tie.parties:
        code = _code(party)
        names.setdefault(code, party.name or code)
        found[code] = None
    return list(found)


def _code(party: Party) -> str:
    return party.entity or party.country or party.name or party.text


def _blocs(tie: Tie) -> Iterable[tuple[str, list[str]]]:
    if tie.kind == "membership":
        members = [_code(p) for p in tie.parties if p.role == "member"]
        return [(_code(p), members) for p in tie.parties if p.role == "organisation"]
    if tie.kind == "alliance" and tie.name and len(tie.parties) > 2:
        return [(tie.name, [_code(p) for p in tie.parties])]
    return []


def _measured(graph: Any, names: dict[str, str], counted: dict[str, int], blocs: dict[str, set[str]]) -> Network:
    friendly = nx.Graph()
    friendly.add_nodes_from(graph)
    friendly.add_edges_from((a, b) for a, b, sign in graph.edges(data="sign") if sign > 0)
    between = nx.betweenness_centrality(friendly)
    groups = (
        sorted(nx.community.louvain_communities(friendly, seed=1), key=lambda g: (-len(g), min(g)))
        if len(friendly)
        else []
    )
    community = {code: i for i, group in enumerate(groups, 1) for code in group if len(group) > 1}
    balanced, unbalanced = _triads(graph)
    nodes = [
        Node(
            code=code,
            name=names[code],
            ties=counted[code],
            degree=graph.degree(code),
            friends=friendly.degree(code),
            foes=graph.degree(code) - friendly.degree(code),
            betweenness=round(between[code], 6),
            community=community.get(code),
            balanced=balanced.get(code, 0),
            unbalanced=unbalanced.get(code, 0),
            blocs=tuple(sorted(bloc for bloc, members in blocs.items() if code in members)),
        )
        for code in graph
    ]
    nodes.sort(key=lambda n: (-n.degree, n.code))
    whole, broken = sum(balanced.values()), sum(unbalanced.values())
    bridges = [
        Bloc(one, other, tuple(sorted(both)))
        for one, other in combinations(sorted(blocs), 2)
        if (both := blocs[one] & blocs[other])
    ]
    balance = round(whole / (whole + broken), 4) if whole + broken else None
    return Network(tuple(nodes), graph.number_of_edges(), balance, tuple(bridges))


def _triads(graph: Any) -> tuple[dict[str, int], dict[str, int]]:
    """Node -> triads it is in whose signs multiply to plus, and to minus."""
    found: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for one, other, sign in graph.edges(data="sign"):
        for third in sorted(set(graph[one]) & set(graph[other])):
            if third > max(one, other):
                side = found[0 if sign * graph[one][third]["sign"] * graph[other][third]["sign"] > 0 else 1]
                for code in (one, other, third):
                    side[code] = side.get(code, 0) + 1
    return found
