"""The outcome of a case: sound bounds, exact bounds, and what to find out (semantics 1.4-1.6; docs/decisions/0014)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from fractions import Fraction
from graphlib import TopologicalSorter
from heapq import heapify, heappop, heappush
from typing import NamedTuple, TypeAlias

from longarm_dsl.core import ast
from longarm_dsl.core.formula import (
    NO_CELL,
    YES_CELL,
    Always,
    And,
    Atom,
    Cell,
    Fires,
    Formula,
    Not,
    Or,
    Question,
    Stands,
    Test,
    Truth,
    atoms,
)
from longarm_dsl.evaluate.network import Member, Network, Review, Truths, rank_question
from longarm_dsl.evaluate.residue import Residue
from longarm_dsl.lazy_dataclass import dataclass

WIDEST = 128
"""Where there are more combinations than are gone through: the most answers that are made."""

TOLD = 32
"""Where the smallest set is out of reach, a question with more answers lists none of them."""

EFFORT = 1_000_000
"""Rules that are looked at again, at the most, to say what each answer alone would lead to."""

LIMIT = 4096
"""Combinations of answers that are always gone through, and the most answers to one question."""

STEPS = 512
"""Where there are more combinations: points at which the way on is looked for, at the most."""

LICENSE = 2
APPROVAL_PRESUMED, STANDARD = 1, 2


@dataclass(frozen=True, slots=True, order=True)
class Outcome:
    """Requirement and review posture, each at least and at most, as ranks."""

    requires_low: int
    requires_high: int
    review_low: int
    review_high: int

    @property
    def determined(self) -> bool:
        """Whether both bounds meet."""
        return self.requires_low == self.requires_high and self.review_low == self.review_high

    def hull(self, other: Outcome) -> Outcome:
        """The smallest range that holds both."""
        return Outcome(
            min(self.requires_low, other.requires_low),
            max(self.requires_high, other.requires_high),
            min(self.review_low, other.review_low),
            max(self.review_high, other.review_high),
        )

    def join(self, other: Outcome) -> Outcome:
        """The stricter of both, bound by bound: what two lots of rules come to together."""
        return Outcome(
            max(self.requires_low, other.requires_low),
            max(self.requires_high, other.requires_high),
            max(self.review_low, other.review_low),
            max(self.review_high, other.review_high),
        )

    @property
    def width(self) -> tuple[int, int]:
        """Steps between the bounds, requirement first."""
        return (
            self.requires_high - self.requires_low,
            self.review_high - self.review_low,
        )


NOTHING = Outcome(0, 0, 0, 0)
"""No requirement, and so no review."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a question and what it leads to."""

    label: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Need:
    """A question whose answer can change the outcome."""

    question: Question
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A question of a decision diagram, with what each answer leads to."""

    question: str
    answers: tuple[tuple[str, Branch | Outcome], ...]


Diagram: TypeAlias = Branch | Outcome


@dataclass(frozen=True, slots=True)
class Findings:
    """Bounds and needs of one network."""

    sound: Outcome
    outcome: Outcome
    exact: bool
    needs: tuple[Need, ...]
    minimal: bool
    diagram: Diagram | None = None
    """What every combination of answers leads to; None where nobody worked it out."""


@dataclass(slots=True)
class Judge:
    """Computes outcomes of one network under different answers."""

    network: Network
    actors: tuple[Member, ...] = ()
    licenses: tuple[Member, ...] = ()
    reviews: dict[str, list[tuple[Member, Review]]] = field(
        default_factory=dict[str, list[tuple[Member, Review]]]
    )

    def __post_init__(self) -> None:
        requiring = ast.RequiresLicense, ast.RequiresReport, ast.Prohibits
        self.actors = tuple(m for m in self.network.doing(*requiring) if m.level)
        self.licenses = tuple(m for m in self.actors if m.license)
        for member, review in self.network.reviews():
            for id_ in review.governs:
                self.reviews.setdefault(id_, []).append((member, review))

    def outcome(self, truths: Truths) -> Outcome:
        """Kleene bounds of requirement and review, given some answers."""
        return self.outcome_of(truths, self.actors, self.licenses)

    def outcome_of(
        self, truths: Truths, actors: tuple[Member, ...], licenses: tuple[Member, ...]
    ) -> Outcome:
        """Kleene bounds over some of the members."""
        low = high = 0
        for member in actors:
            stands = truths.stands(member.id)
            if stands is not Truth.NO:
                high = max(high, member.level)
                if stands is Truth.YES:
                    low = max(low, member.level)
        review_low = review_high = 0
        for member in licenses:
            stands = truths.stands(member.id)
            if stands is Truth.NO:
                continue
            posture_low, posture_high = self.posture(member, truths)
            review_high = max(review_high, posture_high)
            if stands is Truth.YES:
                review_low = max(review_low, posture_low)
        return Outcome(low, high, review_low, review_high)

    def posture(self, member: Member, truths: Truths) -> tuple[int, int]:
        """Posture of one license requirement where it stands (semantics 1.5).

        A license without a review is `standard`; a review below it defeats that default.
        """
        low = high = APPROVAL_PRESUMED
        default = Truth.YES
        for reviewer, review in self.reviews.get(member.id, ()):
            stands = member_stands(truths, reviewer, member)
            if stands is Truth.NO:
                continue
            rank = truths.rank(review.rank)
            if rank.high == 0:
                continue  # an empty cell of a table is no review
            high = max(high, rank.high)
            if stands is Truth.YES:
                low = max(low, rank.low)
            below = (
                Truth.YES
                if rank.high < STANDARD
                else Truth.NO
                if rank.low >= STANDARD
                else Truth.UNKNOWN
            )
            default = min(default, min(stands, below).negated)
        if default is not Truth.NO:
            high = max(high, STANDARD)
        if default is Truth.YES:
            low = max(low, STANDARD)
        return low, high

    # ── needs ────────────────────────────────────────────────────────────────

    def essential(self) -> tuple[Question, ...]:
        """The questions that matter: the needs, without what each answer leads to."""
        rest = self.network.at_rest
        sound = self.outcome(rest)
        if sound.determined:
            return ()
        asked = _Asked(self, rest, sound)
        questions = asked.questions()
        # Yes/no questions are often enough, and their answers take no making.
        plain = sum(q.cells is None for q in questions)
        if 2**plain > LIMIT or asked.answers(questions)[1] > LIMIT:
            return tuple(questions)
        return tuple(n.question for n in self.findings().needs)

    def findings(self, *, diagram: bool = False) -> Findings:
        """Bounds, tightened to exact ones within the limit, and the needs.

        With `diagram` also what every combination of answers leads to.
        """
        rest = self.network.at_rest
        sound = self.outcome(rest)
        if sound.determined:
            return Findings(sound, sound, exact=True, needs=(), minimal=True, diagram=sound)
        asked = _Asked(self, rest, sound)
        questions = asked.questions()
        only = frozenset(asked.residue.visited)
        cells, combinations = asked.answers(questions)
        settled = {q.id: cells[q.id][0] for q in questions if len(cells[q.id]) == 1}
        questions = [q for q in questions if q.id not in settled]
        explored = _Explored(self, questions, cells, only, settled)
        if combinations <= LIMIT or sum(len(c) for c in cells.values()) <= STEPS:
            explored.steps = None if combinations <= LIMIT else STEPS
            found = explored.exact(sound, explored.ordered(questions), diagram=diagram)
            if found is not None:
                return found
        plain, vague = explored.within_reach()
        told = explored.ordered(plain)
        needs = (
            *(Need(q, tuple(Answer(c.label, o) for c, o in explored.single(q))) for q in told),
            *(Need(q, ()) for q in vague),
        )
        return Findings(sound, sound, exact=False, needs=needs, minimal=False)


def member_stands(truths: Truths, reviewer: Member, governed: Member) -> Truth:
    """A license member's own review stands with it."""
    return Truth.YES if reviewer.id == governed.id else truths.stands(reviewer.id)


