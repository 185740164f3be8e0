"""The modules of the core as syntax trees, and how a change of one is put into the running process.

A function gets the code of its mutant. For a name that a module binds, and for a function that was
called while a module was imported, what was made of it is made again, wherever it was imported to.
"""

import ast
import importlib
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from mutations import Mutation, mutations

ROOT = Path(__file__).parents[1]
CORE = ROOT / "pipeline_health" / "core"
_PACKAGE = "pipeline_health.core"
_Name = tuple[str, str]
"""A module, and a name that it binds."""


class UnloadableError(Exception):
    """With the mutant in its place a module could not be imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A *mutation* of the *module* of the core; its name in a list is *key*."""

    module: str
    mutation: Mutation

    @property
    def key(self) -> str:
        """Tell it from every other mutant."""
        return f"{self.module}.{self.mutation.key}"

    @property
    def file(self) -> str:
        """Say which file it changes."""
        return str(path_of(self.module))


def modules() -> tuple[str, ...]:
    """Give the modules of the core by their names in it: `gate.ci`."""
    paths = (path.relative_to(CORE).with_suffix("") for path in sorted(CORE.rglob("*.py")))
    names = (".".join(path.parts).removesuffix(".__init__") for path in paths)
    return tuple(name for name in names if name != "__init__")  # that of the core itself is empty


def path_of(module: str) -> Path:
    """Give the file of *module*."""
    path = CORE.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def load() -> None:
    """Import every module of the core."""
    for module in modules():
        _ = importlib.import_module(f"{_PACKAGE}.{module}")


def mutants_of(module: str) -> tuple[Mutant, ...]:
    """Give every mutant of *module*."""
    return tuple(Mutant(module=module, mutation=each) for each in mutations(_tree(module)))


def put_in_place(mutant: Mutant, *, imported: bool) -> None:
    """Let this process run *mutant*; *imported* says that its lines run while modules load."""
    target = mutant.mutation.target
    tree = _tree(mutant.module)
    mutant.mutation.apply()
    if _is_function(tree, target):
        code = compile(tree, mutant.file, "exec")
        _function(mutant.module, target).__code__ = _code_of(code, target)
    if imported:
        _load_again(mutant.module, target)


def readers(mutant: Mutant) -> Iterator[tuple[str, range]]:
    """Give the files and lines that read what *mutant* changes while modules load."""
    names = {name for _, name in _bound_by(mutant.module, mutant.mutation.target)}
    for module in modules():
        for node in ast.walk(_tree(module)):
            if isinstance(node, ast.FunctionDef) and _mentions(node, names):
                yield str(path_of(module)), range(node.lineno, (node.end_lineno or 0) + 1)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(path_of(module).read_text())


def _loaded(module: str) -> ModuleType:
    return sys.modules[f"{_PACKAGE}.{module}"]


def _is_function(tree: ast.Module, target: str) -> bool:
    return "." in target or any(
        isinstance(node, ast.FunctionDef) and node.name == target for node in tree.body
    )


def _function(module: str, target: str) -> FunctionType:
    """Give the function or method *target* of *module*, also of a property."""
    found: object = _loaded(module)
    for part in target.split("."):
        found = vars(found)[part]
    found = getattr(found, "fget", getattr(found, "__func__", found))
    assert isinstance(found, FunctionType)
    return found


def _code_of(code: CodeType, target: str) -> CodeType:
    """Find what *target* is compiled to in the *code* of its module."""
    for part in target.split("."):
        code = next(
            each for each in code.co_consts if isinstance(each, CodeType) and each.co_name == part
        )
    return code


@cache
def _bound_by(module: str, target: str) -> frozenset[_Name]:
    """Give *target* and every name that is made of it while modules load."""
    found = {(module, target.partition(".")[0])}
    before = 0
    while len(found) > before:
        before = len(found)
        for other in modules():
            for node in _tree(other).body:
                found |= set(_made_by(other, node, found))
    return frozenset(found)


def _made_by(module: str, node: ast.stmt, found: Collection[_Name]) -> Iterator[_Name]:
    """Give the names that *node* of *module* binds to something made of what was *found*."""
    match node:
        case ast.ImportFrom(module=str() as source, names=aliases):
            source = source.removeprefix(f"{_PACKAGE}.")
            yield from ((module, each.name) for each in aliases if (source, each.name) in found)
        case (
            ast.Assign(targets=[ast.Name(id=bound)], value=ast.expr() as value)
            | ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr() as value)
        ):
            if _mentions(value, {name for _, name in found}):
                yield module, bound
        case _:
            return


@cache
def _words(node: ast.AST) -> frozenset[str]:
    names = (each.id for each in ast.walk(node) if isinstance(each, ast.Name))
    attributes = (each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute))
    return frozenset((*names, *attributes))


def _mentions(node: ast.AST, names: Collection[str]) -> bool:
    return not _words(node).isdisjoint(names)


def _load_again(module: str, target: str) -> None:
    """Make again whatever was made of *target*, in the order in which modules were loaded."""
    changed = _bound_by(module, target)
    prefix = f"{_PACKAGE}."
    order = [each.removeprefix(prefix) for each in sys.modules if each.startswith(prefix)]
    for other in (each for each in order if each in modules()):
        for node in _tree(other).body:
            if set(_made_by(other, node, changed)) or _is_it(node, other, changed):
                _run_again(node, other)


def _is_it(node: ast.stmt, module: str, changed: Collection[_Name]) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=bound)]) | ast.AnnAssign(target=ast.Name(id=bound)):
            return (module, bound) in changed
        case _:
            return False


def _run_again(node: ast.stmt, module: str) -> None:
    """Run *node* in *module*, and give its new values to the tests that imported the old ones."""
    space = vars(_loaded(module))
    old = dict(space)
    try:
        exec(compile(ast.Module([node], []), module, "exec"), space)  # noqa: S102 -- our own source
    except Exception as error:
        raise UnloadableError(module) from error
    for name, value in old.items():
        if space[name] is not value:
            _hand_on(name, value, space[name])


def _defaults(name: str) -> Iterator[tuple[FunctionType, str]]:
    """Give every function with an argument that is *name* where nothing is given."""
    for module in modules():
        for node in _tree(module).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
                if isinstance(default, ast.Name) and default.id == name:
                    yield _function(module, node.name), argument.arg


def _hand_on(name: str, old: object, new: object) -> None:
    """Let whoever imported *old* by *name*, or takes it where nothing is given, have *new*."""
    for function, argument in _defaults(name):
        known = function.__kwdefaults__ or {}
        if known.get(argument) is old:
            function.__kwdefaults__ = known | {argument: new}
    for other in list(sys.modules.values()):
        of_tests = str(getattr(other, "__file__", "")).startswith(str(ROOT / "tests"))
        if of_tests and vars(other).get(name) is old:
            setattr(other, name, new)
