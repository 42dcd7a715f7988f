"""How things stand with a tie according to one passage, and since when.

The status of a row of `lang/en/ties.csv` is qualified by the status of its clause ("plans to open", "did not sign");
the time is the one said of the row's words, of their clause, or of the clause that announces them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from communique.coding.antecedents import Draft
from communique.coding.clauses import Predicate
from communique.coding.events import Frame
from communique.coding.parse import tense_is_past
from communique.coding.status import Reading
from communique.model import Status, TieStatus, Voice, When

if TYPE_CHECKING:
    from communique.coding.coder import Reading as Report

_OPEN = frozenset({TieStatus.ACTIVE, TieStatus.SIGNED})
REAL = frozenset({Status.OCCURRED, Status.ONGOING})
# Cues by which somebody turns a tie down; after others ("denied", "failed to", "does not mean") it only is not so.
_REFUSALS = frozenset(
    "refuse reject rule decline oppose veto shelve scrap cancel abandon spurn snub dismiss block cancelled canceled aborted".split()
)
# Verbs after which a membership is no more: "ceased to be a member".
_CEASED = frozenset({"cease", "stop", "quit"})
# What goes on stands, even where it is said of the future: "sanctions would remain in force".
_ENDURING = frozenset({"remain", "stay", "keep", "continue", "maintain", "retain", "stand", "use"})
# Steps that change a tie without opening or ending it: planned, they leave it as it is.
_ALTERING = frozenset(
    {"ambassador expelled", "ambassador recalled", "ambassador returned", "downgraded", "eased", "extended", "renewed",
     "reduced", "tightened", "upgraded", "partly lifted"}
)  # fmt: skip
# Nouns by which an act is announced: "gave notice that it would end the pact".
_ANNOUNCING = frozenset({"announcement", "decision", "notice", "order", "pledge", "promise", "vow", "warning"})
# Readings that only ask or suppose.
_SUPPOSED = frozenset({"conditional clause", "question", "future under a condition", "imperative"})
# What is offered or threatened is not decided.
_HALFWAY = frozenset({"willing", "ready", "prepared", "offer", "threaten", "threat"})
_ABOUT = frozenset({"against", "of", "about", "to", "for", "on"})
_WAITING = frozenset({"once", "until", "till", "unless"})


def in_part(p: Predicate) -> bool:
    """ "Lifted most of the sanctions", "partly suspended"."""
    return p.kind == "verb" and any(
        c.lower_ in ("most", "some", "part", "many", "several", "partly", "partially", "half", "hundreds", "dozens")
        for c in p.head.children
        if c.dep_ in ("dobj", "nsubjpass", "nsubj", "advmod")
    )


def is_over(p: Predicate, status: TieStatus, step: str, reading: Reading) -> bool:
    """An exercise told of in the past tense."""
    held = status is TieStatus.ACTIVE and step in ("held", "conducted") and reading.status is Status.OCCURRED
    return held and p.kind == "verb" and bool(tense_is_past(p.head))


def standing(frame: Frame, reading: Reading) -> tuple[TieStatus, str, bool]:
    """What a passage says of the tie: the row's status as qualified by the status of its clause."""
    status = TieStatus(frame.row["status"])
    step = frame.row.get("step") or str(status)
    ahead = reading.status in (Status.PLANNED, Status.HYPOTHETICAL)
    if (
        reading.status is Status.ONGOING
        and frame.type != "relations"
        and status in (TieStatus.ENDED, TieStatus.SUSPENDED)
    ):
        # "he was ending the pact": not ended yet
        return TieStatus.ACTIVE, f"{step} announced", True
    if ahead and status is TieStatus.ACTIVE and frame.row["lemma"] in _ENDURING:
        return status, step, True
    if ahead and status is TieStatus.ACTIVE and step in _ALTERING:
        return status, f"{step} {'planned' if reading.status is Status.PLANNED else 'considered'}", True
    if reading.status is Status.NEGATED:
        return _negated(status, step, reading)
    if ahead and status in _OPEN:
        if reading.status is Status.PLANNED and not _only_willing(reading):
            return TieStatus.PLANNED, f"{step} planned", True
        return TieStatus.PROPOSED, f"{step} considered", True
    if ahead and status in (TieStatus.ENDED, TieStatus.SUSPENDED):
        settled = reading.status is Status.PLANNED and not _only_willing(reading)
        word = "announced" if settled else "considered"
        return TieStatus.ACTIVE, f"{step} {word}", True
    return status, step, True


