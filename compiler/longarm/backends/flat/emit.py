"""One straight-line Python function for a regime whose rules read plain facts.

Where no rule has a family, asks the reference, or lies in doubt, a whole epoch becomes
one function on plain dictionaries: constants folded, ratios cross-multiplied, every test
of a word one bit of one lookup, loops over one list run once, rules under what they have
in common, and rules that a word decides reached through that word.

Soundness: `decide` answers what the reference evaluator answers for a complete case with
the same facts; `decide_open` gives its strong Kleene bounds. Whatever they cannot read
raises `Switch` and is left to the rule network.
"""

from __future__ import annotations

import re

from longarm.backends.flat.facts import Facts
from longarm.backends.flat.model import Entry, Flat, FlatRule, FlatText, Mask, Part
from longarm.backends.flat.order import Arrangement
from longarm.backends.flat.rules import MASKS, Rules
from longarm.backends.flat.tree import Block, Statement, lines, placed
from longarm.backends.python import docstring
from longarm.plan.ast import (
    Flag,
    Loop,
    Node,
    Order,
    Relation,
    Shared,
    Status,
    Test,
    inside,
)
from longarm_dsl.lazy_dataclass import dataclass


def emit_flat(flat: Flat) -> FlatText:
    """Write the functions of a flat epoch.

    Raises NotFlat where some rule needs more.
    """
    facts = Facts(flat, {r.id: r for r in flat.rules})
    emitter = _Emitter(flat, facts, Arrangement(facts))
    return emitter.text()


@dataclass(slots=True)
class _Emitter:
    flat: Flat
    facts: Facts
    plan: Arrangement

    def text(self) -> FlatText:
        """Functions behind words, what rules look at, and the two decisions."""
        behind = [
            text
            for name, rules in self.plan.behind.items()
            for n, (_, rule, rest) in enumerate(rules)
            for text in self._behind(name, n, rule, rest)
        ]
        reading = [self._reading(rule) for rule in self.flat.rules]
        plain = self._function("decide", self.plan.stages, plain=True)
        opened = self._function("decide_open", self.plan.stages, plain=False)
        lookups = tuple(self.facts.lookups.values())
        return FlatText(
            "\n\n".join([*behind, *reading, plain, opened]),
            lookups,
            {
                name: tuple(
                    (test.site, f"{name}_{n}", f"{name}_{n}__open", rule.bit)
                    for n, (test, rule, _) in enumerate(rules)
                )
                for name, rules in self.plan.behind.items()
            },
            {k.name: self.facts.patterns(k) for k in lookups},
        )

    def _function(
        self, name: str, stages: list[tuple[list[Entry], list[str]]], *, plain: bool
    ) -> str:
        writer = Rules(self.facts, self.plan, plain=plain)
        block: Block = []
        inner = block
        for n, (entries, words) in enumerate(stages):
            late = all(hanging(e) and not ws for es, ws in stages[n:] for e in es)
            if n and inner is block and late and not words:
                # Nothing that comes now can happen unless something has.
                guard = Statement(parts=[writer.anything()])
                inner.append(guard)
                inner = guard.body
            inner += writer.nest(entries)
            for word in words:
                inner += writer.through(word)
        writer.remember(block)
        heads = [Statement(line) for line in writer.heads()]
        made_block = placed(block, writer.values())
        # Facts before lists: what is missing is found before anything long is done.
        first = next((n for n, s in enumerate(made_block) if not _assigns(s)), len(made_block))
        body = lines([*made_block[:first], *heads, *made_block[first:]], 2)
        said = "a complete case, on plain booleans" if plain else "bounds, with three values"
        made = [
            f"def {name}(t):",
            f'    """{docstring(self.flat.regime)}: {said}."""',
            "    try:",
            *body,
        ]
        if plain:
            made += [
                "        try:",
                "            return VERDICTS[s]"
                if not self.plan.behind
                else "            return VERDICTS[s, hits]",
                "        except KeyError:",
                "            return verdict(s)"
                if not self.plan.behind
                else "            return verdict(s, hits)",
            ]
        else:
            made += [
                "        try:",
                "            return BOUNDS[may, must]"
                if not self.plan.behind
                else "            return BOUNDS[may, must, hits]",
                "        except KeyError:",
                "            return bounds(may, must)"
                if not self.plan.behind
                else "            return bounds(may, must, hits)",
            ]
        made += [
            "    except (KeyError, TypeError, AttributeError, Switch):",
            f"        return {'decide_open' if plain else 'again'}(t)",
        ]
        return "\n".join(made) + "\n"

    def _reading(self, rule: FlatRule) -> str:
        """A function that tells the facts and numbers that a rule looks at."""
        writer = Rules(self.facts, self.plan, plain=True)
        found: dict[str, str] = {}
        for part in rule.parts:
            self._told(part, writer, found)
        told = ", ".join(f"{k!a}: {v}" for k, v in found.items())
        inside = [
            line
            for line in writer.heads()
            if line not in {MASKS, "hits = ()"} and "any_" not in line
        ]
        block = placed([Statement(f"return {{{told}}}")], writer.values())
        heads = ["    " + line for line in inside]
        title = docstring(self.flat.titles[rule.id])
        made = [f"def read_{rule.bit}(t):", f'    """{title}: what it looks at."""', *heads]
        return "\n".join([*made, *lines(block, 1)]) + "\n"

    def _told(self, node: Node, writer: Rules, found: dict[str, str]) -> None:
        match node:
            case Flag(ref) | Test(ref) | Order(_, ref):
                found[".".join(self.facts.path(ref)[1])] = writer.fact(ref)
            case Relation(_, left, right, site):
                found[self.flat.texts[site]] = f"({writer.side(left)}, {writer.side(right)})"
            case Shared(key):
                self._told(self.flat.shared[key], writer, found)
            case Loop():
                pass  # its elements are many: the rule tells of the list by its own words
            case _:
                for part in inside(node):
                    self._told(part, writer, found)

    def _behind(self, name: str, number: int, rule: FlatRule, rest: tuple[Part, ...]) -> list[str]:
        """The functions of a rule that a word leads to."""
        found: list[str] = []
        called = f"{name}_{number}"
        title = docstring(self.flat.titles[rule.id])
        for plain in (True, False):
            writer = Rules(self.facts, self.plan, plain=plain, own=True)
            mode = "plain" if plain else "may"
            first = " and ".join(writer.condition(p, mode) for p in rest) or "True"
            taken = "t, s" if plain else "t, may, must"
            text = [f"def {called}{'' if plain else '__open'}({taken}):", f'    """{title}."""']
            if plain:
                text.append(f"    return {first}")
            else:
                second = " and ".join(writer.condition(p, "must") for p in rest) or "True"
                text.append(f"    return (2 if {second} else 1) if {first} else 0")
            found.append("\n".join(text) + "\n")
        return found


def _assigns(statement: Statement) -> bool:
    """Whether a statement gives a fact its name."""
    return not statement.parts and re.match(r"\w+ = ", statement.line) is not None


def hanging(entry: Entry) -> bool:
    """Whether a rule needs another to fire or stand."""
    return any(isinstance(p, Status) or (isinstance(p, Mask) and not p.none) for p in entry[1])


__all__ = ["emit_flat"]
