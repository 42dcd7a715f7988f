"""The encoder with its heads. One pass over a sentence answers everything that is asked of it.

Heads: the type of the event at a word (`type`, 0: none), the type of the sentence's main event (`main`, 0: none), and of a
trigger its act, status, mode, contexts, whether it took place, and which words are its actor, recipient, place and time
(`role`); of each word, whether a source, cue or content of reported speech begins or goes on there (`attribution`).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

# Width of the space in which triggers ask for their roles.
PAIR = 64


class Heads(nn.Module):
    """All heads over the states of one encoder; the arguments say how many labels each has."""

    def __init__(self, width: int, types: int, statuses: int, modes: int, contexts: int, roles: int, tags: int) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.1)
        self.kind = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Dropout(0.1), nn.Linear(width, types + 1))
        self.focus = nn.Linear(width, 1)
        self.main = nn.Linear(width, types + 1)
        self.trigger = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.Dropout(0.1))
        self.act = nn.Linear(width, types + 1)
        self.status = nn.Linear(width, statuses)
        self.happened = nn.Linear(width, 1)
        self.mode = nn.Linear(width, modes)
        self.context = nn.Linear(width, contexts)
        self.ask = nn.Linear(width, roles * PAIR)
        self.give = nn.Linear(width, roles * PAIR)
        self.bias = nn.Linear(width, roles)
        self.attribution = nn.Linear(width, 2 * tags)
        self.roles = roles

    def words(self, states: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """What is asked of every token, as logits: `type` (batch, tokens, types + 1), `main` (batch, types + 1),
        `attribution` (batch, tokens, 2 * tags); and `pooled` (batch, width), the sentence as its triggers see it."""
        states = self.drop(states)
        weight = self.focus(states).squeeze(-1).masked_fill(mask == 0, -1e4).softmax(-1)
        pooled = (weight.unsqueeze(-1) * states).sum(1)
        return {
            "type": self.kind(states),
            "main": self.main(pooled),
            "attribution": self.attribution(states),
            "pooled": pooled,
        }

    def at(self, states: Tensor, pooled: Tensor, row: Tensor, token: Tensor) -> dict[str, Tensor]:
        """What is asked of n triggers, as logits: `row` and `token` (n) say where each is. `role`: (n, roles, tokens)."""
        deep = self.trigger(torch.cat([states[row, token], pooled[row]], -1))
        ask = self.ask(deep).view(len(row), self.roles, 1, PAIR)
        give = self.give(states).view(states.shape[0], states.shape[1], self.roles, PAIR)[row].transpose(1, 2)
        role = (ask * give).sum(-1) / PAIR**0.5 + self.bias(states)[row].transpose(1, 2)
        return {
            "act": self.act(deep),
            "status": self.status(deep),
            "happened": self.happened(deep).squeeze(-1),
            "mode": self.mode(deep),
            "context": self.context(deep),
            "role": role,
        }