def _negated(status: TieStatus, step: str, reading: Reading) -> tuple[TieStatus, str, bool]:
    cue = reading.reason.row.split()[0]
    if status in (TieStatus.ENDED, TieStatus.SUSPENDED):
        return TieStatus.ACTIVE, f"{step} denied", True
    if status is TieStatus.ACTIVE and cue in _CEASED:
        return TieStatus.ENDED, "ceased", True
    if cue == "impossible" and reading.governor is not None and _denies(reading.governor.head):
        return TieStatus.PROPOSED, f"{step} considered", True
    if refused(reading):
        return TieStatus.REJECTED, "ruled out", True
    return status, f"{step} denied", False


def _only_willing(reading: Reading) -> bool:
    """ "Is willing to withdraw its troops", "threatened to break off relations"."""
    return reading.governor is not None and reading.governor.lemma_.lower() in _HALFWAY


def refused(reading: Reading) -> bool:
    return reading.reason.file.endswith("status.csv") and reading.reason.row.split()[0] in _REFUSALS


def settled(head: Any, reading: Reading) -> Reading:
    """What the clause's place says besides: notice "that it would end the pact" announces the end; "against Ukraine
    joining" only speaks of it; "will not take effect until" plans it."""
    above = head.head
    cues = {c.lemma_.lower() for c in (above, *above.children) if c.i == above.i or c.dep_ == "dobj"}
    inside = head.dep_ in ("acl", "ccomp", "relcl") and bool(cues & _ANNOUNCING)
    if inside and reading.status is Status.HYPOTHETICAL and reading.reason.row == "would":
        return replace(reading, status=Status.PLANNED)
    gerund = head.dep_ == "csubj" or (head.dep_ == "pcomp" and above.lower_ in _ABOUT)
    if gerund and reading.status in REAL and head.tag_ == "VBG":
        return replace(reading, status=Status.HYPOTHETICAL)
    if reading.status in REAL and head.tag_ in ("VBZ", "VBP") and any(_waits(c) for c in head.children):
        return replace(reading, status=Status.PLANNED)
    if reading.status is Status.NEGATED and reading.reason.row == "refusal":
        waits = {g.lower_ for c in head.children if c.dep_ in ("advcl", "prep") for g in [c, *c.children]}
        if waits & {"until", "unless", "before", "till"}:
            return replace(reading, status=Status.PLANNED)
    return reading


def _waits(clause: Any) -> bool:
    """ "Takes effect once both have ratified it"."""
    return clause.dep_ == "advcl" and any(c.lower_ in _WAITING for c in clause.children)


def _denies(verb_token: Any) -> bool:
    return any(c.dep_ == "neg" for c in verb_token.children)


def not_yet(draft: Draft) -> Draft:
    """ "The planned office": not there yet."""
    words = {c.lower_ for c in draft.centre.children}
    if words & {"proposed", "possible", "potential", "prospective", "would-be"}:
        return replace(draft, status=TieStatus.PROPOSED, step="mentioned")
    if words & {"planned", "future", "upcoming", "forthcoming"}:
        return replace(draft, status=TieStatus.PLANNED, step="mentioned")
    return draft


def said_before(draft: Draft, before: list[Draft]) -> bool:
    """Whether a mention by a noun ("the office in Tokyo", "the opening of the office") points back at a tie that this
    report has spoken of: it takes up what was said and tells nothing new, unless an end or a time of its own."""
    if draft.frame.row.get("step") != "stands" and draft.status not in _OPEN:
        return False
    same = [d for d in before if d.kind == draft.kind and draft.codes <= d.codes]
    # the name of what was only described so far is news
    return bool(same) and not (draft.named and not any(d.named for d in same))


def mere_talk(draft: Draft, voice: Voice) -> bool:
    """What opens no tie: wars that nobody fights, and what comment only supposes or foretells."""
    real = draft.reading.status in REAL
    governor = draft.reading.governor
    if draft.reading.status is Status.HYPOTHETICAL and draft.reading.reason.row in _SUPPOSED:
        return True
    if governor is not None and governor.lemma_.lower() in ("ask", "wonder", "question"):
        return any(c.lower_ in ("whether", "if") for c in draft.head.children)
    marks = {c.lower_ for c in draft.head.children if c.dep_ in ("mark", "advmod")}
    if not real and "before" in marks:
        # "hours before the pact was to lapse"
        return True
    if marks & _WAITING and draft.head.dep_ == "advcl" and tense_is_past(draft.head.head) is not True:
        # "takes effect once both have ratified it"
        return True
    if draft.kind == "conflict" and draft.status is not TieStatus.ENDED:
        return not real or voice.stance == "comment"
    return voice.stance == "comment" and draft.reading.status in (Status.PLANNED, Status.HYPOTHETICAL)


