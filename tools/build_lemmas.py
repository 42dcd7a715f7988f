"""Writes data/lang/en/lemmas.csv: verb forms that the pipeline's lemmatizer gets wrong, with the right lemma.

    python tools/build_lemmas.py

Takes the verbs of our lexicons, inflects them regularly, and keeps each form whose lemma comes out as something that is
no verb of ours ("hoped" as "hop").
"""

from __future__ import annotations

import csv
from pathlib import Path

from spacy.tokens import Doc

from communique.codebook import shipped
from communique.coding.parse import load

LANG = Path(__file__).parent.parent / "src" / "communique" / "data" / "lang" / "en"
VOWELS = "aeiou"


def forms(verb: str) -> dict[str, str]:
    """Regular inflections and their tags."""
    if verb.endswith("e"):
        found = {verb + "s": "VBZ", verb + "d": "VBD", verb[:-1] + "ing": "VBG"}
    elif verb.endswith("y") and verb[-2:-1] not in VOWELS:
        found = {verb[:-1] + "ies": "VBZ", verb[:-1] + "ied": "VBD", verb + "ing": "VBG"}
    elif verb.endswith(("s", "sh", "ch", "x", "z")):
        found = {verb + "es": "VBZ", verb + "ed": "VBD", verb + "ing": "VBG"}
    else:
        found = {verb + "s": "VBZ", verb + "ed": "VBD", verb + "ing": "VBG"}
    return found


def main() -> None:
    book = shipped()
    names = [f"lang/en/predicates/{name.lower()}.csv" for name in book.types] + ["lang/en/ties.csv"]
    verbs = {row["lemma"].lower() for name in names for row in book.rows(name) if row["pos"] == "verb"}
    verbs |= {row["cue"].lower() for row in book.rows("lang/en/status.csv") if row["pos"] == "verb"}
    nlp = load()
    lemmatizer = nlp.get_pipe("lemmatizer")
    rows = []
    for verb in sorted(v for v in verbs if v.isalpha() and len(v) > 2):
        for form, tag in forms(verb).items():
            doc = lemmatizer(Doc(nlp.vocab, words=[form], pos=["VERB"], tags=[tag]))
            got = doc[0].lemma_
            if got != verb and got not in verbs:
                rows.append((form, verb))
    with (LANG / "lemmas.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("form", "lemma"))
        out.writerows(sorted(dict(rows).items()))


if __name__ == "__main__":
    main()
