"""Finds every sentence that people may read, for the catalogues of `bot/locale`.

A msgid is followed from where it is said back to where it is written: through functions that
hand it on, fields of classes that hold it, constants. So whatever is said is found, and a msgid
that cannot be followed is a mistake of ours (`Unfindable`).
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[1]
ROOMS = ("school", "zoom", "services", "bot", "web")
# Behind these two stands gettext; what is handed to them has been followed where it is said.
VOICES = frozenset({"bot/speech.py", "web/wording.py"})

_SAID = {  # callables that all msgids end in, and the parameters that take one
    "say": ("msgid",),
    "self": ("msgid",),  # a voice, within itself
    "_": ("msgid",),
    "label": ("msgid",),
    "many": ("singular", "plural"),
    "Text": ("msgid", "plural"),
}
_PLURALS = {"msgid": "plural", "singular": "plural"}
_ORDER = {  # of the parameters that are given by position
    "say": ("msgid",),
    "self": ("msgid",),
    "_": ("msgid",),
    "label": ("msgid",),
    "many": ("singular", "plural", "count"),
    "Text": ("msgid", "values", "plural", "count"),
}
_MOST_ROUNDS = 10

Msgid = str | tuple[str, str]
Expression = ast.expr
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Found:
    """Where a sentence stands, and what says it: `say`, `label`, `NotAllowed`, `Command`."""

    files: set[str] = field(default_factory=set)
    said_by: set[str] = field(default_factory=set)

    def add(self, file: str, callee: str) -> None:
        self.files.add(file)
        self.said_by.add(callee)


class Unfindable(Exception):
    """A msgid that is not written where it can be found."""


@dataclass
class Module:
    """One source file."""

    path: str
    tree: ast.Module
    constants: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.tree.body:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._constant(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._constant(node.target, node.value)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for name in node.names:
                    self.imports[name.asname or name.name] = (
                        f"{node.module.replace('.', '/')}.py",
                        name.name,
                    )

    def _constant(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.constants[target.id] = value


@dataclass(frozen=True)
class Takes:
    """A callable that takes msgids: all its parameters in order, and which of them are msgids."""

    order: tuple[str, ...]
    msgids: frozenset[str]


class Sources:
    """All source files, and what is known about who takes msgids."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = {module.path: module for module in modules}
        self._takes = {
            name: Takes(_ORDER[name], frozenset(parameters)) for name, parameters in _SAID.items()
        }
        self._fields: set[str] = set()
        self.found: dict[Msgid, Found] = defaultdict(Found)
        self.problems: set[str] = set()

    def follow(self) -> None:
        """Goes through everything until nothing new takes msgids."""
        for _ in range(_MOST_ROUNDS):
            before = dict(self._takes), set(self._fields)
            self.found.clear()
            self.problems.clear()
            for module in self.modules.values():
                self._look_through(module)
            if before == (self._takes, self._fields):
                return
        raise Unfindable("msgids are handed on in circles")

    def _look_through(self, module: Module) -> None:
        for node, parents in _walk(module.tree, ()):
            if isinstance(node, ast.ClassDef):
                self._look_at_class(node)
            if isinstance(node, ast.Call):
                self._look_at_call(module, node, parents)

    def _look_at_class(self, node: ast.ClassDef) -> None:
        """An error's subclass takes what the error takes; a class with such a field takes it."""
        bases = [self._takes[_name(base)] for base in node.bases if _name(base) in self._takes]
        has_own = any(isinstance(item, Function) and item.name == "__init__" for item in node.body)
        order = tuple(
            item.target.id
            for item in node.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        )
        own = frozenset(f"{node.name}.{name}" for name in order) & self._fields
        if bases and not has_own and node.name not in self._takes:
            self._takes[node.name] = bases[0]
        elif own:
            msgids = frozenset(name.partition(".")[2] for name in own)
            self._takes[node.name] = Takes(order, msgids)

    def _look_at_call(self, module: Module, call: ast.Call, parents: tuple[ast.AST, ...]) -> None:
        name = _callee(call, parents)
        takes = self._takes.get(f"{module.path}:{name}") or self._takes.get(name)
        if takes is None or (name == "self" and module.path not in VOICES):
            return
        given = dict(zip(takes.order, call.args, strict=False))
        given |= {one.arg: one.value for one in call.keywords if one.arg is not None}
        said = {parameter: given[parameter] for parameter in takes.msgids if parameter in given}
        place = f"{module.path}:{call.lineno}"
        literals = {
            parameter: sorted(set(self._literals(module, value, parents, place)))
            for parameter, value in said.items()
        }
        for one, other in _PLURALS.items():
            if literals.get(one) and literals.get(other):
                pairs = zip(literals.pop(one), literals.pop(other), strict=True)
                for pair in pairs:
                    self.found[pair].add(module.path, name)
        for texts in literals.values():
            for text in texts:
                self.found[text].add(module.path, name)

    def _literals(
        self, module: Module, value: Expression, parents: tuple[ast.AST, ...], place: str
    ) -> Iterator[str]:
        """The texts that an expression may be; who hands it on is noted."""
        match value:
            case ast.Constant(value=str(text)):
                yield text
            case ast.Constant(value=None):
                pass
            case ast.Attribute(attr=name):
                self._hand_on_field(name, module, place)
            case ast.Name(id=name):
                yield from self._named(module, name, parents, place)
            case _:
                within = _within(value)
                if not within and module.path not in VOICES:
                    self.problems.add(f"{place}: {ast.unparse(value)}")
                for each in within:
                    yield from self._literals(module, each, parents, place)

    def _named(
        self, module: Module, name: str, parents: tuple[ast.AST, ...], place: str
    ) -> Iterator[str]:
        for function in reversed([one for one in parents if isinstance(one, Function)]):
            if name in _parameters(function):
                self._hand_on(module, function, name, parents)
                return
            if assigned := list(_assigned(function, name)):
                for value in assigned:
                    yield from self._literals(module, value, parents, place)
                return
        if name in module.constants:
            yield from self._literals(module, module.constants[name], (), place)
        elif name in module.imports and module.imports[name][0] in self.modules:
            path, original = module.imports[name]
            yield from self._named(self.modules[path], original, (), place)
        else:
            self.problems.add(f"{place}: {name}")

    def _hand_on(
        self, module: Module, function: Function, name: str, parents: tuple[ast.AST, ...]
    ) -> None:
        """The function takes a msgid itself; a class does by its `__init__`."""
        if module.path in VOICES:
            return
        holder = parents[parents.index(function) - 1]
        order = _parameters(function)
        callee = f"{module.path}:{function.name}"
        if isinstance(holder, ast.ClassDef):
            order = tuple(one for one in order if one not in {"self", "cls"})
            callee = holder.name if function.name == "__init__" else function.name
        elif not function.name.startswith("_"):
            callee = function.name
        known = self._takes.get(callee)
        self._takes[callee] = Takes(order, (known.msgids if known else frozenset()) | {name})

    def _hand_on_field(self, name: str, module: Module, place: str) -> None:
        if module.path in VOICES:
            return
        holders = {
            node.name
            for other in self.modules.values()
            for node in ast.walk(other.tree)
            if isinstance(node, ast.ClassDef) and _has_text_field(node, name)
        }
        if not holders:
            self.problems.add(f"{place}: .{name}")
        self._fields |= {f"{holder}.{name}" for holder in holders}


