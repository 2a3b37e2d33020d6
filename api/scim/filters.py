"""Filters (RFC 7644 §3.4.2.2) as conditions of the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any
from uuid import UUID

from scim2_models import InvalidFilterException, ScimFilter
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)
from sqlalchemy import ColumnElement, and_, false, func, literal, not_, or_, true

from core.limits import is_storable

_Op = CompareOperator


@dataclass(frozen=True)
class Attribute:
    """What an attribute is in the database: a text, true or false, or a key; and whether its case counts."""

    column: Any
    case_exact: bool = False
    kind: type = str


def condition(asked: ScimFilter[Any] | None, attributes: Mapping[str, Attribute]) -> ColumnElement[bool]:
    """Return the condition that a filter is; attributes are named in lower case.

    Raises
    ------
    InvalidFilterException
        It asks for something that nothing is found by.
    """
    return true() if asked is None else _Conditions(attributes).visit(asked.ast)


class _Conditions(FilterVisitor[ColumnElement[bool]]):
    def __init__(self, attributes: Mapping[str, Attribute], inside: str = "") -> None:
        self.attributes, self.inside = attributes, inside

    def visit_not(self, node: Not) -> ColumnElement[bool]:
        return not_(self.visit(node.expr))

    def visit_logical_expr(self, node: LogicalExpr) -> ColumnElement[bool]:
        joined = and_ if node.op is LogicalOperator.and_ else or_
        return reduce(joined, (self.visit(each) for each in node.terms))

    def visit_present(self, node: Present) -> Any:
        return self._attribute(node.attr_path).column.is_not(None)

    def visit_value_path(self, node: ValuePath) -> ColumnElement[bool]:
        return _Conditions(self.attributes, f"{node.attr_path.attr}.").visit(node.val_filter)

    def visit_comparison(self, node: Comparison) -> Any:
        found, value = self._attribute(node.attr_path), node.value
        if found.kind is bool:
            return _of_bool(found.column, node)
        if not isinstance(value, str):
            raise _refused(node)
        return _of_key(found.column, node) if found.kind is UUID else _of_text(found, node.op, value, node)

    def _attribute(self, path: AttrPath) -> Attribute:
        name = self.inside + ".".join(part for part in (path.attr, path.sub_attr) if part)
        found = self.attributes.get(name.lower()) or self.attributes.get(f"{name}.value".lower())
        if found is None:
            known = ", ".join(self.attributes)
            raise InvalidFilterException(detail=f"Nothing is found by {name[:60]}. These can be asked for: {known}.")
        return found


def _of_text(found: Attribute, op: CompareOperator, value: str, node: FilterNode) -> Any:
    if not is_storable(value):
        return false()
    column: Any = found.column if found.case_exact else func.lower(found.column)
    sought: Any = literal(value) if found.case_exact else func.lower(value)
    match op:
        case _Op.eq:
            return column == sought
        case _Op.ne:
            return or_(column != sought, column.is_(None))
        case _Op.co:
            return func.strpos(column, sought) > 0
        case _Op.sw:
            return func.starts_with(column, sought)
        case _Op.ew:
            return func.right(column, len(value)) == sought
    raise _refused(node)


def _of_bool(column: Any, node: Comparison) -> Any:
    wanted = {"true": True, "false": False}.get(str(node.value).lower())
    if wanted is None or node.op not in {_Op.eq, _Op.ne}:
        raise _refused(node)
    return column.is_(wanted if node.op is _Op.eq else not wanted)


def _of_key(column: Any, node: Comparison) -> Any:
    if node.op is not _Op.eq:
        raise _refused(node)
    try:
        return column == UUID(node.value)
    except ValueError:
        return false()


def _refused(node: FilterNode) -> InvalidFilterException:
    return InvalidFilterException(detail=f"This cannot be asked for: {str(node)[:100]}")
