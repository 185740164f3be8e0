"""What mutation testing changes: small edits of a syntax tree, each a mistake that one could make.

Left alone are docstrings, annotations, what a field or an argument is when nothing is given, the
members of an enumeration, and `assert_never`, which no test can reach.
"""

import ast
import copy
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mutation_places import Place, difference, end_of_head, head, with_

_Node = TypeVar("_Node", bound=ast.AST)
_SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Div,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Continue: ast.Break,
    ast.Break: ast.Continue,
}
_PAIRS = (
    ("min", "max"),
    ("any", "all"),
    ("lstrip", "rstrip"),
    ("find", "rfind"),
    ("startswith", "endswith"),
    ("removeprefix", "removesuffix"),
    ("partition", "rpartition"),
    ("split", "rsplit"),
    ("lower", "upper"),
    ("issubset", "issuperset"),
    ("search", "match"),
)
_CALLED = dict(_PAIRS) | {second: first for first, second in _PAIRS} | {"fullmatch": "match"}
_UNTOUCHED = frozenset({"annotation", "returns", "ctx", "decorator_list"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """At *place* stands *new*, in *target*: a function, a method, or a name of the module.

    *key* tells it from every other of its module, and outlives a change of line numbers.
    """

    target: str
    key: str
    place: Place
    new: ast.AST

    @property
    def lines(self) -> range:
        """Give the lines of which a test must run one, to be able to miss it."""
        statement = self.place.statement
        return range(statement.lineno, end_of_head(statement) + 1)

    def apply(self) -> None:
        """Make the edit, for good: the tree is a mutant from now on."""
        new = copy.deepcopy(self.new)
        if isinstance(new, ast.expr | ast.stmt):
            _ = ast.copy_location(new, self.place.node)
        self.place.put(ast.fix_missing_locations(new))


def mutations(tree: ast.Module) -> Iterator[Mutation]:
    """Give every mutation of the module whose syntax tree is *tree*, in the order of its lines."""
    seen = Counter[str]()
    for target, top in _targets(tree):
        for place in _places(target, top):
            for new, told in _edits(place):
                says = f"{target}: {told or difference(place, new)}"
                seen[says] += 1
                key = says if seen[says] == 1 else f"{says} #{seen[says]}"
                yield Mutation(target=target, key=key, place=place, new=new)


def _targets(tree: ast.Module) -> Iterator[tuple[str, Place]]:
    """Give each function, method and constant of the module by its name."""
    for index, node in enumerate(tree.body):
        place = Place(statement=node, parent=tree, field="body", index=index, node=node)
        match node:
            case ast.ClassDef(name=name, body=body):
                for number, part in enumerate(body):
                    if isinstance(part, ast.FunctionDef):
                        inside = Place(
                            statement=part, parent=node, field="body", index=number, node=part
                        )
                        yield f"{name}.{part.name}", inside
            case ast.FunctionDef(name=name):
                yield name, place
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if name != "__all__" and not _is_of_types(node):
                    yield name, place
            case _:
                continue


def _is_of_types(node: ast.Assign | ast.AnnAssign) -> bool:
    """Tell whether *node* only tells the type checker something."""
    match node:
        case ast.Assign(value=ast.Call(func=ast.Name(id="NewType" | "TypeVar"))):
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
        case _:
            return False


def _places(target: str, top: Place) -> Iterator[Place]:
    """Give every place in *top* where something can be changed, but *top* itself."""
    waiting = list(reversed(list(_below(top))))
    while waiting:
        place = waiting.pop()
        match place.node:
            case ast.Expr(value=ast.Constant()):
                continue  # a docstring
            case ast.Expr(value=ast.Call(func=ast.Name(id="assert_never"))):
                continue
            case ast.arguments():
                continue
            case _:
                yield place
                waiting.extend(reversed(list(_below(place))))


def _below(place: Place) -> Iterator[Place]:
    for field, value in ast.iter_fields(place.node):
        if field in _UNTOUCHED:
            continue
        several = isinstance(value, list)
        for index, part in enumerate(value if several else [value]):
            if isinstance(part, ast.AST):
                yield Place(
                    statement=part if isinstance(part, ast.stmt) else place.statement,
                    parent=place.node,
                    field=field,
                    index=index if several else None,
                    node=part,
                )


def _edits(place: Place) -> Iterator[tuple[ast.AST, str]]:
    """Give what could stand at *place*, and what that is called if the text cannot show it."""
    node = place.node
    if type(node) in _SWAPPED:
        yield _SWAPPED[type(node)](), ""
    for edits in (_of_statements, _of_branches, _of_calls, _of_values):
        for new in edits(node):
            yield new, ""
    if isinstance(node, ast.Match):
        yield from _without_a_case(node)


def _of_statements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            yield with_(node, value=ast.Constant("" if _is_none(value) else None))
        case ast.AugAssign(target=target, value=value):
            yield ast.Assign(targets=[target], value=value)
        case ast.Return(value=ast.Constant() | None):
            return
        case ast.Return():
            yield ast.Return(value=ast.Constant(None))
        case ast.Raise() | ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case _:
            return


def _of_branches(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.If() | ast.IfExp():
            yield with_(node, test=ast.Constant(value=True))
            yield with_(node, test=ast.Constant(value=False))
        case ast.While():
            yield with_(node, test=ast.Constant(value=False))
        case ast.comprehension(ifs=ifs):
            yield from (with_(node, ifs=_less(ifs, index)) for index in range(len(ifs)))
        case ast.match_case(guard=ast.expr()):
            yield with_(node, guard=None)
        case _:
            return


def _of_calls(node: ast.AST) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call):
        return
    match node.func:
        case ast.Name(id=name) if name in _CALLED:
            yield with_(node, func=ast.Name(id=_CALLED[name], ctx=ast.Load()))
        case ast.Attribute(attr=name) if name in _CALLED:
            yield with_(node, func=with_(node.func, attr=_CALLED[name]))
        case _:
            pass
    for index, argument in enumerate(node.args):
        if not isinstance(argument, ast.Starred) and not _is_none(argument):
            args = [*node.args[:index], ast.Constant(None), *node.args[index + 1 :]]
            yield with_(node, args=args)
    for index, keyword in enumerate(node.keywords):
        yield with_(node, keywords=_less(node.keywords, index))
        if keyword.arg is not None and not _is_none(keyword.value):
            none = with_(keyword, value=ast.Constant(None))
            others = [*node.keywords[:index], none, *node.keywords[index + 1 :]]
            yield with_(node, keywords=others)


def _of_values(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(value=not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str() as value):
            yield ast.Constant(f"XX{value}XX")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Lambda(body=body) if not _is_none(body):
            yield with_(node, body=ast.Constant(None))
        case _:
            return


def _without_a_case(node: ast.Match) -> Iterator[tuple[ast.AST, str]]:
    for index, case in enumerate(node.cases):
        match case.body:
            case [ast.Expr(value=ast.Call(func=ast.Name(id="assert_never")))]:
                continue
            case _ if len(node.cases) > 1:
                told = f"no {head(ast.Match(subject=node.subject, cases=[case]))[-90:]}"
                yield with_(node, cases=_less(node.cases, index)), " ".join(told.split())


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _less(parts: Sequence[_Node], index: int) -> list[_Node]:
    return [*parts[:index], *parts[index + 1 :]]