def every_msgid(root: Path = ROOT) -> dict[Msgid, Found]:
    """Each sentence, or its singular and plural, in the order of the files that they stand in.

    Raises Unfindable, with all places where a msgid is not a literal.
    """
    sources = Sources(
        Module(file.relative_to(root).as_posix(), ast.parse(file.read_text("utf-8")))
        for room in ROOMS
        for file in sorted((root / room).rglob("*.py"))
    )
    sources.follow()
    found = sources.found
    for file in sorted((root / "web" / "templates").glob("*.html")):
        for text in _in_template(file, sources.problems):
            found[text].add(file.relative_to(root).as_posix(), "_")
    if sources.problems:
        raise Unfindable("not a literal:\n" + "\n".join(sorted(sources.problems)))
    return _merged(found)


def _merged(found: dict[Msgid, Found]) -> dict[Msgid, Found]:
    """A sentence that is said alone and as a singular is one entry in a catalogue."""
    plurals: dict[str, tuple[str, str]] = {}
    for one in found:
        if isinstance(one, tuple) and plurals.setdefault(one[0], one) != one:
            raise Unfindable(f"two plurals of “{one[0]}”")
    merged: dict[Msgid, Found] = defaultdict(Found)
    for one, each in found.items():
        whole = merged[plurals.get(one, one) if isinstance(one, str) else one]
        whole.files |= each.files
        whole.said_by |= each.said_by
    return dict(sorted(merged.items(), key=_place))


def _place(entry: tuple[Msgid, Found]) -> tuple[str, str]:
    msgid, found = entry
    return min(found.files), msgid if isinstance(msgid, str) else msgid[0]


def _in_template(file: Path, problems: set[str]) -> Iterator[str]:
    for call in Environment(autoescape=True).parse(file.read_text("utf-8")).find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name == "_"):
            continue
        if isinstance(call.args[0], nodes.Const):
            yield str(call.args[0].value)
        else:
            problems.add(f"{file.name}:{call.lineno}")


def _within(value: Expression) -> list[Expression]:
    """What an expression picks its value from; nothing, where it makes a text of its own."""
    match value:
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.BoolOp(values=values) | ast.Dict(values=values):
            return values
        case ast.Tuple(elts=values) | ast.List(elts=values):
            return values
        case (
            ast.Subscript(value=holder)
            | ast.Call(func=ast.Attribute(value=holder, attr="get" | "values"))
            | ast.Call(func=ast.Name(id="MappingProxyType"), args=[holder])
        ):
            return [holder]
    return []


def _walk(
    node: ast.AST, parents: tuple[ast.AST, ...]
) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    for child in ast.iter_child_nodes(node):
        yield child, (*parents, node)
        yield from _walk(child, (*parents, node))


def _name(callee: ast.expr) -> str:
    match callee:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _callee(call: ast.Call, parents: tuple[ast.AST, ...]) -> str:
    """`super().__init__(…)` calls the class above."""
    if ast.unparse(call.func) == "super().__init__":
        above = next(one for one in reversed(parents) if isinstance(one, ast.ClassDef))
        return _name(above.bases[0]) if above.bases else ""
    return _name(call.func)


def _parameters(function: Function) -> tuple[str, ...]:
    given = function.args
    return tuple(one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs))


def _assigned(function: Function, name: str) -> Iterator[ast.expr]:
    """What a variable of the function's own is set to, or goes through."""
    for node in ast.walk(function):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=found)], value=value)
                | ast.For(target=ast.Name(id=found), iter=value)
                | ast.comprehension(target=ast.Name(id=found), iter=value)
                | ast.NamedExpr(target=ast.Name(id=found), value=value)
            ) if found == name:
                yield value


def _has_text_field(node: ast.ClassDef, name: str) -> bool:
    return any(
        isinstance(item, ast.AnnAssign)
        and isinstance(item.target, ast.Name)
        and item.target.id == name
        and "str" in ast.unparse(item.annotation)
        for item in node.body
    )
