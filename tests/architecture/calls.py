"""Which functions of the product refer to which: read from the code, names resolved as Python does."""

import ast
import builtins
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from importlib import import_module
from inspect import isfunction, unwrap
from pathlib import Path
from types import ModuleType
from typing import Any

from core.database.lifecycle import Lifecycle

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "competence", "core", "hubs", "marketplace", "resources", "retention")
MOVES = {"move", "move_all", "begin"}


@dataclass
class Function:
    """What a function refers to: other functions, members of enums, and the lifecycles that it moves things by."""

    refers_to: set[str] = field(default_factory=set)
    mentions: set[Enum] = field(default_factory=set)
    moves: set[str] = field(default_factory=set)


class Calls:
    """All functions of the rooms, by module and name."""

    @cached_property
    def functions(self) -> dict[str, Function]:
        return {name: function for path in _sources() for name, function in _functions(path)}

    @cached_property
    def callers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for name, function in self.functions.items():
            for each in function.refers_to:
                found[each].add(name)
        return found

    def reached_from(self, names: Iterable[str]) -> set[str]:
        """Return what functions refer to, and what these do, and so on."""
        return _followed(names, lambda name: self.functions[name].refers_to & self.functions.keys())

    def reaching(self, names: Iterable[str]) -> set[str]:
        """Return what refers to functions, and what refers to these, and so on."""
        return _followed(names, lambda name: self.callers[name])


def _followed(names: Iterable[str], step: Callable[[str], Iterable[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += step(name)
    return reached


def name_of(function: Any) -> str:
    """Return what a function, or a handler's, is called here."""
    function = unwrap(getattr(function, "func", function))
    return f"{function.__module__}:{function.__qualname__}"


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if path.name != "__main__.py")


def _functions(path: Path) -> Iterator[tuple[str, Function]]:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    module = import_module(name)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name}:{node.name}", _read(node, module, None)
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{name}:{node.name}.{method.name}", _read(method, module, getattr(module, node.name))


def _read(node: ast.AST, module: ModuleType, owner: type | None) -> Function:
    found = Function()
    for each in ast.walk(node):
        if isinstance(each, ast.Name | ast.Attribute):
            _note(found, each, module, owner)
    return found


def _note(found: Function, node: ast.Name | ast.Attribute, module: ModuleType, owner: type | None) -> None:
    value = _value(node, module, owner)
    if isinstance(node, ast.Attribute) and node.attr in MOVES:
        lifecycle = _value(node.value, module, owner) if isinstance(node.value, ast.Name | ast.Attribute) else None
        found.moves |= {lifecycle.entity} if isinstance(lifecycle, Lifecycle) else set()
    for each in value if isinstance(value, tuple | frozenset) else (value,):
        if isinstance(each, Enum):
            found.mentions.add(each)
    function = getattr(value, "__func__", value)
    if isfunction(unwrap(function) if callable(function) else function):
        found.refers_to.add(name_of(function))


def _value(node: ast.AST, module: ModuleType, owner: type | None) -> Any:
    """Return what a name is when its module has been loaded; nothing for what is known only when it runs."""
    if isinstance(node, ast.Name):
        if node.id == "self":
            return owner
        return getattr(module, node.id, None) if not hasattr(builtins, node.id) else None
    if isinstance(node, ast.Attribute):
        value = _value(node.value, module, owner)
        return None if value is None else getattr(value, node.attr, None)
    return None
