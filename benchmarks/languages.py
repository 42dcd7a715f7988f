"""Languages: how a report's language is told, and what that costs.

`communique.read.language.identify` knows English by its commonest words and puts only the rest before py3langid, which
alone is the baseline. The texts: three sentences of ours in each of twenty languages (`texts/languages.toml`), told
together as a paragraph and each by itself, and English reports. A text too short to tell (under 30 words) stays open,
which is not counted as wrong. lingua stands beside them where it is installed. Start: loading it and telling a first text,
in a Python of its own, less a Python that does nothing.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import Cell, Table, best, main, seconds

from reports import make

TEXTS = Path(__file__).parent / "texts" / "languages.toml"
Identify = Callable[[str], str | None]

# How each is loaded; each gives `identify(text) -> code or None`.
WAYS = {
    "py3langid (baseline)": """
import py3langid
def identify(text): return py3langid.classify(text)[0]
""",
    "communique": """
from communique.read.language import identify
""",
    "lingua": """
from lingua import LanguageDetectorBuilder
detector = LanguageDetectorBuilder.from_all_languages().with_low_accuracy_mode().build()
def identify(text):
    found = detector.detect_language_of(text)
    return found and found.iso_code_639_1.name.lower()
""",
}


def loaded(way: str) -> Identify:
    names: dict[str, Identify] = {}
    exec(way, names)
    return names["identify"]


def start(way: str, text: str, rounds: int) -> float:
    """Seconds to load it and tell a first text."""

    def run(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    return best(run(f"{way}\nidentify({text!r})"), rounds) - best(run("pass"), rounds)


def told(identify: Identify, texts: list[tuple[str, str]]) -> str:
    """How many are told rightly, wrongly, and not at all."""
    found = [(identify(text), code) for code, text in texts]
    right = sum(one == code for one, code in found)
    wrong = sum(one is not None and one != code for one, code in found)
    return f"{right} right, {wrong} wrong, {len(found) - right - wrong} open"


def measure(quick: bool) -> Table:
    sentences = tomllib.loads(TEXTS.read_text("utf-8"))
    join = {code: ("" if code in ("zh", "ja") else " ") for code in sentences}
    paragraphs = [(code, join[code].join(three)) for code, three in sentences.items()]
    single = [(code, sentence) for code, three in sentences.items() for sentence in three]
    english = [("en", report.text) for report in make(20 if quick else 200)]
    rounds = 1 if quick else 5
    rows: list[tuple[Cell, ...]] = []
    bare = 0.0
    for name, way in WAYS.items():
        if name == "lingua" and not importlib.util.find_spec("lingua"):
            continue
        identify = loaded(way)
        identify(paragraphs[-1][1])
        time = min(seconds(partial(told, identify, english)) for _ in range(rounds)) / len(english)
        other = min(seconds(partial(told, identify, paragraphs)) for _ in range(rounds)) / len(paragraphs)
        bare = bare or time
        rows.append(
            (
                name,
                *(told(identify, texts) for texts in (paragraphs, single, english)),
                1000 * time,
                time / bare,
                1000 * other,
                *(start(way, text, rounds) for text in (english[0][1], paragraphs[-1][1])),
            )
        )
    return Table(
        (
            "by",
            f"{len(paragraphs)} paragraphs",
            f"{len(single)} sentences",
            f"{len(english)} English reports",
            "ms an English report",
            "of the baseline's",
            "ms another paragraph",
            "start, s: English",
            "start, s: another",
        ),
        rows,
    )


if __name__ == "__main__":
    main(measure, __doc__)