@dataclass(slots=True)
class _Asked:
    """Collects the questions in the residual conditions of rules that can move the outcome."""

    judge: Judge
    rest: Truths
    sound: Outcome
    residue: Residue = field(init=False)
    tests: dict[str, set[Test]] = field(default_factory=dict[str, set[Test]])

    def __post_init__(self) -> None:
        self.residue = Residue(self.rest)

    def questions(self) -> list[Question]:
        for member in self.judge.actors:
            if self.rest.stands(member.id) is Truth.UNKNOWN and (
                member.level > self.sound.requires_low or member.license
            ):
                self.residue.visit(member.id)
        for member in self.judge.licenses:
            if self.rest.stands(member.id) is Truth.NO:
                continue
            for reviewer, review in self.judge.reviews.get(member.id, ()):
                stands = self.rest.stands(reviewer.id)
                if stands is Truth.UNKNOWN:
                    self.residue.visit(reviewer.id)
                if stands is not Truth.NO and review.rank.low != review.rank.high:
                    question = rank_question(review.rank)
                    self.residue.found.setdefault(question.id, question)
        return list(self.residue.found.values())

    def answers(self, questions: list[Question]) -> tuple[dict[str, tuple[Cell, ...]], int]:
        """The answers to each question, cut by every test that the rules put to it.

        Also how many combinations they have. Beyond the limit, of what has more answers than
        are told some may be left out.
        """
        made: dict[str, tuple[Cell, ...]] = {}
        combinations = 1
        # Those that take the least making first: they may show that the others need no end.
        for question in sorted(questions, key=self._effort):
            most = max(LIMIT // combinations, WIDEST)
            made[question.id] = self._cells(question, most)
            combinations *= len(made[question.id])
        return made, combinations

    def _effort(self, question: Question) -> int:
        return 0 if question.cells is None else 1 + len(self.put().get(question.id, ()))

    def _cells(self, question: Question, most: int) -> tuple[Cell, ...]:
        if question.cells is None:
            return (YES_CELL, NO_CELL)
        tests = frozenset(self.put().get(question.id, ()))
        return question.cells(tests) if question.some is None else question.some(tests, most)

    def put(self) -> dict[str, set[Test]]:
        """The tests that the rules put to each question."""
        if not self.tests:
            for id_ in self.residue.visited:
                for formula in self._formulas(id_):
                    for atom in atoms(formula):
                        self.tests.setdefault(atom.question.id, set()).add(atom.test)
        return self.tests

    def _formulas(self, id_: str) -> Iterable[Formula]:
        yield self.judge.network.fires(id_)
        for _, where in self.judge.network.beaten_by(id_):
            yield where


@dataclass(frozen=True, slots=True)
class _Node:
    """A node of the reduced decision diagram over the questions."""

    question: str
    children: tuple[_Node | Outcome, ...]


class _Hinge(NamedTuple):
    """Whether a member fires, or whether it stands: the second hangs on the first."""

    member: str
    stands: bool

    def of(self, truths: Truths) -> Truth:
        """Whether it is so, as far as is known."""
        return truths.stands(self.member) if self.stands else truths.fires(self.member)


@dataclass(slots=True)
class _Alone:
    """What one answer leads to: only what it changes is worked out again."""

    judge: Judge
    moving: tuple[tuple[Member, ...], tuple[Member, ...]]
    rest: Truths
    """What holds without the answer."""
    only: frozenset[str]
    share: dict[str, Outcome] = field(init=False)
    """What each moving member adds to the outcome without the answer."""
    governed: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """The moving licenses that a member reviews, or whose posture is a question."""
    asking: dict[str, set[_Hinge]] = field(default_factory=dict[str, set[_Hinge]])
    """What a question is asked for."""
    hanging: dict[_Hinge, set[_Hinge]] = field(default_factory=dict[_Hinge, set[_Hinge]])
    """What hangs on something."""
    place: dict[_Hinge, int] = field(init=False)
    """Where each comes in an order in which none hangs on a later one."""
    parts: dict[Formula, frozenset[Atom | Stands | Fires]] = field(
        default_factory=dict[Formula, frozenset[Atom | Stands | Fires]]
    )

    def __post_init__(self) -> None:
        network = self.judge.network
        actors, licenses = self.moving
        self.share = {m.id: self.judge.outcome_of(self.rest, (m,), ()) for m in actors}
        for m in licenses:
            reviewed = self.judge.outcome_of(self.rest, (), (m,))
            self.share[m.id] = self.share.get(m.id, NOTHING).join(reviewed)
            for reviewer, review in self.judge.reviews.get(m.id, ()):
                self.governed.setdefault(reviewer.id, set()).add(m.id)
                self.governed.setdefault(review.rank.path, set()).add(m.id)
        for id_ in self.only:
            fires, stands = _Hinge(id_, stands=False), _Hinge(id_, stands=True)
            self._hangs(stands, fires)
            self._open(network.fires(id_), fires)
            for other, where in network.beaten_by(id_):
                if min(self.rest.of(where), self.rest.stands(other)) is Truth.UNKNOWN:
                    self._open(where, stands)
                    self._hangs(stands, _Hinge(other, stands=True))
        order = TopologicalSorter[_Hinge]()
        for hinge, who in self.hanging.items():
            for each in who:
                order.add(each, hinge)
        # INVARIANT: the checker refuses rules that hang on each other.
        self.place = {hinge: at for at, hinge in enumerate(order.static_order())}

    def _hangs(self, hinge: _Hinge, on: _Hinge) -> None:
        self.hanging.setdefault(on, set()).add(hinge)

    def _open(self, formula: Formula, hinge: _Hinge) -> None:
        """What a condition asks, and hangs on: no more than what is open."""
        for part in self._parts(formula):
            match part:
                case Atom(question):
                    self.asking.setdefault(question.id, set()).add(hinge)
                case Stands(rule):
                    self._hangs(hinge, _Hinge(rule, stands=True))
                case Fires(rule):
                    self._hangs(hinge, _Hinge(rule, stands=False))

    def _parts(self, formula: Formula) -> frozenset[Atom | Stands | Fires]:
        """The atoms and references under what is open; what is joined is shared by rules."""
        found = self.parts.get(formula)
        if found is None:
            match formula:
                case _ if self.rest.of(formula) is not Truth.UNKNOWN:
                    found = frozenset[Atom | Stands | Fires]()
                case Not(inner):
                    found = self._parts(inner)
                case And(parts) | Or(parts):
                    found = frozenset[Atom | Stands | Fires]().union(*map(self._parts, parts))
                case Atom() | Stands() | Fires():
                    found = frozenset((formula,))
                case Always():
                    found = frozenset[Atom | Stands | Fires]()
            self.parts[formula] = found
        return found

    def answered(self, question: str, cell: Cell) -> Outcome:
        """What the moving members come to under one answer."""
        touched: set[str] = set()
        answers = {**self.rest.answers, question: cell}
        truths = Truths(self.judge.network, answers, touched, self.rest)
        moved = set(self.governed.get(question, ()))
        ahead = [(self.place[hinge], hinge) for hinge in self.asking.get(question, ())]
        heapify(ahead)
        done: set[_Hinge] = set()
        while ahead:
            _, hinge = heappop(ahead)
            id_ = hinge.member
            if hinge in done or id_ not in self.only:
                continue
            done.add(hinge)
            touched.add(id_)
            if hinge.of(truths) is hinge.of(self.rest):
                continue
            if hinge.stands:
                moved |= {id_, *self.governed.get(id_, ())}
            for other in self.hanging.get(hinge, ()):
                heappush(ahead, (self.place[other], other))
        actors, licenses = (
            tuple(m for m in members if m.id in moved) if moved else () for members in self.moving
        )
        made = self.judge.outcome_of(truths, actors, licenses)
        for id_, share in self.share.items():
            if id_ not in moved:
                made = made.join(share)
        return made


@dataclass(slots=True)
class _Explored:
    """Shannon expansion over the questions with Kleene early stop, hash-consed."""

    judge: Judge
    questions: list[Question]
    cells: dict[str, tuple[Cell, ...]]
    only: frozenset[str]
    settled: dict[str, Cell]
    nodes: dict[_Node, _Node] = field(default_factory=dict[_Node, _Node])
    singles: dict[str, list[tuple[Cell, Outcome]]] = field(
        default_factory=dict[str, list[tuple[Cell, Outcome]]]
    )
    alone: _Alone | None = None
    steps: int | None = None
    """Points at which the way on may still be looked for; None without an end."""
    moving: tuple[tuple[Member, ...], tuple[Member, ...]] = field(init=False)
    still: Outcome = field(init=False)

    def __post_init__(self) -> None:
        """Members that no answer can touch count once."""
        judge = self.judge
        moves = {
            m.id
            for m in judge.licenses
            if m.id in self.only
            or any(
                r.id in self.only or v.rank.low != v.rank.high
                for r, v in judge.reviews.get(m.id, ())
            )
        }
        moves.update(m.id for m in judge.actors if m.id in self.only)
        self.moving = (
            tuple(m for m in judge.actors if m.id in moves),
            tuple(m for m in judge.licenses if m.id in moves),
        )
        self.still = judge.outcome_of(
            judge.network.at_rest,
            tuple(m for m in judge.actors if m.id not in moves),
            tuple(m for m in judge.licenses if m.id not in moves),
        )

    def at(self, answers: dict[str, Cell]) -> Outcome:
        """The outcome under some answers."""
        return self._at(self._truths(answers))

    def _truths(self, answers: dict[str, Cell]) -> Truths:
        return Truths(self.judge.network, {**self.settled, **answers}, self.only)

    def _at(self, truths: Truths) -> Outcome:
        return self.judge.outcome_of(truths, *self.moving).join(self.still)

    def single(self, question: Question) -> list[tuple[Cell, Outcome]]:
        """Kleene outcome after each answer to one question."""
        if question.id not in self.singles:
            if self.alone is None:
                self.alone = _Alone(self.judge, self.moving, self._truths({}), self.only)
            cells = self.cells[question.id]
            self.singles[question.id] = [
                (c, self.alone.answered(question.id, c).join(self.still)) for c in cells
            ]
        return self.singles[question.id]

    def within_reach(self) -> tuple[list[Question], list[Question]]:
        """The questions whose answers are worth listing, and the others, by id."""
        plain: list[Question] = []
        vague: list[Question] = []
        steps = 0
        for question in sorted(self.questions, key=lambda q: q.id):
            answers = len(self.cells[question.id])
            more = answers * (1 + sum(len(m) for m in self.moving))
            if answers > TOLD or steps + more > EFFORT:
                vague.append(question)
            else:
                steps += more
                plain.append(question)
        return plain, vague

    def ordered(self, questions: list[Question]) -> list[Question]:
        """Best first, by what each answer leads to on its own."""
        return sorted(questions, key=lambda q: order_of(q.id, [o for _, o in self.single(q)]))

    def exact(self, sound: Outcome, ordered: list[Question], *, diagram: bool) -> Findings | None:
        """Exact bounds and the one smallest set of questions; None if the steps do not suffice."""
        root = self._expand({}, ordered)
        if root is None:
            return None
        leaves = list(_leaves(root))
        outcome = leaves[0]
        for leaf in leaves[1:]:
            outcome = outcome.hull(leaf)
        essential = _variables(root)
        needs = [
            Need(
                q,
                tuple(
                    Answer(cell.label, _given(root, q.id, i))
                    for i, cell in enumerate(self.cells[q.id])
                ),
            )
            for q in ordered
            if q.id in essential
        ]
        # The exact ranges may be narrower than those that the diagram was ordered by.
        needs.sort(key=lambda n: order_of(n.question.id, [a.outcome for a in n.answers]))
        return Findings(
            sound,
            outcome,
            exact=True,
            needs=tuple(needs),
            minimal=True,
            diagram=self._diagram(sorted(essential)) if diagram else None,
        )

    def _diagram(self, essential: list[str]) -> Diagram:
        """The same diagram in the order of names, to be compared with that of other law."""
        by_id = {q.id: q for q in self.questions}

        def labeled(node: _Node | Outcome) -> Diagram:
            if isinstance(node, Outcome):
                return node
            cells = self.cells[node.question]
            return Branch(
                node.question,
                tuple((c.label, labeled(n)) for c, n in zip(cells, node.children, strict=True)),
            )

        # What is not essential does not matter: any answer to it will do.
        given = {q.id: self.cells[q.id][0] for q in self.questions if q.id not in essential}
        self.steps = None  # it was within reach in the other order
        root = self._expand(given, [by_id[id_] for id_ in essential])
        assert root is not None  # noqa: S101  INVARIANT: steps without end suffice
        return labeled(root)

    def _expand(self, answers: dict[str, Cell], rest: list[Question]) -> _Node | Outcome | None:
        """What the answers lead to, by the first question that can still matter under them."""
        if self.steps is not None:
            if self.steps == 0:
                return None
            self.steps -= 1
        truths = self._truths(answers)
        outcome = self._at(truths)
        if outcome.determined or not rest:
            return outcome
        open_ = {q.id for q in _Asked(self.judge, truths, outcome).questions()}
        rest = [q for q in rest if q.id in open_]
        if not rest:
            return outcome
        question, *others = rest
        children: list[_Node | Outcome] = []
        for cell in self.cells[question.id]:
            child = self._expand({**answers, question.id: cell}, others)
            if child is None:
                return None
            children.append(child)
        if all(c == children[0] for c in children):
            return children[0]
        node = _Node(question.id, tuple(children))
        return self.nodes.setdefault(node, node)


def order_of(
    question: str, after: list[Outcome]
) -> tuple[tuple[int, int], tuple[Fraction, Fraction], int, str]:
    """Order of questions: worst width after an answer, mean width, answers, path."""
    widths = [o.width for o in after]
    total = (sum(w[0] for w in widths), sum(w[1] for w in widths))
    mean = (Fraction(total[0], len(widths)), Fraction(total[1], len(widths)))
    return max(widths), mean, len(widths), question


def _leaves(root: _Node | Outcome) -> Iterable[Outcome]:
    if isinstance(root, Outcome):
        yield root
        return
    for child in root.children:
        yield from _leaves(child)


def _variables(root: _Node | Outcome) -> set[str]:
    if isinstance(root, Outcome):
        return set()
    found = {root.question}
    for child in root.children:
        found |= _variables(child)
    return found


def _given(root: _Node | Outcome, question: str, answer: int) -> Outcome:
    """The range of leaves that one answer leaves reachable."""

    def walk(node: _Node | Outcome) -> Iterable[Outcome]:
        if isinstance(node, Outcome):
            yield node
        elif node.question == question:
            yield from walk(node.children[answer])
        else:
            for child in node.children:
                yield from walk(child)

    found = list(walk(root))
    result = found[0]
    for outcome in found[1:]:
        result = result.hull(outcome)
    return result


__all__ = ["LICENSE", "LIMIT", "Answer", "Findings", "Judge", "Need", "Outcome", "order_of"]
