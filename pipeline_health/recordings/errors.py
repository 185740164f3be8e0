"""What is wrong with a recording."""

from pipeline_health.settings import ConfigurationError


class RecordingError(ConfigurationError):
    """A recording cannot be replayed: which file, where in it, what was expected there."""
