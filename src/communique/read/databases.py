"""The downloads of news databases: many articles in one file, each between fields that the database wrote."""

from __future__ import annotations

from collections.abc import Sequence

from communique.read import factiva, nexis, proquest
from communique.read.drafts import Download, is_wrapped

_LAYOUTS = (nexis.split_uni, nexis.split_classic, proquest.split, factiva.split_coded, factiva.split_display)


def split(lines: Sequence[str], wrapped: bool | None = None) -> Download | None:
    """The articles of a download out of the lines or paragraphs of a document (see `drafts`); `None` where the
    document is none of a database that we know. `wrapped`: whether the lines were wrapped at a width; `None`: see.

    Known are Nexis Uni and Nexis Advance, the older LexisNexis, ProQuest, and Factiva with its field codes or without.
    A layout is told by several of its fixed lines standing together, so that no report is taken for a download because
    of one such line.
    """
    if wrapped is None:
        wrapped = is_wrapped(lines)
    for layout in _LAYOUTS:
        if found := layout(lines, wrapped):
            return found
    return None
