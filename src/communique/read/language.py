"""The language of a text.

English is told by its commonest words, which costs next to nothing; only a text that fails this is put before
py3langid (`benchmarks/languages.py` has both on the same texts, beside the larger library that was not taken).
"""

from __future__ import annotations

import re

# About a quarter of the words of any English news text, and next to none of any other language's.
_ENGLISH = frozenset(
    re.split(
        r"\s+",
        "the of and that with by from has have had its said are were which this not but been their would will it as "
        "for to is be at who after they his her than more into about",
    )
)
# Above this share a text is English; below it the library decides.
_SURELY = 0.18
# Below this many words nothing can be told.
_ENOUGH_WORDS = 30
_SAMPLE = 20_000
_WORD = re.compile(r"[^\W\d_]+")


def identify(text: str) -> str | None:
    """The ISO 639-1 code of the language that the words of a text are in, `None` where they are too few to tell."""
    sample = text[:_SAMPLE]
    words = _WORD.findall(sample.lower())
    # Scripts without spaces give few words for much text.
    if len(words) < _ENOUGH_WORDS and (sample.isascii() or len(sample) < 3 * _ENOUGH_WORDS):
        return None
    share = sum(word in _ENGLISH for word in words) / len(words) if words else 0.0
    if share >= _SURELY:
        return "en"
    return _by_model(sample)


def _by_model(text: str) -> str:
    # Its model takes half a second to load, and most inputs never need it.
    import py3langid

    return str(py3langid.classify(text)[0])


def two_letters(label: str | None) -> str | None:
    """The code of "en-GB", "EN" or "English"."""
    if not label:
        return None
    code = re.split(r"[-_]", label.strip().lower())[0]
    return _NAMES.get(code, code)


# Databases and feeds write out the name.
_NAMES = {
    "english": "en",
    "french": "fr",
    "german": "de",
    "spanish": "es",
    "portuguese": "pt",
    "italian": "it",
    "dutch": "nl",
    "russian": "ru",
    "ukrainian": "uk",
    "polish": "pl",
    "turkish": "tr",
    "arabic": "ar",
    "persian": "fa",
    "hebrew": "he",
    "hindi": "hi",
    "chinese": "zh",
    "japanese": "ja",
    "korean": "ko",
    "indonesian": "id",
    "vietnamese": "vi",
}
