"""The page: what the ledger knows, for eyes, for Prometheus and for machines; it only looks.

It is drawn from one board (`core/board.py`), the very one that `status`, `incidents`, `why` and
`feed` show. It asks no provider and writes nothing: every request reads the ledger at one moment.
Imported by `serve` and `report` alone, because Starlette and Jinja2 would cost each look their
import.
"""
