"""How fast it is: the real command against a pretend GitHub and Railway, beside a bare loop.

    python -m benchmarks            # all of docs/performance.md, a quarter of an hour
    python -m benchmarks --quick    # up to 100 projects, a minute
    python -m benchmarks --gate     # what must hold, as ratios within this run

Every figure comes from one run on one machine, and is read beside another one of that run.
"""
