"""communique reads news reports and keeps an evidence-linked record of international politics."""

__version__ = "0.1.0"
