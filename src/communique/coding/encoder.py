"""The encoder: a small transformer with heads, run by ONNX Runtime on the CPU.

It is asked once a sentence and answers at every word: whether an event is named there and of which type, its act, status,
mode, contexts and parties, and whether source, cue or content of reported speech stands there. `tools/train` makes the
weights; `data/encoder/card.json` says from what. The base is all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM"; Reimers and
Gurevych 2019, "Sentence-BERT").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from communique.errors import ModelError

Floats = NDArray[np.float32]
# Tokens in one run of the graph: sentences of like length go together, so that little is padding.
_RUN = 1200
_OUTPUTS = ("type", "main", "act", "status", "happened", "mode", "context", "role", "attribution")


class Encoded(Protocol):
    """A text cut into pieces: their numbers and where each stands."""

    ids: list[int]
    offsets: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Labels:
    """What the heads answer, in the order of their outputs. The first of `modes` is none; `types` begin at 1, 0 is none."""

    types: tuple[str, ...]
    statuses: tuple[str, ...]
    modes: tuple[str, ...]
    contexts: tuple[str, ...]
    roles: tuple[str, ...]
    attribution: tuple[str, ...]


class Heard:
    """What the heads answer on one sentence. Pieces are the encoder's tokens; all values are probabilities.

    `type` (pieces, types + 1), `main` (types + 1), `act` (pieces, types + 1), `status` (pieces, statuses), `happened`
    (pieces), `mode` (pieces, modes), `context` (pieces, contexts), `role` (roles, pieces asking, pieces asked),
    `attribution` (pieces, 2 * roles of attribution: begins, is inside).
    """

    def __init__(self, offsets: list[tuple[int, int]], answers: dict[str, Floats]) -> None:
        self.offsets = offsets
        self.type = answers["type"]
        self.main = answers["main"]
        self.act = answers["act"]
        self.status = answers["status"]
        self.happened = answers["happened"]
        self.mode = answers["mode"]
        self.context = answers["context"]
        self.role = answers["role"]
        self.attribution = answers["attribution"]

    @cached_property
    def _pieces(self) -> list[tuple[int, int, int]]:
        return [(start, end, i) for i, (start, end) in enumerate(self.offsets) if end > start]

    def pieces(self, start: int, end: int) -> list[int]:
        """The pieces of a span of the sentence's characters; empty where it stands behind what the encoder read."""
        return [i for a, b, i in self._pieces if a < end and b > start]


class Encoder:
    """The encoder in `folder` (default: the shipped one). One instance reads any number of sentences; it is not shared
    between threads."""

    def __init__(self, folder: Traversable | None = None) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        folder = folder or files("communique") / "data" / "encoder"
        try:
            card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
            graph = (folder / "encoder.onnx").read_bytes()
        except OSError as error:
            raise ModelError(f"the encoder is not in this installation: {error}; use --coder fast") from error
        if hashlib.sha256(graph).hexdigest() != card["sha256"]:
            raise ModelError("encoder.onnx is not the file that belongs to its card: install communique anew")
        self.version: str = card["sha256"][:12]
        self.labels = Labels(*(tuple(card[n]) for n in Labels.__dataclass_fields__))
        self._tokenizer: Any = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        options = onnxruntime.SessionOptions()
        # Many workers use many cores; within one, the same order of sums gives the same bytes everywhere.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def read(self, sentences: Sequence[str]) -> list[Heard]:
        """What the heads answer on each sentence, in the order given."""
        codes: list[Encoded] = self._tokenizer.encode_batch(list(sentences))
        found: dict[int, Heard] = {}
        order = sorted(range(len(codes)), key=lambda i: (len(codes[i].ids), i))
        while order:
            run: list[int] = []
            while order and (not run or _fits(codes, run, order[0])):
                run.append(order.pop(0))
            found |= self._run(codes, run)
        return [found[i] for i in range(len(codes))]

    def _run(self, codes: Sequence[Encoded], run: list[int]) -> dict[int, Heard]:
        longest = max(len(codes[i].ids) for i in run)
        ids = np.zeros((len(run), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, i in enumerate(run):
            n = len(codes[i].ids)
            ids[row, :n], mask[row, :n] = codes[i].ids, 1
        out = dict(zip(_OUTPUTS, self._session.run(list(_OUTPUTS), {"ids": ids, "mask": mask}), strict=True))
        found = {}
        for row, i in enumerate(run):
            n = len(codes[i].ids)
            answers = {
                name: value[row] if name == "main" else value[row, :, :n, :n] if name == "role" else value[row, :n]
                for name, value in out.items()
            }
            found[i] = Heard(codes[i].offsets, answers)
        return found


def _fits(codes: Sequence[Encoded], run: list[int], more: int) -> bool:
    """Whether one more sentence, the longest so far, keeps the run within its size."""
    return len(codes[more].ids) * (len(run) + 1) <= _RUN
