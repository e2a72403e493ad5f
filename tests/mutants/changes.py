"""Makes the mutants of a module: each has one small change of the syntax tree, which a test should notice."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType

_MARK = "__changed__"
_AROUND = 40
"""How many characters before and after a change are shown."""
_NEIGHBOURS: dict[type[ast.cmpop], type[ast.cmpop]] = {
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
}
_OPPOSITES: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_OTHER_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_CLEANSING = {"strip", "lstrip", "rstrip", "lower", "upper", "casefold"}
_UNTOUCHED = {"annotation", "returns", "decorator_list", "bases"}
_LITERAL = (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict)


Name = tuple[str, str, str]
"""The name of a mutant: the module's path, the function or constant, and the change."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """A change of a syntax tree: ``new`` replaces ``node``, or ``node`` is removed if ``new`` is None.

    ``node`` is in the field ``field`` of ``holder``. If the field is a list, ``node`` is its member with the index
    ``at``.
    """

    holder: ast.AST
    field: str
    at: int | None
    new: ast.AST | None

    @property
    def node(self) -> ast.AST:
        place = getattr(self.holder, self.field)
        found: ast.AST = place if self.at is None else place[self.at]
        return found

    def put(self, new: ast.AST | None) -> None:
        if self.at is None:
            setattr(self.holder, self.field, new)
            return
        place = getattr(self.holder, self.field)
        if new is None:
            del place[self.at]
            if isinstance(self.holder, ast.Dict):
                del self.holder.keys[self.at]
        else:
            place[self.at] = new


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one small change. ``change`` is the text around it, with the change as ``⟦before → after⟧``. So the
    name of the mutant stays the same if the line moves, or if the module changes at another place.
    """

    path: str
    line: int
    within: str
    """The function (with its class) or the constant that is changed; "" for other code of the module."""
    change: str
    _edit: _Edit
    _tree: ast.Module

    @property
    def name(self) -> Name:
        return self.path, self.within, self.change

    def compiled(self) -> CodeType:
        """The module with the change. The tree stays changed, so call this in a process of its own."""
        self._edit.put(self._edit.new)
        return compile(ast.fix_missing_locations(self._tree), self.path, "exec", dont_inherit=True)


def mutants_of(path: str, source: str, scope: Sequence[str] = ()) -> list[Mutant]:
    """Every mutant of the module, or of the functions, classes and constants that ``scope`` names.

    Annotations, decorators, docstrings, sentences for people and log lines are not changed.
    """
    tree = ast.parse(source)
    found: list[Mutant] = []
    seen: Counter[tuple[str, str]] = Counter()
    for statement, within, edit in _edits(tree, tree, ""):
        if scope and not any(within == name or within.startswith(name + ".") for name in scope):
            continue
        change = _marked_change(statement, edit)
        seen[within, change] += 1
        count = seen[within, change]
        change = change if count == 1 else f"{change} ({count})"
        line: int = getattr(edit.node, "lineno", getattr(edit.holder, "lineno", 0))
        found.append(Mutant(path, line, within, change, edit, tree))
    return found


def _edits(node: ast.AST, statement: ast.AST, within: str) -> Iterator[tuple[ast.AST, str, _Edit]]:
    for field, value in ast.iter_fields(node):
        if field in _UNTOUCHED or (isinstance(node, ast.ClassDef) and field == "keywords"):
            continue
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _is_left_alone(child):
                continue
            inner = _name_within(child, within)
            around = child if isinstance(child, ast.stmt) else statement
            for new in _replacements(child, node, field):
                yield around, inner, _Edit(node, field, at, new)
            if _is_dropped(child, node, field):
                yield around, inner, _Edit(node, field, at, None)
            yield from _edits(child, around, inner)


def _name_within(node: ast.AST, within: str) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return f"{within}.{name}" if within else name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return within or name
        case _:
            return within


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log")))):
            return True
        case ast.Subscript(value=ast.Name(id="Literal")):
            return True
        case _:
            return False


