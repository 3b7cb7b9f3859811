"""Which declaration a name means: ids of everything declared, and how paths resolve.

A name is looked up in its own instrument and module, then in what the file uses, then
as a full id, then below its regime. Vocabulary (records, enums, units) is global.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import field

from longarm_dsl.core.places import country_named
from longarm_dsl.core.sources import Module
from longarm_dsl.diagnostics import Diagnostic, Label, did_you_mean, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span
from longarm_dsl.surface import ast as surface


@dataclass(frozen=True, slots=True)
class Context:
    """Where a declaration stands: its module, its instrument if any, its regime if any."""

    module: Module
    instrument: str | None
    regime: str | None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration with its id and kind."""

    id: str
    kind: str
    decl: surface.Decl
    context: Context
    span: Span


@dataclass(slots=True)
class Linker:
    """Everything declared, by id; filled once, then only read."""

    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    by_id: dict[str, Declared] = field(default_factory=dict[str, Declared])
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Rule ids of an instrument."""
    modules: dict[str, Module] = field(default_factory=dict[str, Module])
    module_instruments: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    uses: dict[str, list[tuple[str, tuple[str, ...]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    contexts: list[tuple[surface.Decl, Context]] = field(
        default_factory=list[tuple[surface.Decl, Context]]
    )

    def declare(
        self, id_: str, kind: str, decl: surface.Decl, context: Context, span: Span
    ) -> None:
        """Record a declaration; the second of an id is a finding and is dropped."""
        first = self.by_id.get(id_)
        if first is not None:
            self.found.append(
                error(
                    "duplicate-name",
                    f"`{id_}` is declared twice",
                    span,
                    secondary=(Label(first.span, "first declared here"),),
                    help="give one of them another name",
                )
            )
            return
        self.by_id[id_] = Declared(id_, kind, decl, context, span)
        if kind == "rule" and context.instrument is not None:
            self.members[context.instrument].append(id_)

    def candidates(self, text: str, context: Context) -> Iterator[str]:
        """Ids that a path may mean, nearest first."""
        for prefix in (context.instrument, context.module.name):
            if prefix is not None:
                yield f"{prefix}.{text}"
        head = text.split(".", 1)[0]
        for module, names in self.uses[context.module.name]:
            if not names or head in names:
                yield f"{module}.{text}"
                for instrument in self.module_instruments.get(module, ()):
                    yield f"{instrument}.{text}"
        yield text
        if context.regime is not None:
            yield f"{context.regime}.{text}"

    def find(self, text: str, context: Context, *kinds: str) -> Declared | None:
        """The declaration that a path means, perhaps only of some kinds."""
        for id_ in self.candidates(text, context):
            declared = self.by_id.get(id_)
            if declared is not None and (not kinds or declared.kind in kinds):
                return declared
        return None

    def unknown(
        self, text: str, span: Span, context: Context, what: str, also: tuple[str, ...] = ()
    ) -> Diagnostic:
        """The finding for a name that nothing declares."""
        tail = {id_.rsplit(".", 1)[-1] for id_ in self.by_id}
        near = {*tail, *self.by_id, *also}
        place = country_named(text)
        help_ = f"did you mean the country `{place}`?" if place and what == "name" else None
        return error(
            "unknown-name",
            f"nothing declares the {what} `{text}`",
            span,
            help=help_ or did_you_mean(text, near) or "declare it, or `use` the module that does",
            note=context.instrument,
        )


_LOCAL = {
    surface.ParamDecl: "param",
    surface.LetDecl: "let",
}


def link(modules: tuple[Module, ...]) -> Linker:
    """Collect every declaration of every module."""
    linker = Linker()
    for module in modules:
        if module.name in linker.modules:
            continue
        linker.modules[module.name] = module
        _collect(linker, module)
    for module in modules:
        for decl in module.file.decls:
            if isinstance(decl, surface.Use):
                _use(linker, module, decl)
    return linker


def _use(linker: Linker, module: Module, decl: surface.Use) -> None:
    name = decl.module.text
    if name not in linker.modules and name not in linker.by_id:
        linker.found.append(
            error(
                "unknown-module",
                f"there is no module `{name}`",
                decl.module.span,
                help=did_you_mean(name, linker.modules)
                or "a module is a `.pol` file, named by its path",
            )
        )
        return
    linker.uses[module.name].append((name, tuple(n.text for n in decl.names)))
    prefixes = (name, *linker.module_instruments.get(name, ()))
    for used in decl.names:
        if not any(
            f"{p}.{used.text}" in linker.by_id or used.text in linker.by_id for p in prefixes
        ):
            linker.found.append(
                error(
                    "unknown-name",
                    f"module `{name}` declares no `{used.text}`",
                    used.span,
                    help=did_you_mean(
                        used.text,
                        [i.removeprefix(f"{p}.") for p in prefixes for i in linker.by_id],
                    ),
                )
            )


def _collect(linker: Linker, module: Module) -> None:
    context = Context(module, None, None)
    counts: dict[str, int] = defaultdict(int)
    for decl in module.file.decls:
        if isinstance(decl, surface.Instrument):
            regime = _word(decl, "regime") or module.name.split(".")[0]
            id_ = f"{regime}.{decl.name.text}"
            context = Context(module, id_, regime, _word(decl, "authority"))
            linker.module_instruments[module.name].append(id_)
            linker.declare(id_, "instrument", decl, context, decl.name.span)
            linker.contexts.append((decl, context))
            counts.clear()
            continue
        linker.contexts.append((decl, context))
        prefix = context.instrument or module.name
        match decl:
            case surface.RecordDecl(name):
                linker.declare(f"record {name.text}", "record", decl, context, name.span)
            case surface.EnumDecl(name):
                linker.declare(f"enum {name.text}", "enum", decl, context, name.span)
            case surface.UnitDecl(name):
                linker.declare(f"unit {name.text}", "unit", decl, context, name.span)
            case surface.WorkdaysDecl(name):
                linker.declare(f"workdays {name.text}", "workdays", decl, context, name.span)
            case surface.RuleDecl(name):
                linker.declare(f"{prefix}.{name.text}", "rule", decl, context, name.span)
            case surface.ReadingDecl(name):
                linker.declare(f"{prefix}.{name.text}", "reading", decl, context, name.span)
            case surface.ParamDecl(name) | surface.LetDecl(name):
                kind = _LOCAL[type(decl)]
                linker.declare(_dotted(name, prefix), kind, decl, context, name.span)
            case surface.SetDecl(keyword, name):
                linker.declare(_dotted(name, prefix), keyword, decl, context, name.span)
            case surface.TableDecl(_, name):
                linker.declare(_dotted(name, prefix), "table", decl, context, name.span)
            case surface.StatusDecl(name):
                owner = context.regime or module.name
                linker.declare(_dotted(name, owner), "status", decl, context, name.span)
            case surface.EntryDecl(code):
                name_ = _word(decl, "as") or code.value
                linker.declare(f"{prefix}.{name_}", "entry", decl, context, code.span)
            case surface.EventDecl() | surface.AmendsDecl():
                word = decl.verb.text if isinstance(decl, surface.EventDecl) else "amends"
                own = _word(decl, "as")
                counts[word] += 1
                number = f"_{counts[word]}" if counts[word] > 1 else ""
                id_ = f"{prefix}.{own or word + number}"
                linker.declare(id_, "event", decl, context, decl.span)
            case _:
                pass


def _dotted(name: surface.Path, prefix: str) -> str:
    """A declared dotted name is an id of its own; a plain one belongs to its file."""
    return name.text if len(name.parts) > 1 else f"{prefix}.{name.text}"


def _word(
    decl: surface.Instrument | surface.EventDecl | surface.AmendsDecl | surface.EntryDecl,
    keyword: str,
) -> str | None:
    for clause in decl.clauses:
        if isinstance(clause, surface.WordClause) and clause.keyword == keyword:
            return clause.word.text
    return None
