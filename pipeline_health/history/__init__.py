"""What our own looks showed, written down in a file and read back (docs/replay.md)."""
