"""Party names, folded so that spellings of one name meet.

Equal folds match; folds that are nearly equal are unknown, so that somebody looks;
all else does not match. Folding never makes two names equal that differ in a word
other than a legal form.
Sources: Unicode Standard Annex 15 (NFKC), Unicode 3.13 (default case folding).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from longarm_dsl.core.formula import Truth

NEAR_LENGTH = 8
"""One edit makes a near match only on folds at least this long."""

_PHRASES = tuple(
    tuple(p.split())
    for p in (
        "limited liability company",
        "limited liability partnership",
        "public limited company",
        "public joint stock company",
        "closed joint stock company",
        "open joint stock company",
        "joint stock company",
        "kabushiki kaisha",
        "sp z o o",
        "s a r l",
        "s p a",
        "s r l",
        "s a",
        "b v",
        "n v",
        "a g",
        "k k",
    )
)

_LAST = frozenset(
    str.split("""
    inc incorporated llc llp lp ltd limited co company corp corporation plc coltd
    gmbh mbh ag kg kgaa ohg ug ev eg se kk sarl sas sasu sa spa srl bv nv cv vof
    ab as asa oy oyj aps sro doo dd ad kft zrt nyrt spzoo lda ltda sl slu sau sapi
    pte pty pvt sdn bhd tbk pjsc jsc ojsc cjsc ooo oao zao pao ao tov fze fzc fzco fzllc dmcc
    wll kscc psc saog saoc kabushikikaisha godokaisha yugenkaisha 株
    ооо оао зао пао ао
    """)
)
"""Legal forms that end a name."""

_FIRST = frozenset(
    str.split("ooo oao zao pao ao pjsc jsc ojsc cjsc tov pt cv 株 ооо оао зао пао ао")
)
"""Legal forms that begin one."""

# The longest first: a form may end with another.
_CJK = (
    "有限责任公司",
    "有限責任公司",
    "股份有限公司",
    "有限公司",
    "股份公司",
    "株式会社",
    "株式會社",
    "有限会社",
    "合同会社",
    "합자회사",
    "주식회사",
    "유한회사",
)

# "Company" by itself is no legal form: 立方公司 is one firm and 立方有限公司 another.
_COMPANY = ("總公司", "总公司", "公司")

# Inside a word these join: S.A. is SA, O'Neil is ONEIL. All other signs part words.
_JOINING = re.compile("[.'’‘`´]")


def _strip_forms(words: Sequence[str]) -> list[str]:
    rest = list(words)
    changed = True
    while changed and rest:
        changed = False
        for phrase in _PHRASES:
            if len(rest) >= len(phrase) and tuple(rest[-len(phrase) :]) == phrase:
                del rest[-len(phrase) :]
                changed = True
        if rest and rest[-1] in _LAST:
            rest.pop()
            changed = True
        if rest and rest[0] in _FIRST:
            rest.pop(0)
            changed = True
    return rest


def _strip_cjk(word: str) -> str:
    if word in _CJK:
        return ""
    for form in _CJK:
        if word.endswith(form):
            return word.removesuffix(form)
        if word.startswith(form):
            return word.removeprefix(form)
    return word


@lru_cache(maxsize=1 << 14)  # a list is compared with every party of every case
def words(text: str) -> tuple[str, ...]:
    """The words of a name after folding; a name that is all legal form keeps its words."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    folded = _JOINING.sub("", folded)
    spaced = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded)
    found = spaced.split()
    kept = [w for w in map(_strip_cjk, _strip_forms(found)) if w]
    return tuple(kept or found)


def fold(text: str) -> str:
    """A name without case, punctuation, legal form and spaces; empty if it has no letter."""
    return "".join(words(text))


def one_edit_apart(a: str, b: str) -> bool:
    """Whether inserting, deleting or changing one character makes one text the other."""
    if len(a) > len(b):
        a, b = b, a
    if a == b or len(b) - len(a) > 1:
        return False
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[same + (len(a) == len(b)) :] == b[same + 1 :]


def _core(folded: str) -> str:
    """A fold without a word for company at its end."""
    return next((folded.removesuffix(c) for c in _COMPANY if folded.endswith(c)), folded) or folded


def match(a: str, b: str) -> Truth:
    """Say whether two names are the same: yes on equal folds, unknown if they are near."""
    left, right = words(a), words(b)
    one, two = "".join(left), "".join(right)
    if not one or not two:
        return Truth.NO
    if one == two:
        return Truth.YES
    near = (
        set(left) == set(right)
        or _core(one) == _core(two)
        or (min(len(one), len(two)) >= NEAR_LENGTH and one_edit_apart(one, two))
    )
    return Truth.UNKNOWN if near else Truth.NO
