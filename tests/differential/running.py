"""The long run: laws, cases, both forms, what was compared, what was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from differential import pages
from differential.cases import CaseMaker
from differential.comparing import Counts, Form
from differential.policies import random_law
from differential.situations import (
    FormOf,
    Situation,
    asked_of,
    compiled_law,
    disagreements,
    packs,
    shrunk_situation,
    sound,
    told,
)
from differential.trees import Node
from longarm.pool import pool_of
from longarm_dsl.core.program import Program

CASES = 6
"""Cases of one random law."""

RECORDS = 4
"""Of so many decisions one is compared by its whole record too."""

PACKS = 4
"""After so many random laws comes a round over the packs."""

EVERY = 5.0
"""Seconds between two lines of progress."""


def seeded(text: str) -> Random:
    """The same numbers for the same text on every machine."""
    return Random(text)  # noqa: S311  nothing here is a secret


@dataclass
class Run:
    """One run; deterministic by its seed and the number of rounds."""

    form_of: FormOf
    seed: int
    random: bool = True
    packs: bool = True
    folder: Path = pages.FOLDER
    most: int = 3
    """Disagreements after which it stops."""
    first: int = 1
    """The number of the first round."""
    say: Callable[[str], None] = print
    counts: Counts = field(default_factory=Counts)
    started: float = field(default_factory=time.monotonic)
    spoken: float = field(default_factory=time.monotonic)
    pages: list[Path] = field(default_factory=list[Path])

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def until(self, seconds: float) -> None:
        """Round after round until the time is over."""
        for _ in self._rounds():
            self._progress()
            if self.seconds >= seconds or len(self.pages) >= self.most:
                return

    def rounds(self, number: int) -> None:
        """So many rounds: one law, or some cases of the packs."""
        for done, _ in enumerate(self._rounds(), 1):
            if done >= number or len(self.pages) >= self.most:
                return

    def _rounds(self) -> Iterator[None]:
        pack = packs() if self.packs else None
        pool = pool_of(pack) if pack is not None else None
        form = self.form_of(pack) if pack is not None else None
        for number in count(self.first):
            if self.random:
                self._law(number)
                yield
            # A case of the packs takes as long as some laws.
            due = not self.random or number % PACKS == 0
            if due and pack is not None and pool is not None and form is not None:
                rng = seeded(f"packs {self.seed} {number}")
                self._cases(CaseMaker(pack, pool, rng, told=told()), form, None, 2)
                yield

    def _law(self, number: int) -> None:
        rng = seeded(f"law {self.seed} {number}")
        law = random_law(rng)
        program, found = compiled_law(law)
        if not sound(found):
            self.counts.rejected += 1
            return
        self.counts.policies += 1
        maker = CaseMaker(program, pool_of(program), rng)
        try:
            form = self.form_of(program)
        except Exception as wrong:  # noqa: BLE001  that a law does not compile is a finding
            said = f"raises {type(wrong).__name__}: {str(wrong)[:200]}"
            self._found(Situation(law, maker.case(), program.regimes[0]), [said], program)
            return
        self._cases(maker, form, law, CASES)

    def _cases(self, maker: CaseMaker, form: Form, law: Node | None, number: int) -> None:
        program = maker.program
        for _ in range(number):
            case = maker.case()
            self.counts.cases += 1
            for regime in program.regimes:
                asked = asked_of(program, case, regime)
                records = self.counts.decisions % RECORDS == 0
                found = disagreements(asked, form, records=records, counts=self.counts)
                if found:
                    self._found(Situation(law, case, regime), found, program)
                    return

    def _found(self, situation: Situation, found: list[str], program: Program) -> None:
        self.say(f"disagreement: {found[0]}; making it small")
        small, still = shrunk_situation(situation, self.form_of, program)
        path = pages.write(small, still or found, self.folder)
        self.counts.disagreements.append((still or found)[0])
        self.pages.append(path)
        self.say(f"{path}")
        self.say("\n".join((still or found)[:5]))

    def _progress(self) -> None:
        now = time.monotonic()
        if now - self.spoken >= EVERY:
            self.spoken = now
            self.say(self.summary())

    def summary(self) -> str:
        """What has been compared so far, on one line."""
        c = self.counts
        return (
            f"{self.seconds:.0f} s: {c.policies:,} policies, {c.cases:,} cases, "
            f"{c.decisions:,} decisions ({c.records:,} by their whole record), "
            f"{c.unknown:,} unknown facts, {c.members:,} members compared, "
            f"{len(c.disagreements)} disagreements"
        )
