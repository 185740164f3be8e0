"""The mistakes that `make mutants` makes on purpose are those that its list of operators says."""

import ast

import pytest

from mutations import mutations


def changes(source: str) -> list[str]:
    """Give what would be changed in *source*, without the name of the function."""
    keys = (each.key for each in mutations(ast.parse(source)))
    return [key.partition(": ")[2] for key in keys]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "def f(a):\n    if a < 1 and not a:\n        raise E",
            [
                "if [a < 1 and (not a) → True]:",
                "if [a < 1 and (not a) → False]:",
                "if a < 1 [and (not a) → or not a]:",
                "if a [< → <=] 1 and (not a):",
                "if a < [1 → 2] and (not a):",
                "if a < 1 and [(not a) → a]:",
                "[raise E → pass]",
            ],
        ),
        (
            "AGE = timedelta(hours=2)",
            [
                "AGE = timedelta([hours=2 → ])",
                "AGE = timedelta(hours=[2 → None])",
                "AGE = timedelta(hours=[2 → 3])",
            ],
        ),
        ('def f(a):\n    """Say."""\n    assert_never(a)', []),
        ("def f(a: int = 1) -> int:\n    return a", ["return [a → None]"]),
    ],
)
def test_every_operator_is_applied_where_it_can_be(source: str, expected: list[str]) -> None:
    """A statement is shown with what stands there, and what would."""
    assert expected == changes(source)


def test_two_changes_of_one_text_have_two_names() -> None:
    """Else a list of survivors could not tell them apart."""
    found = changes("def f(a):\n    g(1)\n    g(1)")
    assert len(found) == len(set(found))
    assert "[g(1) → pass] #2" in found


def test_a_mutation_changes_the_tree_once() -> None:
    """And nothing else of it."""
    tree = ast.parse("def f(a):\n    return a + 1")
    next(each for each in mutations(tree) if "[+ → -]" in each.key).apply()
    assert ast.unparse(tree) == "def f(a):\n    return a - 1"
