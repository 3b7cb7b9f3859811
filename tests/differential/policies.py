"""Random policies: instruments of two regimes with every kind of declaration, effect and event.

Statuses and defeats go one way: what establishes tests only statuses before it, what defeats
tests only statuses, and reviews are defeated by rules that defeat nothing else. What the
checker still finds broken is thrown away by whoever asked (`sound`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from differential.expressions import Declared, Writer
from differential.trees import Node, Part, joined, node, perhaps
from differential.vocabulary import SINGLE_CODES, WORDS, vocabulary

BASE = date(2025, 6, 1)
DEPTH = 3

_DAYS = tuple(BASE + timedelta(days=n) for n in (-120, -60, -30, -1, 0, 1, 30, 60))


@dataclass
class _Making:
    """What has been written so far."""

    rng: Random
    regime: str
    zone: str = ""
    declared: Declared = field(default_factory=Declared)
    instruments: list[str] = field(default_factory=list[str])
    blocks: dict[str, list[Node]] = field(default_factory=dict[str, list[Node]])
    requiring: list[str] = field(default_factory=list[str])
    licensing: list[str] = field(default_factory=list[str])
    families: dict[str, str] = field(default_factory=dict[str, str])
    targets: list[str] = field(default_factory=list[str])
    """Rules that events may act on."""
    rows: list[str] = field(default_factory=list[str])
    events: list[str] = field(default_factory=list[str])

    @property
    def writer(self) -> Writer:
        return Writer(self.rng, self.declared)

    def pick(self, *of: str) -> str:
        return self.rng.choice(of)

    def often(self, share: float) -> bool:
        return self.rng.random() < share

    def full(self, name: str, home: str = "") -> str:
        """The name of a declaration as every file may write it."""
        return f"{self.regime}.{home or self.instruments[0]}.{name}"

    def home(self) -> str:
        return self.pick(*self.instruments[:1], *self.instruments)

    def add(self, instrument: str, *parts: Part) -> None:
        self.blocks[instrument].append(perhaps("declaration", *parts, "\n"))


def random_law(rng: Random) -> Node:
    """The text of a law of one or two regimes."""
    parts: list[Part] = [vocabulary()]
    regimes = ("cn", "us") if rng.random() < 0.3 else ("cn",)
    for regime in regimes:
        making = _Making(rng, regime, rng.choice(("", "", "", "", "", "Europe/Paris")))
        _instruments(making)
        _definitions(making)
        _statuses(making)
        _acting(making)
        _beside(making)
        later = _events(making)
        parts += [Node("block", tuple(b), optional=True) for b in making.blocks.values()]
        parts += later
    return Node("law", tuple(parts))


def _window(rng: Random, *, start: bool = False, either: bool = True) -> str:
    first, last = sorted(rng.sample(_DAYS, 2))
    clock = rng.choice(("", "", "", "", "T13:01", "T09:30+01:00"))
    made = [
        f"from {first}{clock}",
        f"from {first} until {last}{clock}",
        f"from {first} through {last}",
        f"from {first} for {rng.choice(('90 days', '1 year'))}",
    ]
    if either:
        made.append(f"from {first} to {last}")
    if not start:
        made.append(f"until {last}{clock}")
    return rng.choice(made)


def _head(making: _Making, name: str, issued: date, *, event: bool = False) -> Node:
    rng = making.rng
    parts: list[Part] = [
        f'instrument {name} "Act"\n  regime {making.regime}\n  authority A\n  issued {issued}\n'
    ]
    if making.often(0.85):
        verified = rng.choice(("2026-01-01", "2026-01-01", "2026-01-01", "2025-05-15"))
        parts.append(perhaps("clause", f"  verified {verified}\n"))
    if making.often(0.15):
        parts.append(perhaps("clause", f"  effective {_window(rng)}\n"))
    if making.zone:
        parts.append(perhaps("clause", f'  zone "{making.zone}"\n'))
    if making.often(0.06):
        parts.append(perhaps("clause", "  state proposed\n"))
    if not event and making.often(0.2):
        parts.append(perhaps("clause", "  binds ", Writer(rng).flag(1, positive=False), "\n"))
    return node("head", *parts, "\n")


def _instruments(making: _Making) -> None:
    for number in range(making.rng.choice((1, 2, 2))):
        name = f"{making.regime[0]}{number}"
        making.instruments.append(name)
        making.blocks[name] = [_head(making, name, date(2025, 1, 1 + number))]


def _definitions(making: _Making) -> None:
    rng, home = making.rng, making.instruments[0]
    r = making.regime[0]
    plain = Writer(rng)
    if making.often(0.6):
        bar = rng.choice(("10", "25%", "2.5"))
        making.add(home, f'param {r}bar : number = {bar}\n  cite "1"')
        making.declared = replace(making.declared, numbers=(making.full(f"{r}bar"),))
    if making.often(0.4):
        making.add(home, f'param {r}most : money = 100 USD\n  cite "1"')
        making.declared = replace(making.declared, moneys=(making.full(f"{r}most"),))
    if making.often(0.3):
        making.add(home, f'param {r}day : date = 2025-05-01\n  cite "1"')
        making.declared = replace(making.declared, dates=(making.full(f"{r}day"),))
    if making.often(0.3):
        making.add(home, f'param {r}uses : {{Use}} = {{ua, ub}}\n  cite "1"')
        making.declared = replace(making.declared, uses=(making.full(f"{r}uses"),))
    if making.often(0.5):
        making.add(home, f"codes {r}codes = ", plain.code_set(1), '\n  cite "1"')
        making.declared = replace(making.declared, codes=(making.full(f"{r}codes"),))
    if making.often(0.5):
        quiet = Writer(rng, root=False)
        making.add(home, f"countries {r}places = ", quiet.countries(1), '\n  cite "1"')
        making.declared = replace(making.declared, countries=(making.full(f"{r}places"),))
    if making.often(0.25):
        making.add(home, "alias HK as CN from 2025-03-01")
    readings: list[str] = []
    if making.often(0.4):
        prefers = rng.choice(("", "", "\n  prefers wide"))
        making.add(home, f'reading {r}y : {{wide, narrow}}\n  cite "1"\n  open "?"{prefers}')
        readings.append(making.full(f"{r}y"))
    joint: tuple[str, ...] = ()
    if making.often(0.2):
        making.add(home, f'reading {r}joint : {{yes, no}}\n  cite "1"\n  open "?"')
        joint = (making.full(f"{r}joint"),)
    making.declared = replace(making.declared, readings=tuple(readings), joint=joint)
    _tables(making)
    for number in range(rng.choice((0, 1, 1))):
        code = f"{'CN' if making.regime == 'cn' else 'US'}:1A00{9 - number}"
        bare = Writer(
            rng, items=("item",), parties=("maker",), places=("origin",), codes=False, root=False
        )
        test = (
            bare.flag(1, positive=False)
            if making.often(0.4)
            else node("flag", "(tpp >= 5 TPP", perhaps("flag-item", " and node <= 14 nm"), ")")
        )
        making.add(home, f'entry "{code}" "E"\n  cite "1"\n  when ', test)
    _lets(making)


def _tables(making: _Making) -> None:
    rng, home, r = making.rng, making.instruments[0], making.regime[0]
    if making.often(0.4):
        name = f"{making.regime}.rows"
        kind = making.pick(" complete", " partial", "")
        making.add(
            home,
            f"table {name} (codes : codes, kind : Mode, to : countries, seat : country, most : money,"
            f" bar : number, on : flag, word : text, stand : posture, for_ : {{Use}}){kind}",
        )
        for number in range(rng.choice((1, 2, 3))):
            cells = [
                f"codes: {rng.choice(('CN[1A001]', 'CN[1A002]', 'US[1A001]', 'CN[1A001.a; 1A003]'))}",
                *([f"kind: {rng.choice(WORDS['Mode'])}"] if making.often(0.8) else []),
                *(["to: {CN, RU}"] if making.often(0.6) else []),
                *(["seat: FR"] if making.often(0.5) else []),
                *([f"most: {rng.choice(('50 USD', '200 EUR'))}"] if making.often(0.6) else []),
                *(["bar: 10"] if making.often(0.5) else []),
                *([f"on: {rng.choice(('yes', 'no'))}"] if making.often(0.6) else []),
                *(['word: "tin"'] if making.often(0.5) else []),
                *(
                    [f"stand: {rng.choice(('denial', 'case_by_case'))}"]
                    if making.often(0.5)
                    else []
                ),
                *(["for_: {ua, uc}"] if making.often(0.5) else []),
            ]
            _row(making, name, cells, f"{r}row{number}")
        making.declared = replace(making.declared, tables=(name,))
    lists: list[str] = []
    for number in range(rng.choice((0, 1, 1, 2))):
        name = f"{making.regime}.list{number}"
        kind = making.pick(" complete", " complete", " partial", "")
        making.add(
            home, f"list {name} (party : Party, review : posture, reach : {{Use}}, on : flag){kind}"
        )
        for n, who in enumerate(rng.sample(("Wolf", "Bear", "Rabid Fox Ltd"), rng.choice((1, 2)))):
            cells = [
                f'party: "{who}"',
                *([f"review: {rng.choice(('denial', 'standard'))}"] if making.often(0.7) else []),
                *(["reach: {ua, ub}"] if making.often(0.6) else []),
                *([f"on: {rng.choice(('yes', 'no'))}"] if making.often(0.6) else []),
            ]
            _row(making, name, cells, f"{r}l{number}w{n}")
        lists.append(name)
    making.declared = replace(making.declared, lists=tuple(lists))


def _row(making: _Making, table: str, cells: list[str], name: str) -> None:
    home = making.home()
    window = f" {_window(making.rng, start=True, either=False)}" if making.often(0.3) else ""
    made = joined("cells", ", ", cells)
    making.add(home, f"adds to {table}{window}\n  {{ ", made, f" }} as {name}")
    making.rows.append(f"{table}.{name}")


def _lets(making: _Making) -> None:
    home, r = making.instruments[0], making.regime[0]
    if making.often(0.5):
        inside = replace(making.writer, items=("n",), root=False)
        making.add(home, f"let {r}share(n : Item) = ", inside.number(2))
        making.declared = replace(making.declared, item_numbers=(making.full(f"{r}share"),))
    if making.often(0.5):
        inside = replace(making.writer, items=("n",))
        making.add(home, f"let {r}test(n : Item) = ", inside.flag(2, positive=False))
        making.declared = replace(making.declared, item_flags=(making.full(f"{r}test"),))
    if making.often(0.35):
        inside = replace(making.writer, parties=("q",))
        making.add(home, f"let {r}who(q : Party) = ", inside.flag(1, positive=False))
        making.declared = replace(making.declared, party_flags=(making.full(f"{r}who"),))
    if making.often(0.3):
        making.add(home, f"let {r}both = ", making.writer.flag(2, positive=False))
        making.declared = replace(making.declared, flags=(making.full(f"{r}both"),))
    if making.often(0.3):
        making.add(home, f"let {r}some = ", making.writer.uses(1))
        uses = (*making.declared.uses, making.full(f"{r}some"))
        making.declared = replace(making.declared, uses=uses)


# ── rules ────────────────────────────────────────────────────────────────────


def _rule(
    making: _Making,
    name: str,
    effects: list[Node],
    *,
    when: Node | None,
    family: Part | None = None,
    home: str | None = None,
) -> str:
    """Write a rule; the name by which others may speak of it."""
    home = home or making.home()
    parts: list[Part] = [f'rule {name} "R"\n  cite "1"']
    if making.often(0.15):
        parts.append(perhaps("clause", f"\n  effective {_window(making.rng)}"))
    if family is not None:
        parts.append(perhaps("clause", "\n  for each ", family))
    if making.often(0.06):
        parts.append(perhaps("clause", "\n  binds ", making.writer.flag(1, positive=False)))
    if when is not None:
        parts.append(perhaps("clause", "\n  when ", when))
    parts.append(
        joined("effects", "", [node("then", "\n  then ", e, _tail(making)) for e in effects])
    )
    making.add(home, *parts)
    making.targets.append(making.full(name, home))
    return making.targets[-1]


def _tail(making: _Making) -> Node:
    text = making.pick("", "", "", "", ' "in its own words"', " upon importer")
    return perhaps("tail", text)


def _family(making: _Making) -> tuple[Node, Writer, str]:
    """A family, what its members may say, and the variable over modes if it has one."""
    writer = making.writer
    kinds = ["modes", "items", "parties", "parts", "given", "two"]
    kinds += ["rows"] if making.declared.tables else []
    kinds += ["entries", "entries"] if making.declared.lists else []
    match making.pick(*kinds):
        case "modes":
            return (
                node("family", f"g in {making.pick('{ma, mb, mc}', 'modes')}"),
                writer.given(modes=("g",)),
                "g",
            )
        case "parties":
            domain = writer.parties_in()
            return node("family", "p in ", domain), writer.given(parties=("p",)), ""
        case "given":
            return node("family", "c in {item} + parts(item)"), writer.given(items=("c",)), ""
        case "parts":
            return node("family", "c in parts(item)"), writer.given(items=("c",)), ""
        case "two":
            made = node("family", "c in item.components", perhaps("generator", ", g in {ma, mb}"))
            return made, writer.given(items=("c",), modes=("g",)), "g"
        case "rows":
            made = node("family", f"r in {making.declared.tables[0]}")
            return made, writer.given(rows=("r",)), ""
        case "entries":
            domain = writer.listings(1)
            return node("family", "e in ", domain), writer.given(entries=("e",)), ""
        case _:
            domain = writer.items_in(1)
            return node("family", "c in ", domain), writer.given(items=("c",)), ""


def _statuses(making: _Making) -> None:
    rng, r = making.rng, making.regime[0]
    if making.often(0.4):
        quiet = replace(making.writer, codes=False)
        code = making.pick(*SINGLE_CODES[:4])
        family: Part | None = None
        item = "item"
        if making.often(0.4):
            family, item = "c in {item} + parts(item)", "c"
            quiet = quiet.given(items=("c",))
        effect = node("effect", f'classifies {item} as "{code}"')
        _rule(making, f"{r}k", [effect], when=quiet.flag(2, positive=False), family=family)
    for number in range(rng.choice((0, 1, 2, 2))):
        status = f"{r}s{number}"
        gap = '\n  not modelled "not yet"' if making.often(0.1) else ""
        of_party = making.often(0.25)
        subject = "p : Party" if of_party else "i : Item"
        making.add(making.instruments[0], f'status {status}({subject}) "s"{gap}')
        for n in range(rng.choice((1, 1, 2))):
            name = f"{r}e{number}{n}"
            family = None
            writer = making.writer
            who = making.pick("importer", "end_user") if of_party else "item"
            if making.often(0.5):
                family, var = (
                    ("p in {importer, end_user}", "p")
                    if of_party
                    else ("c in item.components", "c")
                )
                if not of_party and making.often(0.5):
                    family = "c in {item} + parts(item)"
                who = var
                given = (var,)
                writer = writer.given(parties=given) if of_party else writer.given(items=given)
            effect = node("effect", f"establishes {making.regime}.{status}({who})")
            made = _rule(making, name, [effect], when=writer.flag(DEPTH - 1), family=family)
            if making.often(0.4):
                where = ""
                if family is not None and making.often(0.5):
                    where = f" where {who}.{'military' if of_party else 'built_in'}"
                effect = node("effect", f"defeats {made}", perhaps("where", where))
                _rule(making, f"{r}d{number}{n}", [effect], when=making.writer.flag(2))
        full = f"{making.regime}.{status}"
        if of_party:
            known = (*making.declared.party_statuses, full)
            making.declared = replace(making.declared, party_statuses=known)
        else:
            making.declared = replace(making.declared, statuses=(*making.declared.statuses, full))


def _requirement(making: _Making) -> Node:
    return node(
        "effect",
        making.pick(
            "requires license from A",
            "requires license from A",
            "requires license from B",
            "requires report to A within 10 days of shipment",
            "requires report to A",
            "prohibits",
            "prohibits except by approval of A",
        ),
    )


def _side_effect(making: _Making, writer: Writer) -> Node:
    match making.rng.randrange(7):
        case 0:
            return node("effect", f"flags {making.pick('red', 'amber')}")
        case 1:
            return node("effect", f"charges {making.pick('levy', 'fine')} ", writer.money(1))
        case 2:
            return node("effect", "exposes fine 100 USD to ", writer.money(0))
        case 3:
            return node("effect", "exposes pursuit")
        case _:
            timing = making.pick(
                "",
                " to B",
                " before shipment",
                " at least 3 days before shipment",
                " at least 2 working days before shipment",
                " within 10 days of shipment",
                " within 5 days of delivery not counting review",
                " at once",
                " for 5 years from shipment",
                " in contract",
            )
            tail: tuple[Part, ...] = ()
            if making.often(0.4):
                tail = (perhaps("if", " if ", writer.flag(1, positive=False)),)
            return node("effect", f"obliges {making.pick('keep, tell', 'keep')}{timing}", *tail)


def _acting(making: _Making) -> None:
    rng, r = making.rng, making.regime[0]
    for number in range(rng.choice((1, 2, 3, 4, 5))):
        name = f"{r}a{number}"
        family: Part | None = None
        writer, modes = making.writer, ""
        if making.often(0.35):
            family, writer, modes = _family(making)
        requirement = _requirement(making)
        effects = [requirement]
        if "license" in requirement.text and making.often(0.3):
            effects.append(node("effect", "reviews ", writer.posture(1)))
        if making.often(0.25):
            effects.append(_side_effect(making, writer))
        if making.requiring and making.often(0.25):
            targets = making.rng.sample(making.requiring, 1)
            effects.append(_defeat(making, targets, writer))
        home = making.home()
        when = writer.flag(DEPTH) if making.often(0.95) else None
        name = _rule(making, name, effects, when=when, family=family, home=home)
        making.requiring.append(name)
        if modes:
            making.families[name] = modes
        if "license" in requirement.text:
            making.licensing.append(name)
    for number in range(rng.choice((0, 1, 2))):
        name = f"{r}x{number}"
        count = min(len(making.requiring), rng.choice((1, 1, 2)))
        targets = rng.sample(making.requiring, count)
        effects = [_defeat(making, targets, making.writer)]
        if making.often(0.3):
            effects.append(_side_effect(making, making.writer))
        family = None
        writer = making.writer
        if making.often(0.2):
            family, writer, _ = _family(making)
        name = _rule(making, name, effects, when=writer.flag(2), family=family)
        making.requiring.append(name)
    making.declared = replace(making.declared, unmet=tuple(making.licensing))


def _defeat(making: _Making, targets: list[str], writer: Writer) -> Node:
    names = joined("names", ", ", targets)
    where: tuple[Part, ...] = ()
    modes = [t for t in targets if making.families.get(t) == "g"]
    if modes and len(targets) == 1 and making.often(0.7):
        inside = writer.given(modes=("g",) * 3)
        test = (
            node("flag", f"g = {making.pick(*WORDS['Mode'])}")
            if making.often(0.6)
            else inside.flag(1, positive=False)
        )
        where = (perhaps("where", " where ", test),)
    return node("effect", "defeats ", names, *where)


def _beside(making: _Making) -> None:
    """Reviews, limits and what else asks for a license, and what only goes with one."""
    rng, r = making.rng, making.regime[0]
    reviews: list[str] = []
    for number in range(rng.choice((0, 1, 2, 3)) if making.licensing else 0):
        name = f"{r}r{number}"
        writer, family = making.writer, None
        if making.often(0.2):
            family, writer, _ = _family(making)
        of = f" of {making.pick(*making.licensing)}"
        effect = (
            node("effect", "reviews ", writer.posture(1), of)
            if making.often(0.7)
            else node(
                "effect",
                f"limits license to {making.pick('individual', 'individual, general')}{of}",
            )
        )
        reviews.append(_rule(making, name, [effect], when=writer.flag(2), family=family))
    if reviews and making.often(0.4):
        effect = node("effect", f"defeats {making.pick(*reviews)}")
        _rule(making, f"{r}v", [effect], when=making.writer.flag(2))
    quiet = replace(making, declared=replace(making.declared))
    making.declared = replace(making.declared, unmet=())
    for number in range(rng.choice((0, 1, 2))):
        declared = quiet.declared if making.often(0.4) else making.declared
        writer = Writer(rng, declared)
        family = None
        if making.often(0.25):
            family, writer, _ = _family(making)
            writer = replace(writer, declared=declared)
        effects = [_side_effect(making, writer) for _ in range(rng.choice((1, 2)))]
        if making.often(0.3) and making.licensing:
            effects = [node("effect", "obliges pledge with application")]
        _rule(making, f"{r}b{number}", effects, when=writer.flag(2), family=family)


# ── events ───────────────────────────────────────────────────────────────────


def _events(making: _Making) -> list[Part]:
    """Later instruments that act on the law and on one another."""
    rng, r = making.rng, making.regime[0]
    parts: list[Part] = []
    names = [f"{making.regime}.{n}" for n in making.instruments]
    for number in range(rng.choice((0, 1, 1, 2, 3))):
        name = f"{r}z{number}"
        issued = date(2025, 2, 1 + 9 * number)
        block: list[Part] = [_head(making, name, issued, event=True)]
        number_of = rng.choice((1, 1, 2))
        block += [_event(making, names, f"{name}ev{n}", issued) for n in range(number_of)]
        names.append(f"{making.regime}.{name}")
        parts.append(Node("block", tuple(block), optional=True))
        made = [p.text for p in block if isinstance(p, Node)]
        own = [f"{name}ev{n}" for n in range(2)]
        making.events += [making.full(o, name) for o in own if any(f"as {o}\n" in m for m in made)]
    return parts


def _event(making: _Making, names: list[str], own: str, issued: date) -> Node:
    rng = making.rng
    kind = rng.choice(
        (
            *("suspends", "suspends", "uncertain", "uncertain", "stops", "repeals", "resumes"),
            *("extends", "unenforced", "amends", "amends", "amends"),
        )
    )
    if kind == "amends":
        return _amendment(making)
    targets = [*names, *making.targets, *making.rows, *making.events]
    if kind == "extends":
        target = rng.choice([*making.targets, *making.events])
        return perhaps("declaration", f"extends {target} until {rng.choice(_DAYS)}\n")
    chosen = joined("names", ", ", rng.sample(targets, min(len(targets), rng.choice((1, 1, 2)))))
    window = f" {_window(rng, start=True)}" if making.often(0.8) else ""
    more = ""
    if making.often(0.2):
        more += f"\n  noted {issued + timedelta(days=rng.choice((1, 60, 150)))}"
    if kind in {"uncertain", "unenforced"} or making.often(0.1):
        more += '\n  because "nobody knows"'
    more += f"\n  as {own}"
    return perhaps("declaration", f"{kind} ", chosen, window, more, "\n")


def _amendment(making: _Making) -> Node:
    rng, declared = making.rng, making.declared
    start = rng.choice(_DAYS)
    writer = Writer(rng, replace(declared, statuses=(), party_statuses=(), unmet=()))
    values: list[tuple[str, Node]] = [
        *((n, node("number", rng.choice(("5", "20", "50%")))) for n in declared.numbers),
        *((n, node("money", "40 USD")) for n in declared.moneys),
        *((n, node("date", "2025-06-20")) for n in declared.dates),
        *((n, node("uses", "{ua, uc}")) for n in declared.uses if n.endswith("uses")),
        *((n, writer.code_set(0)) for n in declared.codes),
        *((n, Writer(rng, root=False).countries(0)) for n in declared.countries),
        *((n, writer.flag(1, positive=False)) for n in declared.flags),
    ]
    if values and making.often(0.45):
        name, value = rng.choice(values)
        return perhaps("declaration", f"amends {name} from {start} = ", value, "\n")
    acting = [t for t in making.targets if t.rsplit(".", 1)[1][1] in "arb"] or making.targets
    clauses: list[Part] = []
    if making.often(0.7):
        clauses.append(node("clause", "\n  when ", writer.flag(2, positive=False)))
    if making.often(0.15):
        clauses.append(node("clause", "\n  effective ", _window(rng)))
    if making.often(0.15):
        clauses.append(node("clause", f"\n  for each g in {making.pick('{ma, mb}', 'modes')}"))
    if making.often(0.15):
        clauses.append(node("clause", "\n  binds ", writer.flag(1, positive=False)))
    if making.often(0.25) or not clauses:
        clauses.append(node("clause", "\n  then ", _requirement(making)))
    return perhaps(
        "declaration",
        f"amends {rng.choice(acting)} from {start}",
        joined("clauses", "", clauses),
        "\n",
    )