def when_of(report: Report, draft: Draft) -> When | None:
    """The time said of the draft's words, or of the verb they complete: "in May it ceased to be a member"."""
    node = draft.head
    if draft.kind == "conflict" and node.pos_ == "NOUN":
        return _time_of(report, node, inside=True)
    found = _time_of(report, node) or ("undo" not in draft.frame.roles and _time_of(report, draft.centre)) or None
    while found is None and node.dep_ in ("xcomp", "ccomp", "advcl", "relcl") and _tells_when(draft, node):
        node = node.head
        found = _time_of(report, node)
    return found


def _time_of(report: Report, token: Any, inside: bool = False) -> When | None:
    """The time that hangs on this word, else (unless only `inside` counts) on the verb of its own clause."""
    first, last = report.parsed.sents[report.parsed.sent_of(token.i)]
    clause = token if inside else _clause_of(token)
    near = None
    for when, (at, end) in report.times:
        if not first <= at < last:
            continue
        for above in _above_time(report, at, end):
            if above.i == token.i:
                return when
            if above.i == clause.i:
                near = near or when
    return near


def _above_time(report: Report, at: int, end: int) -> Iterable[Any]:
    """The words from a time expression up to the verb it belongs to; a noun that it is part of ("its 2019 decision")
    keeps it."""
    node = report.parsed.token(at)
    while at <= node.head.i < end and node.head.i != node.i:
        node = node.head
    part = node.dep_ in ("compound", "nummod", "amod", "nmod", "poss")
    while node.head.i != node.i:
        node = node.head
        yield node
        if node.pos_ in ("VERB", "AUX") or (part and node.pos_ in ("NOUN", "PROPN")):
            return


def _clause_of(token: Any) -> Any:
    while token.pos_ not in ("VERB", "AUX") and token.head.i != token.i:
        token = token.head
    return token


def _tells_when(draft: Draft, node: Any) -> bool:
    """Whether the time of the clause above is this one's: "in May it ceased to be a member", "the last hurdle fell in
    May, when parliament approved it", "announced in May that it would leave"."""
    if node.dep_ == "xcomp":
        return bool(node.head.tag_ != "VB")
    if node.dep_ == "ccomp":
        return draft.reading.status is Status.PLANNED or draft.step.endswith(" announced")
    return any(c.lower_ == "when" and c.dep_ == "advmod" for c in node.children)


def by_now(draft: Draft, when: When | None, published: str | None) -> Draft:
    """A war of years ago is over, unless it is told how it began; a drill is over after its days, not before."""
    if draft.kind == "conflict" and draft.step not in ("invaded", "declared") and _long_past(when, published):
        return replace(draft, status=TieStatus.ENDED, step="over")
    if draft.kind == "exercise" and when and when.until and published and draft.supports:
        if draft.status is TieStatus.ACTIVE and draft.step == "held" and when.until <= published:
            return replace(draft, status=TieStatus.ENDED)
        if draft.status is TieStatus.ENDED and when.until > published:
            return replace(draft, status=TieStatus.ACTIVE, step=f"{draft.step} announced")
    return draft


def _long_past(when: When | None, published: str | None) -> bool:
    """ "The war of 1967": over before the year of the report and the one before; what "began" then may go on."""
    return bool(when and when.until and published and int(when.until[:4]) < int(published[:4]) - 1)


def began(
    report: Report, draft: Draft, when: When | None, published: str | None
) -> tuple[str | None, str | None, str | None]:
    """The interval in which the claimed status began; a time to come is no beginning of a plan, but it is the day of an
    exercise and of an announced end."""
    if when is None:
        return None, None, None
    if when.from_ is None:
        # "until 2044", "until April 28"
        ends = (draft.status in _OPEN or draft.kind == "exercise") and _bounded(when)
        return (None, when.until, "day") if ends and when.until else (None, None, None)
    ahead = draft.reading.status in (Status.PLANNED, Status.HYPOTHETICAL)
    if draft.kind == "exercise":
        return when.from_, when.until, when.grain
    if draft.step == "stands" and not _since(report, when):
        # "the summit of the group on 3 May" says nothing of when the group began
        return None, None, None
    wide = when.grain != "day" and (when.until or "") > (published or "")
    later = published is not None and (when.from_ > published or wide)
    if draft.step.endswith(" announced"):
        # the day of the announcement where it lies in the past, else the day of the end
        return (None, when.from_, when.grain) if later else (when.from_, when.until, when.grain)
    if published is not None and when.from_ > published:
        return None, None, None
    if ahead:
        told = draft.reading.governor is not None and not later
        return (when.from_, when.until, when.grain) if told else (None, None, None)
    return when.from_, when.until, when.grain


def _bounded(when: When) -> bool:
    return when.text.lower().startswith(("until", "till", "through", "to ", "up to", "by"))


def _since(report: Report, when: When) -> bool:
    before = report.article.text[max(0, when.start - 8) : when.end].lower()
    return "since" in before
