"""Writes trained weights as one ONNX graph with int8 weights, and what goes beside it.

    python tools/train/export.py FOLDER --to src/communique/data/encoder

The graph takes `ids` and `mask` (sentences, tokens) and answers every head at every token, as probabilities in one pass:
asking all tokens costs a twentieth of the encoder, and saves a second call for the triggers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch
from model import PAIR
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from train import Coder, Labels, load_encoder

OUTPUTS = ("type", "main", "act", "status", "happened", "mode", "context", "role", "attribution")


class Answers(nn.Module):
    """Encoder and heads as the program asks them."""

    def __init__(self, coder: Coder) -> None:
        super().__init__()
        self.coder = coder

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        heads = self.coder.heads
        states = self.coder.states(ids, mask)
        out = heads.words(states, mask)
        everywhere = out["pooled"].unsqueeze(1).expand_as(states)
        deep = heads.trigger(torch.cat([states, everywhere], -1))
        shape = (states.shape[0], states.shape[1], heads.roles, PAIR)
        ask = heads.ask(deep).view(shape).transpose(1, 2)
        give = heads.give(states).view(shape).transpose(1, 2)
        role = ask @ give.transpose(2, 3) / PAIR**0.5 + heads.bias(states).transpose(1, 2).unsqueeze(2)
        return (
            out["type"].softmax(-1),
            out["main"].softmax(-1),
            heads.act(deep).softmax(-1),
            heads.status(deep).softmax(-1),
            heads.happened(deep).squeeze(-1).sigmoid(),
            heads.mode(deep).softmax(-1),
            heads.context(deep).sigmoid(),
            role.sigmoid(),
            out["attribution"].sigmoid(),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    args = parser.parse_args()
    card = json.loads((args.trained / "labels.json").read_text(encoding="utf-8"))
    tokenizer, encoder = load_encoder()
    coder = Coder(encoder, Labels(card["modes"], card["contexts"]))
    coder.load_state_dict(torch.load(args.trained / "weights.pt", weights_only=True))
    coder.eval()
    args.to.mkdir(parents=True, exist_ok=True)
    whole = args.trained / "whole.onnx"
    code = tokenizer.encode("Japan and Australia signed a defence pact in Canberra on 6 January 2022.")
    ids = torch.tensor([code.ids, code.ids])
    axes = {0: "sentences", 1: "tokens"}
    torch.onnx.export(
        Answers(coder),
        (ids, torch.ones_like(ids)),
        str(whole),
        input_names=["ids", "mask"],
        output_names=list(OUTPUTS),
        dynamic_axes={"ids": axes, "mask": axes},
        opset_version=17,
        dynamo=False,
    )
    graph = args.to / "encoder.onnx"
    # Seven bits: processors without VNNI add up products of eight in sixteen, which overflow.
    quantize_dynamic(str(whole), str(graph), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    tokenizer.save(str(args.to / "tokenizer.json"), pretty=False)
    card["sha256"] = hashlib.sha256(graph.read_bytes()).hexdigest()
    (args.to / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(f"{graph}: {graph.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