def _is_dropped(node: ast.AST, holder: ast.AST, field: str) -> bool:
    """Whether the node is also left out in a mutant: a keyword argument, a member, a condition."""
    match holder, field:
        case ast.Call(), "keywords":
            return True
        case ((ast.List() | ast.Set()), "elts"):
            return len(holder.elts) > 1 and isinstance(getattr(holder, "ctx", ast.Load()), ast.Load)
        case ast.Tuple(), "elts":
            return len(holder.elts) > 1 and hasattr(holder, "is_of_errors")
        case ast.Dict(), "values":
            return len(holder.values) > 1
        case ast.ExceptHandler(), "type":
            if isinstance(node, ast.Tuple):
                node.is_of_errors = True  # type: ignore[attr-defined]
            return False
        case ast.comprehension(), "ifs":
            return True
        case ast.match_case(), "guard":
            return True
        case _:
            return False


def _replacements(node: ast.AST, holder: ast.AST, field: str) -> Iterator[ast.AST]:
    if field == "test" and isinstance(holder, ast.If | ast.While | ast.IfExp):
        if not isinstance(node, ast.Constant):
            yield ast.Constant(True)
            yield ast.Constant(False)
        else:
            return
    match node:
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            for at, operator in enumerate(ops):
                changed = [*ops[:at], _NEIGHBOURS[type(operator)](), *ops[at + 1 :]]
                yield ast.Compare(left, changed, comparators)
        case ast.BoolOp(op=operator, values=values):
            for at in range(len(values)):
                rest = [*values[:at], *values[at + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPPOSITES:
            if not isinstance(left, _LITERAL[1:]) and not isinstance(right, _LITERAL[1:]):
                yield ast.BinOp(left, _OPPOSITES[type(operator)](), right)
        case ast.Constant():
            yield from _constants(node, holder, field)
        case ast.Call():
            yield from _calls(node)
        case ast.Subscript(value=value, slice=ast.Slice(), ctx=ast.Load()):
            yield value
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.AugAssign() | ast.Delete():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()


def _constants(node: ast.Constant, holder: ast.AST, field: str) -> Iterator[ast.AST]:
    match node.value:
        case bool(value):
            yield ast.Constant(not value)
        case int(value):
            yield ast.Constant(value + 1)
        case float(value):
            yield ast.Constant(value * 1.25 if value else 1.0)
        case str(value) if not (
            " " in value.strip() or (isinstance(holder, ast.Subscript) and field == "slice")
        ):
            yield ast.Constant(value + "x")


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=args) if name in _OTHER_NAMES:
            other = ast.Name(_OTHER_NAMES[name], ast.Load())
            yield ast.Call(
                other, args[:1] if name == "sorted" else args, [] if name == "sorted" else node.keywords
            )
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=[]) if name in _CLEANSING:
            yield value


def _marked_change(statement: ast.AST, edit: _Edit) -> str:
    """The text around the change, with the change marked in it."""
    node, new = edit.node, edit.new
    before, after = ast.unparse(node), "" if new is None else ast.unparse(new)
    if node is statement:
        return f"⟦{_first_line(before)} → {after}⟧"
    mark: ast.AST = ast.Name(_MARK, ast.Load())
    if isinstance(edit.holder, ast.JoinedStr):
        mark = ast.Constant(_MARK)
    elif isinstance(node, ast.keyword):
        mark = ast.keyword(_MARK, ast.Constant(None))
    edit.put(mark)
    text = ast.unparse(statement)
    edit.put(node)
    line = next(line for line in text.splitlines() if _MARK in line)
    left, _, right = line.strip().replace(f"{_MARK}=None", _MARK).partition(_MARK)
    left = left if len(left) <= _AROUND else "…" + left[-_AROUND:]
    right = right if len(right) <= _AROUND else right[:_AROUND] + "…"
    return f"{left}⟦{before} → {after}⟧{right}"


def _first_line(text: str) -> str:
    return text.splitlines()[0]
