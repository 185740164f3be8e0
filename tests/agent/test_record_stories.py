"""Stories of `run-once --record`: what is read back is what happened, and nothing else."""

from recordings import Tape


def test_x(shop, tmp_path) -> None:
    tape = Tape(shop.host, tmp_path / "history.jsonl")
    tape.cycle()
    shop.fail_ci()
    tape.cycle()
    tape.cycle()
    shop.fail_deploy()
    tape.cycle()
    for l in tape.lines():
        print(l)
    r = tape.read()
    for f in r.facts:
        print(f)
    print(r)
    assert 0
