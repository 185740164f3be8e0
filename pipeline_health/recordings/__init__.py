"""Recorded histories in files: read, and in our own format also written (docs/replay.md)."""
