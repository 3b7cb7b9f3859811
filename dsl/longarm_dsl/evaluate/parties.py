"""Parties: who is the same, who is on which list, who is owned by whom (semantics 1.11, 1.12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from longarm_dsl.core import ast, facts, names
from longarm_dsl.core.codes import just, union
from longarm_dsl.core.formula import (
    NO,
    YES,
    Atom,
    Formula,
    Question,
    QuestionKind,
    Truth,
    ask,
    conj,
    disj,
    negate,
)
from longarm_dsl.core.numbers import Comparison, Failure, Interval, point, show
from longarm_dsl.core.ownership import Finding, Method, Stake, owned
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.types import TEXT, RowType, item_of
from longarm_dsl.evaluate.values import (
    Amount,
    ItemCodes,
    ListNames,
    Many,
    Row,
    Scalar,
    Thing,
    Value,
    WrittenCodes,
    label,
)
from longarm_dsl.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from longarm_dsl.evaluate.terms import Terms

_KINDS = {"equity": "share", "votes": "votes", "seats": "seats"}
"""What a stake is made of, by the word that a test has for it; `any` is each of them."""
Env = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Graph:
    """The parties above one party, with the stakes stated for each kind of holding."""

    nodes: dict[str, Thing]
    stakes: tuple[Stake, ...]
    open_owners: frozenset[str]
    inside: tuple[str, ...]


@dataclass(slots=True)
class Parties:
    """Evaluates what the language says of parties."""

    terms: Terms

    # ── identity ─────────────────────────────────────────────────────────────

    def text(self, thing: Thing, name: str) -> str | None:
        """A stated text of a party."""
        fact = self.terms.world.stated(thing, name)
        value = getattr(fact, "value", None)
        return value if isinstance(value, str) else None

    def key(self, thing: Thing) -> str:
        """Equal ids are the same party; without an id a party is its own place in the case."""
        return self.text(thing, "id") or thing.path

    def same(self, one: Thing, two: Thing) -> Formula:
        """Whether two mentions are one party."""
        if one.missing or two.missing:
            return NO
        if one.path == two.path:
            return YES
        a, b = self.text(one, "id"), self.text(two, "id")
        if a is not None and b is not None:
            return YES if a == b else NO
        first, second = sorted((one.path, two.path))
        return ask(f"{first} = {second}", QuestionKind.FACT, f"is {first} the same as {second}?")

    def shown(self, thing: Thing) -> str:
        """A party by its name if it has one."""
        return self.text(thing, "name") or self.text(thing, "id") or thing.path

    # ── tables and lists ─────────────────────────────────────────────────────

    def rows(self, table: str) -> Many:
        """The rows of a table that are in force."""
        decl = self.terms.world.program.tables[table]
        found: list[tuple[Formula, Value]] = []
        for row in decl.rows:
            force = self.terms.world.row_in_force(row)
            if force != NO:
                found.append((force, self.row(row, table)))
        question = None
        if not self.terms.world.complete(table):
            question = Question(
                table, QuestionKind.LIST, f"what does {table} say beyond the rows of this pack?"
            )
        return Many(tuple(found), question, table, RowType(table))

    def row(self, row: ast.Row, table: str) -> Row:
        """A row with its cells evaluated."""
        lasting = self.terms.world.lasting
        known = lasting.get(id(row))
        if known is not None and isinstance(known[1], Row):
            return known[1]
        made = self._row(row, table)
        if known is None:
            constant = all(map(self.terms.constant, row.cells.values()))
            lasting[id(row)] = row, made if constant else None
        return made

    def _row(self, row: ast.Row, table: str) -> Row:
        cells = {name: self.terms.value(cell, {}) for name, cell in row.cells.items()}
        party = cells.get("party")
        shown = party.value if isinstance(party, Scalar) and isinstance(party.value, str) else None
        cells["list"] = Scalar(table, f"{row.id}.list", TEXT)
        return Row(row.id, table, shown or row.id.removeprefix(f"{table}."), cells)

    def on_any(self, thing: Thing, ids: tuple[str, ...]) -> Formula:
        """Whether a party is on one of some lists."""
        options: list[Formula] = []
        for id_ in ids:
            many = self.listed(thing, id_)
            options.extend(member for member, _ in many.items)
            if many.open is not None:
                options.append(Atom(many.open))
        return disj(options)

    def names_listed(self, ids: tuple[str, ...], listings: Many) -> Formula:
        """`us.sdn_list in p.lists`: whether the case states such a listing."""
        options: list[Formula] = []
        for member, value in listings.items:
            if isinstance(value, Thing):
                options.append(conj((member, self._names_one_of(value, ids))))
        if listings.open is not None:
            options.append(
                ask(
                    f"{' or '.join(ids)} in {listings.path}",
                    QuestionKind.LIST,
                    f"is {' or '.join(ids)} in {listings.path}?",
                )
            )
        return disj(options)

    def _names_one_of(self, listing: Thing, ids: tuple[str, ...]) -> Formula:
        """Whether a stated listing is one of some lists; without a readable name it may be."""
        name = self.text(listing, "list")
        if name is not None:
            return YES if name in ids else NO
        text = f"{listing.path}.list in {' + '.join(ids)}"
        return ask(text, QuestionKind.FACT, f"is {listing.path} on {' or '.join(ids)}?")

    def listed(self, thing: Thing, table: str) -> Many:
        """The entries of one party on one list: stated in the case, or matched by name."""
        key = table, thing.path, thing.type, id(thing.fact), thing.missing
        if key not in self.terms.listings:
            self.terms.listings[key] = thing, self._listed(thing, table)
        return self.terms.listings[key][1]

    def _listed(self, thing: Thing, table: str) -> Many:
        world = self.terms.world
        decl = world.program.tables[table]
        if thing.missing:
            return Many((), None, table, RowType(table))
        found: list[tuple[Formula, Value]] = []
        matched = False
        own = self._names(thing)
        for row, match in self._matches(own, decl):
            force = world.row_in_force(row)
            if force == NO:
                continue
            made = self.row(row, table)
            if match is Truth.YES:
                matched = True
                found.append((force, made))
            else:
                same = ask(
                    f"{thing.path} is {made.label}",
                    QuestionKind.FACT,
                    f"is {self.shown(thing)} the listed {made.label}?",
                )
                found.append((conj((force, same)), made))
        lists = self._lists(thing)
        if lists is not None and not matched:  # a row that bears the name is what the case states
            for member, value in lists.items:
                if not isinstance(value, Thing):
                    continue
                named = self._names_one_of(value, (table,))
                if named != NO:
                    found.append((conj((member, named)), self._stated_row(value, table)))
                    matched = matched or named == YES
        question = self._open(thing, table, lists, matched=matched, nameless=not own)
        return Many(tuple(found), question, table, RowType(table))

    def _lists(self, thing: Thing) -> Many | None:
        made = self.terms.world.field(thing, "lists")
        return made if isinstance(made, Many) else None

    def _open(
        self, thing: Thing, table: str, lists: Many | None, *, matched: bool, nameless: bool
    ) -> Question | None:
        """Whether the party may be on the list all the same."""
        world = self.terms.world
        if matched:
            return None
        hidden = self._hides_a_name(thing)
        closed = thing.fact is not None and f"{thing.path}.lists" in world.assumed
        if lists is not None and lists.open is None and not (closed and hidden):
            # Stated lists, or closed ones: whoever is not matched is not listed.
            if closed:
                where = f"{self.key(thing)} on {table}"
                if nameless:
                    world.assumed[where] = "no (it has no name)"
                elif not world.complete(table):
                    # Not to be found in a part of a list is not to be off the list.
                    world.assumed[where] = "no (its name is not in the part of the list carried)"
            return None
        if world.complete(table) and not nameless and not hidden:
            return None
        title = world.program.tables[table].title or table
        return Question(
            f"{self.key(thing)} on {table}",
            QuestionKind.LIST,
            f"is {self.shown(thing)} on the {title} ({table})?",
        )

    def _hides_a_name(self, thing: Thing) -> bool:
        """Whether a name was stated that cannot be read, or as unknown: it may match a row."""
        if thing.fact is None or thing.fact.stray:
            return True
        for name in ("name", "id", "address", "aliases"):
            match self.terms.world.stated(thing, name):
                case facts.Open() | facts.Malformed() | facts.Items(open=True):
                    return True
                case facts.Items(items):
                    if any(isinstance(i, facts.Open | facts.Malformed) for i in items):
                        return True
                case _:
                    pass
        return False

    def _names(self, thing: Thing) -> tuple[str, ...]:
        found = [self.text(thing, name) for name in ("name", "id", "address")]
        aliases = self.terms.world.stated(thing, "aliases")
        for item in getattr(aliases, "items", ()):
            value = getattr(item, "value", None)
            found.append(value if isinstance(value, str) else None)
        return tuple(f for f in found if f)

    def _matches(
        self, names: tuple[str, ...], table: ast.Table
    ) -> tuple[tuple[ast.Row, Truth], ...]:
        """The rows that bear one of some names, or may."""
        known = self.terms.world.matches
        key = names, table.id
        if key not in known:
            rows = (
                (r, max((self._match(n, r) for n in names), default=Truth.NO)) for r in table.rows
            )
            known[key] = tuple((row, match) for row, match in rows if match is not Truth.NO)
        return known[key]

    def _match(self, name: str, row: ast.Row) -> Truth:
        result = Truth.NO
        for column in ("party", "aliases", "alias", "id", "address", "addresses"):
            cell = row.cells.get(column)
            texts: list[str] = []
            match cell:
                case ast.Literal(str() as text):
                    texts = [text]
                case ast.SetOf(items):
                    texts = [
                        i.value
                        for i in items
                        if isinstance(i, ast.Literal) and isinstance(i.value, str)
                    ]
                case _:
                    pass
            for text in texts:
                result = max(result, names.match(name, text))
        return result

    def _stated_row(self, listing: Thing, table: str) -> Row:
        """A listing that the case states, as a row: its fields are the columns."""
        world = self.terms.world
        columns = world.program.tables[table].columns
        declared = world.program.records.get("Listing")
        record = declared.fields if declared is not None else {}
        cells: dict[str, Value] = {"list": Scalar(table, f"{listing.path}.list", TEXT)}
        for column, kind in columns.items():
            info = record.get(column)
            if info is not None:
                made = world.get(listing, ast.FieldInfo(column, kind))
                if isinstance(made, ItemCodes) and made.codes and not made.open:
                    text = ", ".join(str(c) for c in made.codes)
                    made = WrittenCodes(union(*(just(c) for c in made.codes)), text)
                cells[column] = made
            else:
                # A column that no case has a word for is as absent as any fact left out.
                bare = listing.fact and facts.Record("", {}, listing.fact.stray)
                cells[column] = world.get(
                    Thing(listing.path, "", bare), ast.FieldInfo(column, kind)
                )
        return Row(f"{table}.{listing.path}", table, f"{listing.path}", cells)

    # ── entries ──────────────────────────────────────────────────────────────

    def entries(self, expr: ast.Entries, env: Env) -> Many:
        """The entries of a party on some lists, its own and those it inherits."""
        party = self.terms.value(expr.party, env)
        lists = self.terms.value(expr.lists, env)
        path = show_expr(expr, self.terms.names(env))
        if not isinstance(party, Thing) or not isinstance(lists, ListNames):
            return Many(
                (), Question(path, QuestionKind.LIST, f"what is {path}?"), path, RowType("")
            )
        items, question = self._own(party, lists)
        if expr.inherited is not None and not party.missing:
            more, doubt = self._inherited(party, lists, expr, env, path)
            items.extend(more)
            question = question or doubt
        row_type = item_of(expr.type) or RowType("")
        return Many(tuple(items), question, path, row_type)

    def _own(
        self, party: Thing, lists: ListNames
    ) -> tuple[list[tuple[Formula, Value]], Question | None]:
        items: list[tuple[Formula, Value]] = []
        question: Question | None = None
        for id_ in lists.ids:
            many = self.listed(party, id_)
            items.extend(many.items)
            question = question or many.open
        return items, question

    def _inherited(
        self, party: Thing, lists: ListNames, expr: ast.Entries, env: Env, path: str
    ) -> tuple[list[tuple[Formula, Value]], Question | None]:
        bar = expr.inherited
        if bar is None or bar.low is None:
            return [], None
        graph = self.graph(party, ("share",))
        listed = {k: self.terms.base(self.on_any(t, lists.ids)) for k, t in graph.nodes.items()}
        exclude = self._excluded(expr.skip, graph, env)
        key = self.key(party)
        others = {k: v for k, v in listed.items() if k != key}
        finding = owned(
            graph.stakes, others, bar.low, open_owners=graph.open_owners, exclude=exclude
        ).get(key)
        if finding is None or finding.truth is Truth.NO:
            return [], None
        by_owner = self._settled(
            finding, f"owned({label(party)}, by: {' + '.join(lists.ids)})", graph
        )
        self._note(party, finding)
        items: list[tuple[Formula, Value]] = []
        question: Question | None = None
        for k, thing in graph.nodes.items():
            if k == key or listed[k] is Truth.NO or not _counts(finding, k):
                continue
            own, doubt = self._own(thing, lists)
            items.extend((conj((by_owner, member)), row) for member, row in own)
            if doubt is not None:
                question = question or doubt
        if not items:
            question = question or Question(path, QuestionKind.TERM, f"{path}?", None, graph.inside)
        return items, question

    # ── ownership ────────────────────────────────────────────────────────────

    def owned(self, expr: ast.Owned, env: Env) -> Formula:
        """Whether listed parties, or parties of a kind, own a party."""
        party = self.terms.value(expr.party, env)
        bar = self.terms.value(expr.bar, env)
        text = show_expr(expr, self.terms.names(env))
        if not isinstance(party, Thing) or not isinstance(bar, Amount):
            return ask(text, QuestionKind.TERM, f"{text}?")
        if party.missing:
            return NO
        if isinstance(bar.number, Failure) or not bar.number.is_point or bar.number.low is None:
            return ask(text, QuestionKind.TERM, f"{text}?")
        together = self.terms.value(expr.together, env)
        options: list[Formula] = []
        for of in _KINDS if expr.of == "any" else (expr.of,):
            kind = _KINDS[of]
            text = show_expr(replace(expr, of=of), self.terms.names(env))
            yes = self._owned_once(expr, env, party, bar.number.low, kind, text, together=True)
            match together:
                case Scalar(True) | Scalar(ast.Word(_, "yes")):
                    options.append(yes)
                    continue
                case _:
                    pass
            no = self._owned_once(expr, env, party, bar.number.low, kind, text, together=False)
            match together:
                case Scalar(bool() | ast.Word()):
                    options.append(no)
                case _ if yes == no:
                    options.append(yes)
                case _:
                    reading = self.terms.compare_values(
                        Comparison.EQUAL, together, _word(together, "yes"), ""
                    )
                    options.append(disj((conj((reading, yes)), conj((negate(reading), no)))))
        return disj(options)

    def _owned_once(
        self,
        expr: ast.Owned,
        env: Env,
        party: Thing,
        bar: Fraction,
        kind: str,
        text: str,
        *,
        together: bool,
    ) -> Formula:
        graph = self.graph(party, (kind,))
        listed: dict[str, Truth] = {}
        doubts: list[Formula] = []
        for key, thing in graph.nodes.items():
            formula = self._by(expr.by, thing, env)
            listed[key] = self.terms.base(formula)
            if listed[key] is Truth.UNKNOWN:
                doubts.append(formula)
        key = self.key(party)
        finding = owned(
            graph.stakes,
            listed,
            bar,
            strict=expr.strict,
            together=together,
            method=Method(expr.method),
            open_owners=graph.open_owners,
            exclude=self._excluded(expr.skip, graph, env),
        ).get(key)
        if finding is None:
            return NO
        if finding.truth is Truth.YES:
            self._note(party, finding)
        if finding.truth is Truth.UNKNOWN and len(graph.nodes) == 1 and not graph.open_owners:
            return disj(doubts)
        suffix = "" if together else " (each holder alone)"
        return self._settled(finding, text + suffix, graph)

    def _by(self, by: ast.Expr | ast.Predicate, thing: Thing, env: Env) -> Formula:
        if isinstance(by, ast.Predicate):
            return self.terms.formula(by.body, {**env, by.var: thing})
        lists = self.terms.value(by, env)
        return self.on_any(thing, lists.ids) if isinstance(lists, ListNames) else NO

    def _excluded(
        self, skip: ast.Predicate | None, graph: Graph, env: Env
    ) -> dict[str, Truth] | None:
        if skip is None:
            return None
        return {
            k: self.terms.base(self.terms.formula(skip.body, {**env, skip.var: t}))
            for k, t in graph.nodes.items()
        }

    def _settled(self, finding: Finding, text: str, graph: Graph) -> Formula:
        match finding.truth:
            case Truth.YES:
                return YES
            case Truth.NO:
                return NO
            case Truth.UNKNOWN:
                prompt = f"{text}?"
                kind = QuestionKind.TERM
                if finding.reason is not None:
                    kind = QuestionKind.ERROR
                    self.terms.world.errors.setdefault(text, finding.reason)
                    prompt = f"{text}? ({finding.reason})"
                return Atom(Question(text, kind, prompt, None, graph.inside))

    def _note(self, party: Thing, finding: Finding) -> None:
        """Keep the chain for the explanation."""
        if finding.chain:
            self.terms.world.chains[party.path] = "; ".join(
                f"{step.party}: " + " + ".join(f"{c.owner} {_percent(c.low)}" for c in step.counted)
                for step in finding.chain
                if step.counted
            )

    def graph(self, party: Thing, kinds: tuple[str, ...]) -> Graph:
        """Everybody above a party, merged by id; each owner list read once."""
        world = self.terms.world
        nodes: dict[str, Thing] = {}
        stakes: dict[tuple[str, str, int], Stake] = {}
        open_owners: set[str] = set()
        inside: dict[str, None] = {}
        queue: list[Thing] = [party]
        for thing in queue:  # grows as it is read: a case has a bounded number of values
            key = self.key(thing)
            if key in nodes:
                # A second mention: it may state owners that the first does not.
                if world.stated(thing, "owners") is None:
                    continue
                if world.stated(nodes[key], "owners") is not None:
                    continue
                open_owners.discard(key)
            nodes[key] = thing
            owners = world.field(thing, "owners")
            if not isinstance(owners, Many):
                open_owners.add(key)  # a vocabulary without owners leaves them open
                continue
            if owners.open is not None:
                open_owners.add(key)
                inside[owners.path] = None
            for number, (_, stake) in enumerate(owners.items):
                if not isinstance(stake, Thing):
                    open_owners.add(key)
                    continue
                current = self._current(stake)
                if current is Truth.NO:
                    continue
                owner = world.field(stake, "owner")
                share = world.field(stake, kinds[0])
                if not isinstance(owner, Thing):
                    open_owners.add(key)
                    continue
                low, high = Fraction(0), Fraction(1)
                if isinstance(share, Amount) and isinstance(share.number, Interval):
                    low = share.number.low if share.number.low is not None else low
                    high = share.number.high if share.number.high is not None else high
                    if not share.number.is_point:
                        inside[share.path] = None
                else:
                    inside[label(share)] = None
                if current is Truth.UNKNOWN:
                    low = Fraction(0)
                    inside[stake.path] = None
                stakes[key, self.key(owner), number] = Stake(self.key(owner), key, low, high)
                queue.append(owner)
        return Graph(nodes, tuple(stakes.values()), frozenset(open_owners), tuple(inside))

    def _current(self, stake: Thing) -> Truth:
        """Whether a holding stands on the day; without dates it does.

        Dates that are stated and cannot be read, or as unknown, leave it open.
        """
        day = self.terms.world.day
        start = self.terms.world.stated(stake, "from")
        end = self.terms.world.stated(stake, "until")
        began = _day(start)
        ended = _day(end)
        if (began is not None and day < began) or (ended is not None and day >= ended):
            return Truth.NO
        stray = stake.fact is not None and bool(stake.fact.stray)
        unread = any(isinstance(d, facts.Open | facts.Malformed) for d in (start, end))
        return Truth.UNKNOWN if stray or unread else Truth.YES


def _day(fact: facts.Fact | None) -> date | None:
    value = fact.value if isinstance(fact, facts.Scalar) else None
    return value if isinstance(value, date) else None


def _counts(finding: Finding, key: str) -> bool:
    """Whether a party's stake is among those that were added up."""
    if not finding.chain:
        return True
    return any(key in {c.owner, s.party} for s in finding.chain for c in s.counted)


def _word(together: Value, text: str) -> Scalar:
    if isinstance(together, Scalar):
        name = getattr(together.type, "name", "")
        return Scalar(ast.Word(name, text), text, together.type)
    return Scalar(value=True, path=text, type=TEXT)


def _percent(share: Fraction) -> str:
    return show(point(share), "%")
