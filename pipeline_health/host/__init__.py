"""What is on this host: files, units of systemd, a crontab, and the programs that they start.

It looks and changes nothing. That something is not here is a fact and no error; what a command does
not answer in time is not known.
"""

from pipeline_health.host.commands import Shell
from pipeline_health.host.files import Watched, file_facts
from pipeline_health.host.looking import look

__all__ = ["Shell", "Watched", "file_facts", "look"]
