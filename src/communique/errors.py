"""What can go wrong, as one tree:

    CommuniqueError
    ├── CallError        the call itself is wrong: an unknown filter, a date that is no date
    ├── InputError       one input could not be read; the rest of the batch goes on
    ├── DataError        the codebook, a lexicon or a table has faults (all of them listed)
    ├── ModelError       the spaCy pipeline is missing or is not the one we know
    └── RecordError      the record cannot be opened, or was not written by us

Every error pickles, because coding runs in worker processes.
"""

from __future__ import annotations


class CommuniqueError(Exception):
    """Base of all errors that communique raises on purpose."""


class CallError(CommuniqueError):
    """The call itself is wrong; nothing was done."""


class InputError(CommuniqueError):
    """One input could not be read.

    `source` names it as the user did, `reason` says why and what to do.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(source, reason)
        self.source = source
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


class DataError(CommuniqueError):
    """A data file has faults: `faults` lists every one as `file:line: what, and what was expected`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        head = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        return "\n".join([f"{head} in the data files:", *self.faults])


class ModelError(CommuniqueError):
    """The language pipeline is missing, or its files are not the ones expected."""


class RecordError(CommuniqueError):
    """The record cannot be opened or written."""
