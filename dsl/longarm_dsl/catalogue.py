"""Every diagnostic the toolkit can give: its name, its severity, one line about it, its page.

The pages are Markdown files in `diagnostic_pages/` (Avoid / Prefer / Why) and ship with the
package, so that `longarm explain` needs no network and no checkout. A name reads as
"allow …". A test holds names, pages and first lines together one for one.
"""

from __future__ import annotations

from importlib.resources import files

from longarm_dsl.diagnostics import Severity
from longarm_dsl.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of diagnostic; `summary` is lower case without a final period."""

    name: str
    severity: Severity
    summary: str


def kind(name: str) -> Kind | None:
    """The kind of that name, if there is one."""
    return _BY_NAME.get(name)


def page(name: str) -> str | None:
    """The Markdown page of a diagnostic, `None` if there is no diagnostic of that name."""
    # INVARIANT: only catalogued names reach the file system, so a name is never a path.
    if name not in _BY_NAME:
        return None
    return files("longarm_dsl").joinpath("diagnostic_pages", f"{name}.md").read_text("utf-8")


_E = Severity.ERROR
_W = Severity.WARNING
_N = Severity.NOTE

KINDS: tuple[Kind, ...] = (
    Kind("all-over-empty", _E, "`all` over a list that may be empty, in a condition that relaxes"),
    Kind("always-true", _W, "a condition that holds in every case"),
    Kind("ambiguous-name", _E, "a name that two declarations in reach share"),
    Kind("bidirectional-control", _E, "an invisible character that reorders what a reader sees"),
    Kind("case-without-expectation", _W, "a case of a test run that expects nothing"),
    Kind("claim-without-rule", _E, "`covers` names a rule that is not in the file"),
    Kind("conflicting-amendments", _E, "two amendments change the same clause from the same day"),
    Kind("confusable-name", _W, "two names of one scope that a reader can hardly tell apart"),
    Kind("currency-mismatch", _E, "amounts in different currencies, added or compared"),
    Kind("cyclic-defeat", _E, "rules that defeat one another in a circle"),
    Kind("cyclic-definition", _E, "a definition that is defined by itself"),
    Kind("cyclic-events", _E, "events that suspend, stop or repeal one another in a circle"),
    Kind("divisor-may-be-zero", _E, "a division whose divisor is not known to be positive"),
    Kind("duplicate-key", _E, "the same key twice in one record"),
    Kind("duplicate-name", _E, "two declarations of one name in the same place"),
    Kind("event-before-target", _E, "an event that acts before its target exists"),
    Kind("event-on-itself", _E, "an event whose target is its own instrument"),
    Kind("event-without-effect", _W, "an event that changes nothing on any day"),
    Kind("excluded-by-range", _E, "a comparison with a value that the field cannot have"),
    Kind("failed-property", _E, "a property that a draw speaks against"),
    Kind("file-too-large", _E, "a file beyond the size that is read"),
    Kind("idle-property", _W, "a property that expects nothing of the law"),
    Kind("idle-review", _E, "a review or limit that governs no license requirement"),
    Kind("lookalike-name", _E, "a name with letters that look like others"),
    Kind("malformed-case", _E, "a case file that does not have the form of a case"),
    Kind("malformed-date", _E, "a date that is not in the calendar or not written YYYY-MM-DD"),
    Kind("malformed-fact", _E, "a stated fact whose value cannot be read"),
    Kind("malformed-table", _E, "a row of a table that does not fit its columns"),
    Kind("mirror-absent", _N, "`mirrors` names a rule of a pack that is not loaded"),
    Kind("missing-clause", _E, "a declaration without a clause that it needs"),
    Kind("missing-table", _E, "a table file that cannot be read"),
    Kind("negated-status", _E, "a status tested for its absence"),
    Kind("nested-too-deeply", _E, "brackets or operators nested beyond what is read"),
    Kind("never-in-force", _W, "a rule that applies on no day"),
    Kind("never-true", _W, "a condition that holds in no case"),
    Kind("no-cases", _E, "a test run that found no case"),
    Kind("not-utf8", _E, "a file that is not UTF-8 text"),
    Kind("number-too-long", _E, "a number with more digits than are read"),
    Kind("overlapping-rows", _W, "two rows of a table that say the same at the same time"),
    Kind("presumed-judgment", _E, "a presumption about what is judged rather than found"),
    Kind("presumption-not-one-sided", _E, "a presumption that could also tighten the outcome"),
    Kind("provision-unclaimed", _W, "a provision that no rule cites and no claim covers"),
    Kind("repeated-clause", _E, "a clause twice where one is allowed"),
    Kind("self-defeating-set", _E, "a rule in the set of rules that it defeats"),
    Kind("stale", _W, "law that was last verified too long ago"),
    Kind("syntax-error", _E, "text that is not a sentence of the language"),
    Kind("type-mismatch", _E, "a value of one kind where another is needed"),
    Kind("uncited-rule", _W, "a rule that does not say which provision it comes from"),
    Kind("uncited-threshold", _W, "a number that decides, without the provision it comes from"),
    Kind("unclosed-bracket", _E, "a bracket that is never closed"),
    Kind("unclosed-string", _E, "a quoted text that is never closed"),
    Kind("unexpected-character", _E, "a character that the language does not use"),
    Kind("unit-mismatch", _E, "quantities that measure different things"),
    Kind("unknown-clause", _E, "a clause that this declaration does not have"),
    Kind("unknown-code", _E, "a control code that no schedule of its system contains"),
    Kind("unknown-country", _E, "a country or country group that is not known"),
    Kind("unknown-currency", _E, "a currency that is not in ISO 4217"),
    Kind("unknown-enum-value", _E, "a value that its enumeration does not have"),
    Kind("unknown-fact", _E, "a fact in a case that the vocabulary does not have"),
    Kind("unknown-field", _E, "a field that the record does not have"),
    Kind("unknown-module", _E, "`use` names a module that is not loaded"),
    Kind("unknown-name", _E, "a name that nothing in reach declares"),
    Kind("unknown-target", _E, "an effect or an event on something that does not exist"),
    Kind("unknown-unit", _E, "a unit that nothing declares"),
    Kind("unknown-zone", _E, "a time zone that does not exist, or that differs from the target's"),
    Kind("unlisted-provision", _W, "a citation of a provision that its instrument does not list"),
    Kind("unmet-expectation", _E, "a case whose decision is not what it expects"),
    Kind("unreviewed-end", _W, "an end date that has passed since the law was last verified"),
    Kind("untested-property", _W, "a property that hardly any draw meets"),
    Kind("unused-declaration", _W, "a declaration that nothing refers to"),
    Kind(
        "wrong-arguments",
        _E,
        "a definition or status used with too many, too few or unknown arguments",
    ),
)
"""All kinds, sorted by name."""

_BY_NAME = {known.name: known for known in KINDS}
