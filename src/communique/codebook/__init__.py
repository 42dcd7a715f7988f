"""What the program knows: loads, merges and checks `data/` and what is laid over it. The only reader of these files."""

from __future__ import annotations

from communique.codebook.book import CLASS_CODES, CLASSES, PREDICATES, Codebook, EventType, current, laid_over, shipped
from communique.codebook.checks import check_table
from communique.codebook.layers import Layer
from communique.codebook.rows import Row

__all__ = [
    "CLASSES",
    "CLASS_CODES",
    "PREDICATES",
    "Codebook",
    "EventType",
    "Layer",
    "Row",
    "check_table",
    "current",
    "laid_over",
    "shipped",
]
