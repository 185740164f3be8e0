"""One issue per root cause, for whoever can fix it, closed with proof."""

__version__ = "0.1.0"
