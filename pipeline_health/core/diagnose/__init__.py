"""From evidence to a cause and whoever can mend it: an ordered table, first match wins.

A newcomer adds a row to `people`, `settings` or `code`, a real line to `tests/signatures.py`, and
its name to `docs/diagnosis.md`. Untrusted text decides a class here and nothing else: no word of it
becomes a name, but a secret's name of the usual shape.
"""

from pipeline_health.core.diagnose.diagnosis import APPROVAL, FLAKY, SIGNATURES, diagnose
from pipeline_health.core.diagnose.signature import Signature

__all__ = ["APPROVAL", "FLAKY", "SIGNATURES", "Signature", "diagnose"]
