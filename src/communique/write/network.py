"""`graphml` and `gexf`: states and organisations as nodes, ties as edges.

A tie of two is one edge between them. Any other tie becomes a node of its own with an edge to each of its parties: a
pact of nine is one pact and not thirty-six, and every party keeps the dates of its own part. The graph is directed,
because tools read no mixture; the kinds without direction have `mutual` set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any, NamedTuple, cast
from xml.sax.saxutils import XMLGenerator

from communique.model import Party, Tie
from communique.write.codes import Codes, codes
from communique.write.files import Export
from communique.write.source import OVER, Stretch, stretches
from communique.write.tables import called

# Attribute -> type, as GraphML and GEXF both name it.
_NODE = {"code": "string", "country": "string", "class": "string", "cow": "int"}
_EDGE = {
    **dict.fromkeys(("tie", "kind", "name", "status", "step", "since", "until"), "string"),
    **dict.fromkeys(("source_role", "target_role"), "string"),
    "mutual": "boolean",
    **dict.fromkeys(("evidence_for", "evidence_against", "outlets", "stories"), "int"),
    "score": "double",
}
# The first role points to the second.
_DIRECTED = {"member": "organisation", "guest": "host", "sender": "target"}
# Characters that no XML file may have, whatever a text has.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Node(NamedTuple):
    id: str
    label: str
    values: dict[str, Any]


class Edge(NamedTuple):
    """One edge. `life`: how the tie stood over time, as far as this edge takes part in it."""

    id: str
    source: str
    target: str
    values: dict[str, Any]
    life: list[Stretch]


@dataclass(frozen=True)
class Network:
    nodes: dict[str, Node]
    edges: list[Edge]


def write_graphml(job: Export) -> None:
    """The network as it stood on a day; ended and rejected ties are left out unless their status is asked for."""
    asked = job.filters.get("status")
    found = _ties(job)
    standing = [tie for tie in found if asked or str(tie.status) not in OVER]
    network = build(standing, codes())
    with job.text("network.graphml") as file, _document(file) as xml:
        _graphml(network, xml)
    over = len(found) - len(standing)
    job.note(over, "ended or rejected ties left out; --status ended --status rejected asks for them")


def write_gexf(job: Export) -> None:
    """The network over time up to a day: each tie with the days on which it had each status."""
    network = build(_ties(job), codes())
    with job.text("network.gexf") as file, _document(file) as xml:
        _gexf(network, xml)


def _ties(job: Export) -> Sequence[Tie]:
    found: Sequence[Tie] = job.book.ties(at=job.at, **job.filters)
    without = [tie for tie in found if not tie.parties]
    job.note(len(without), "ties left out that have no party")
    return [tie for tie in found if tie.parties]


def build(ties: Sequence[Tie], known: Codes) -> Network:
    """Nodes and edges of these ties, in the order of the ties."""
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for tie in ties:
        ends = [_node(party, known) for party in tie.parties]
        nodes |= {node.id: node for node in ends if node.id not in nodes}
        life = stretches(tie)
        if len(ends) == 2:
            edges.append(_edge(tie, tie.id, list(zip(tie.parties, ends, strict=True)), life))
            continue
        hub = Node(tie.id, tie.name or tie.kind, {"code": tie.id, "country": None, "class": tie.kind, "cow": None})
        nodes[hub.id] = hub
        for number, (party, end) in enumerate(zip(tie.parties, ends, strict=True), 1):
            part = [_within(stretch, party) for stretch in life]
            values = _values(tie, party.role, None, party.from_, party.until)
            edges.append(Edge(f"{tie.id}/{number}", end.id, hub.id, values, [s for s in part if s]))
    return Network(nodes, edges)


def _node(party: Party, known: Codes) -> Node:
    code = known.code(party)
    organisation = known.organisations.get(code or "")
    if code in known.states:
        label, kind = known.states[code], "state"
    elif organisation:
        label, kind = organisation
    else:
        label, kind = called(party), "person" if known.person(party) else "other"
    values = {"code": code, "country": party.country, "class": kind, "cow": known.cow(code, None)}
    return Node(code or f"name:{label}", label, values)


def _edge(tie: Tie, id_: str, ends: list[tuple[Party, Node]], life: list[Stretch]) -> Edge:
    """An edge between two: from member to organisation, guest to host, sender to target, else in the order of codes."""
    (one, a), (other, b) = ends
    if _DIRECTED.get(other.role or "") == one.role or (not _directed(one, other) and b.id < a.id):
        (one, a), (other, b) = (other, b), (one, a)
    return Edge(id_, a.id, b.id, _values(tie, one.role, other.role, None, None), life)


def _directed(one: Party, other: Party) -> bool:
    return _DIRECTED.get(one.role or "") == other.role is not None


def _values(tie: Tie, role: str | None, other: str | None, from_: str | None, until: str | None) -> dict[str, Any]:
    return {
        "tie": tie.id,
        "kind": tie.kind,
        "name": tie.name,
        "status": str(tie.status),
        "step": tie.step,
        "since": from_ or tie.since,
        "until": until or tie.until,
        "source_role": role,
        "target_role": other,
        "mutual": role not in _DIRECTED,
        "evidence_for": sum(item.for_ for item in tie.evidence),
        "evidence_against": sum(not item.for_ for item in tie.evidence),
        "outlets": tie.outlets,
        "stories": tie.stories,
        "score": tie.score,
    }


def _within(stretch: Stretch, party: Party) -> Stretch | None:
    """The part of a stretch in which a party takes part."""
    from_ = max((day for day in (stretch.from_, party.from_) if day), default=None)
    until = min((day for day in (stretch.until, party.until) if day), default=None)
    return None if from_ and until and until <= from_ else stretch._replace(from_=from_, until=until)


# XML


class _Xml:
    """Writes indented elements whose attributes keep their order."""

    def __init__(self, out: XMLGenerator) -> None:
        self._out = out
        self._depth = 0

    @contextmanager
    def inside(self, name: str, **attributes: object) -> Iterator[None]:
        self._start(name, attributes)
        self._depth += 1
        yield
        self._depth -= 1
        self._out.ignorableWhitespace("\n" + "  " * self._depth)
        self._out.endElement(name)

    def element(self, name: str, text: object = None, **attributes: object) -> None:
        self._start(name, attributes)
        if text is not None:
            self._out.characters(_clean(text))
        self._out.endElement(name)

    def _start(self, name: str, attributes: dict[str, object]) -> None:
        # `for` and `class` are words that Python has taken.
        given = {k.rstrip("_"): _clean(v) for k, v in attributes.items() if v is not None}
        self._out.ignorableWhitespace("\n" + "  " * self._depth)
        self._out.startElement(name, given)  # type: ignore[arg-type]


@contextmanager
def _document(file: IO[str]) -> Iterator[_Xml]:
    out = XMLGenerator(cast(Any, file), "utf-8", short_empty_elements=True)
    out.startDocument()
    yield _Xml(out)
    out.ignorableWhitespace("\n")
    out.endDocument()


def _clean(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _ILLEGAL.sub("", str(value))


def _graphml(network: Network, xml: _Xml) -> None:
    with xml.inside("graphml", xmlns="http://graphml.graphdrawing.org/xmlns"):
        xml.element("key", id="label", for_="node", **{"attr.name": "label", "attr.type": "string"})
        for side, attributes in (("node", _NODE), ("edge", _EDGE)):
            for name, kind in attributes.items():
                xml.element("key", id=f"{side}_{name}", for_=side, **{"attr.name": name, "attr.type": kind})
        with xml.inside("graph", id="ties", edgedefault="directed"):
            for node in network.nodes.values():
                with xml.inside("node", id=node.id):
                    xml.element("data", node.label, key="label")
                    _each(node.values, lambda name, value: xml.element("data", value, key=f"node_{name}"))
            for edge in network.edges:
                with xml.inside("edge", id=edge.id, source=edge.source, target=edge.target):
                    _each(edge.values, lambda name, value: xml.element("data", value, key=f"edge_{name}"))


def _gexf(network: Network, xml: _Xml) -> None:
    """GEXF 1.2, which all versions of Gephi and of networkx read, with the `kind` of 1.3 on edges: by it Gephi keeps the
    several ties of one pair apart."""
    graph = {"mode": "dynamic", "timeformat": "date", "defaultedgetype": "directed"}
    with xml.inside("gexf", xmlns="http://www.gexf.net/1.2draft", version="1.2"), xml.inside("graph", **graph):
        _gexf_attributes(xml)
        with xml.inside("nodes"):
            for node in network.nodes.values():
                with xml.inside("node", id=node.id, label=node.label), xml.inside("attvalues"):
                    _each(node.values, lambda name, value: xml.element("attvalue", for_=name, value=value))
        with xml.inside("edges"):
            for edge in network.edges:
                _gexf_edge(edge, xml)


def _gexf_attributes(xml: _Xml) -> None:
    names = {"int": "integer"}
    static = {name: kind for name, kind in _EDGE.items() if name != "status"}
    for side, mode, attributes in (
        ("node", "static", _NODE),
        ("edge", "static", static),
        ("edge", "dynamic", {"status": "string"}),
    ):
        with xml.inside("attributes", class_=side, mode=mode):
            for name, kind in attributes.items():
                xml.element("attribute", id=name, title=name, type=names.get(kind, kind))


def _gexf_edge(edge: Edge, xml: _Xml) -> None:
    values = {name: value for name, value in edge.values.items() if name != "status"}
    label = values["name"] or values["kind"]
    with xml.inside("edge", id=edge.id, source=edge.source, target=edge.target, label=label, kind=edge.values["kind"]):
        with xml.inside("attvalues"):
            _each(values, lambda name, value: xml.element("attvalue", for_=name, value=value))
            for stretch in edge.life:
                days = _days(stretch)
                xml.element("attvalue", for_="status", value=stretch.status, start=days[0], end=days[1])
        if spells := _spells(edge.life):
            with xml.inside("spells"):
                for start, end in spells:
                    xml.element("spell", start=start, end=end)


def _spells(life: list[Stretch]) -> list[tuple[str | None, str | None]]:
    """When an edge is there: while the tie stands. One that never stood is there on the day it was turned down, since
    an edge without a spell would be there always."""
    standing = [_days(stretch) for stretch in life if stretch.status not in OVER]
    return standing or [(day, day) for stretch in life[:1] if (day := stretch.from_ or stretch.told)]


def _days(stretch: Stretch) -> tuple[str | None, str | None]:
    """First and last day: GEXF counts both in. A stretch of no length is a day."""
    if stretch.until is None:
        return stretch.from_, None
    last = (date.fromisoformat(stretch.until) - timedelta(days=1)).isoformat()
    return stretch.from_, max(last, stretch.from_ or last)


def _each(values: dict[str, Any], write: Callable[[str, Any], None]) -> None:
    """What is known, in order."""
    for name, value in values.items():
        if value is not None:
            write(name, value)
