"""Python made from a plan: functions that turn rows into the response, one for each object of the selection.

The functions pass right values through and raise on anything unusual: a null in a non-null place, another class than the
type asks for, a row of another form. What they raise is never shown: graphql-core completes the same rows then, and its
errors are the ones that clients see.

Names of the source come from counters, texts go through `repr`; nothing of a document is executed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from types import NoneType
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLLeafType, GraphQLScalarType, Undefined

from graph.model import NodeKey
from network.execution import cursors, plan, views
from network.execution.reads import Lookup
from network.execution.scalars import text

Completion = Callable[[Any, Any], Any]


class UnusualError(Exception):
    """A value that graphql-core has to complete."""


def as_float(value: Any) -> float:
    """A finite number as a float; stores give 5 for 5.0."""
    if (value.__class__ is not float and value.__class__ is not int) or not isfinite(value):
        raise UnusualError
    return float(value)


_GLOBALS: Final = {
    "UnusualError": UnusualError,
    "as_float": as_float,
    "KEYS": frozenset({NodeKey, Lookup, NoneType}),  # an exception in place of a key is an error of its item
}
_CHECKS: Final = {
    "String": "{0}.__class__ is not str",
    "ID": "{0}.__class__ is not str",
    "Int": "{0}.__class__ is not int or not -2147483648 <= {0} <= 2147483647",
    "Boolean": "{0} is not True and {0} is not False",
}


@dataclass(slots=True, eq=False)
class Body:
    """Statements of one function."""

    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        self.lines.append("    " + line)

    def refuse(self, condition: str, name: str, *, is_nullable: bool) -> None:
        guard = f"{name} is not None and ({condition})" if is_nullable else condition
        self.add(f"if {guard}: raise UnusualError")


@dataclass(slots=True, eq=False)
class Generator:
    """Writes the functions of one plan. `r` is a row or an item, `v` a value, `s` the state of the call."""

    positions: list[plan.Position]
    source: list[str] = field(default_factory=list)
    globals: dict[str, Any] = field(default_factory=lambda: dict(_GLOBALS))
    counter: int = 0
    written: dict[int, str] = field(default_factory=dict)

    def name(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}{self.counter}"

    def constant(self, prefix: str, value: object) -> str:
        name = self.name(prefix)
        self.globals[name] = value
        return name

    def define(self, name: str, parameters: str, body: Body, result: str) -> str:
        self.source += [f"def {name}({parameters}):", *body.lines, f"    return {result}"]
        return name

    def compile(self, entry: str) -> Completion:
        """The function called `entry`, once all are written."""
        exec(compile("\n".join(self.source), "<plan>", "exec"), self.globals)  # noqa: S102 - see the module's docstring
        function: Completion = self.globals[entry]
        return function

    def node(self, shape: plan.Shape) -> str:
        """Name of the function that completes a row of `shape`."""
        known = self.written.get(id(shape))
        if known is not None:
            return known
        name = self.written[id(shape)] = self.name("node")
        body = Body()
        parts = [f"{key!r}: {self.node_field(found, shape.layout, body)}" for key, found in shape.fields.items()]
        return self.define(name, "r, s", body, "{" + ", ".join(parts) + "}")

    def node_field(self, found: plan.FieldPlan, layout: plan.Layout, body: Body) -> str:
        match found:
            case plan.TypeName(name):
                return repr(name)
            case plan.PropertyValue(property_, output):
                return self.cell(layout.at(property_), output, body)
            case plan.KeyValue():
                cell = self.name("a")
                body.add(f"{cell} = r[{layout.at(layout.key_property)}]")
                body.refuse(f"{cell}.__class__ is not str", cell, is_nullable=False)
                return f"{layout.label + ':'!r} + {cell}"
            case plan.DerivedValue(function, needs, output):
                cell = self.name("a")
                arguments = ", ".join(f"r[{layout.at(need)}]" for need in needs)
                body.add(f"{cell} = {self.constant('f', function)}({arguments})")
                return self.output(output, cell, body)
            case plan.LinkValue():
                return self.link(found, layout, body)
            case plan.ConnectionValue():
                return f"{self.connection(found)}(r[{layout.link_at(found.index or 0)}], s)"
        raise TypeError(f"{found} has no generated form")

    def cell(self, index: int, output: plan.Output, body: Body) -> str:
        name = self.name("a")
        body.add(f"{name} = r[{index}]")
        return self.output(output, name, body)

    def link(self, found: plan.LinkValue, layout: plan.Layout, body: Body) -> str:
        name = self.name("a")
        body.add(f"{name} = r[{layout.link_at(found.index)}]")
        body.refuse(
            f"{name}.__class__ is not list", name, is_nullable=found.is_nullable and not found.plan.link.is_many
        )
        if found.plan.link.is_many:
            return f"[{self.call(found.shapes, 'i')} for i in {name}]"
        called = self.call(found.shapes, name)
        return f"None if {name} is None else {called}" if found.is_nullable else called

    def call(self, shapes: Mapping[str, plan.Shape], item: str, label: str | None = None) -> str:
        """Completion of an item, by its label where there are several."""
        names = {key: self.node(shape) for key, shape in shapes.items()}
        if len(names) == 1:
            return f"{next(iter(names.values()))}({item}, s)"
        table = self.name("T")
        self.source.append(f"{table} = {{{', '.join(f'{key!r}: {name}' for key, name in names.items())}}}")
        return f"{table}[{label or item + '[0]'}]({item}, s)"

    def connection(self, found: plan.ConnectionValue) -> str:
        """Name of the function that completes the value of a connection: items, or [total, items]."""
        body = Body()
        body.add("total, items = v" if found.count else "items = v")
        body.refuse("items.__class__ is not list", "items", is_nullable=False)
        body.add("page = s.start_page" if found.page is None else f"page = s.pages[{found.page}]")
        if found.has_lookahead:
            body.add("more = len(items) > page.first")
            body.add("if more: items = items[:page.first]")
        cursor = self.cursor(found)
        parts = []
        for key, part in found.fields.items():
            match part:
                case plan.TypeName(name):
                    parts.append(f"{key!r}: {name!r}")
                case plan.TotalValue():
                    body.refuse(_CHECKS["Int"].format("total"), "total", is_nullable=False)
                    parts.append(f"{key!r}: total")
                case plan.EdgesValue(shape):
                    parts.append(f"{key!r}: [{self.edge(shape, found, cursor)}(i, s) for i in items]")
                case plan.PageInfoValue(fields):
                    parts.append(f"{key!r}: {self.page_info(fields, cursor)}")
        return self.define(self.name("connection"), "v, s", body, "{" + ", ".join(parts) + "}")

    def page_info(self, fields: Mapping[str, str | plan.TypeName], cursor: str) -> str:
        shown = {
            "hasNextPage": "more",
            "hasPreviousPage": "page.after is not None",
            "startCursor": f"{cursor}(items[0], s) if items else None",
            "endCursor": f"{cursor}(items[-1], s) if items else None",
        }
        parts = [
            f"{key!r}: {repr(name.name) if isinstance(name, plan.TypeName) else shown[name]}"
            for key, name in fields.items()
        ]
        return "{" + ", ".join(parts) + "}"

    def cursor(self, found: plan.ConnectionValue) -> str:
        """Name of a function from an item to its cursor; it works only where the plan reads the order's columns."""
        value = found

        def cursor_of(item: list[Any], state: Any) -> str:
            scope = value.scope or state.start_scope
            layout = next(iter(value.layouts.values())) if value.plan is None else value.plan.layout_of(item)
            return cursors.encode(scope, [item[cell] for cell in views.cursor_cells(layout, scope.columns)])

        return self.constant("cursor", cursor_of)

    def edge(self, shape: plan.EdgeShape, found: plan.ConnectionValue, cursor: str) -> str:
        body = Body()
        parts = []
        for key, part in shape.fields.items():
            match part:
                case plan.TypeName(name):
                    parts.append(f"{key!r}: {name!r}")
                case plan.CursorValue():
                    parts.append(f"{key!r}: {cursor}(r, s)")
                case plan.NodeValue(shapes):
                    parts.append(f"{key!r}: {self.call(shapes, 'r')}")
                case plan.PropertyValue(property_, output):
                    assert found.plan is not None
                    parts.append(f"{key!r}: {self.cell(found.plan.edge_at(property_), output, body)}")
        return self.define(self.name("edge"), "r, s", body, "{" + ", ".join(parts) + "}")

    def output(self, output: plan.Output, name: str, body: Body) -> str:
        """Checks variable `name` in `body`; the expression of its completed value."""
        match output:
            case plan.Leaf(type_, is_nullable):
                return self.leaf(type_, name, body, is_nullable=is_nullable)
            case plan.Items(of, is_nullable):
                body.refuse(
                    f"{name}.__class__ is not list and {name}.__class__ is not tuple", name, is_nullable=is_nullable
                )
                shown = self.items(of, name, body)
            case plan.JsonObject(_name, _fields, is_nullable):
                shown = f"{self.json(output)}({name}, s)"
            case plan.ValueObject(shapes, is_nullable):
                shown = self.value_call(shapes, name)
            case plan.Reference(position, shapes, is_nullable):
                row = self.name("a")
                body.refuse(f"{name}.__class__ not in KEYS", name, is_nullable=False)
                body.add(f"{row} = s.loaded[{position}].get({name})")
                if not is_nullable:
                    body.refuse(f"{row} is None", name, is_nullable=False)
                called = self.call(shapes, row, f"{name}.label")
                return f"None if {row} is None else {called}" if is_nullable else called
        return f"None if {name} is None else {shown}" if is_nullable else shown

    def items(self, of: plan.Output, name: str, body: Body) -> str:
        match of:
            case plan.Reference(position, shapes, is_nullable=False):
                row, key = self.name("a"), self.name("k")
                body.refuse(f"any(k.__class__ not in KEYS for k in {name})", name, is_nullable=True)
                called = self.call(shapes, row, f"{key}.label")
                return f"[{called} for {key} in {name} if ({row} := s.loaded[{position}].get({key})) is not None]"
            case plan.ValueObject(shapes) if any(shape.required for shape in shapes.values()):
                kept = self.constant("kept", lambda item, state: views.is_kept(item, of, state))
                return f"[{self.value_call(shapes, 'i')} for i in {name} if {kept}(i, s)]"
        inner = Body()
        result = self.output(of, "v", inner)
        return f"[{self.define(self.name('item'), 'v, s', inner, result)}(i, s) for i in {name}]"

    def leaf(self, type_: GraphQLLeafType, name: str, body: Body, *, is_nullable: bool) -> str:
        if type_.name in _CHECKS and isinstance(type_, GraphQLScalarType):
            body.refuse(_CHECKS[type_.name].format(name), name, is_nullable=is_nullable)
            return name
        if isinstance(type_, GraphQLEnumType):
            call = f"{self.constant('enum', _enum_names(type_))}[{name}]"
        elif type_.name == "Float":
            call = f"as_float({name})"
        elif _is_text(type_):
            body.refuse(_CHECKS["String"].format(name), name, is_nullable=is_nullable)
            return name
        else:
            call = f"{self.constant('scalar', _scalar(type_))}({name})"
        return f"None if {name} is None else {call}" if is_nullable else call

    def json(self, output: plan.JsonObject) -> str:
        body = Body()
        body.refuse("v.__class__ is not dict", "v", is_nullable=False)
        parts = []
        for key, found in output.fields.items():
            if isinstance(found, plan.TypeName):
                parts.append(f"{key!r}: {found.name!r}")
                continue
            member, of = found
            name = self.name("a")
            body.add(f"{name} = v.get({member!r})")
            parts.append(f"{key!r}: {self.output(of, name, body)}")
        return self.define(self.name("json"), "v, s", body, "{" + ", ".join(parts) + "}")

    def value_call(self, shapes: Mapping[type, plan.ValueShape], name: str) -> str:
        table = self.name("V")
        entries = [f"{self.constant('C', cls)}: {self.value(shape)}" for cls, shape in shapes.items()]
        self.source.append(f"{table} = {{{', '.join(entries)}}}")
        return f"{table}[{name}.__class__]({name}, s)"

    def value(self, shape: plan.ValueShape) -> str:
        body = Body()
        parts = []
        for key, found in shape.fields.items():
            if not isinstance(found, tuple):
                assert isinstance(found, plan.TypeName)
                parts.append(f"{key!r}: {found.name!r}")
                continue
            attribute, of = found
            name = self.name("a")
            body.add(f"{name} = v.{attribute}")
            parts.append(f"{key!r}: {self.output(of, name, body)}")
        return self.define(self.name("value"), "v, s", body, "{" + ", ".join(parts) + "}")


def _enum_names(type_: GraphQLEnumType) -> dict[object, str]:
    """Names by stored value, and by member of the Python enum where values of ours hold one."""
    names = {value.value: key for key, value in type_.values.items()}
    members = getattr(type_, "wrapped_cls", ())
    return names | {member: names[member.value] for member in members if member.value in names}


def _is_text(type_: GraphQLLeafType) -> bool:
    return text in (getattr(type_, "serialize", None), getattr(type_, "coerce_output_value", None))


def _scalar(type_: GraphQLLeafType) -> Callable[[Any], Any]:
    def coerce(value: Any) -> Any:
        found = type_.coerce_output_value(value)
        if found is None or found is Undefined:
            raise UnusualError
        return found

    return coerce
