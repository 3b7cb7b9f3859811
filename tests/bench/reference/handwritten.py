# ruff: noqa: PLR1714, PLR1730, SIM102  the yardstick stays as it was measured
"""The reference policy as an engineer would write it by hand: the yardstick.

Whole numbers, ratios multiplied out, the bill of materials read once, rules nested by what
they share. It answers what the oracle answers; the order of what fired is its own.
"""

from __future__ import annotations

from .generator import P1, P2, SETS, US_CTRL, Facts
from .oracle import Answer

_P1 = frozenset(P1)
_P2 = frozenset(P2)
_P12 = _P1 | _P2
_UC = frozenset(US_CTRL)
_ZD = frozenset(SETS["ZERO_DM"])
_RE = frozenset(SETS["RE_TECH"])
_FD = frozenset(SETS["FDPR"])
_E = frozenset(SETS["E"])
_D5 = frozenset(SETS["D5"])
_A1 = frozenset(SETS["A1"])
_MEU = frozenset(SETS["MEU"])


def decide(f: Facts) -> Answer:  # noqa: PLR0915  one function is what is measured
    """The level and the rules that fired."""
    fired: list[str] = []
    fire = fired.append
    out = 0
    origin = f["origin"]
    exporter = f["exporter"]
    dest = f["dest"]
    item = f["item"]
    code = item["code"]
    val = item["value"]
    eu = f["end_user"]
    use = f["end_use"]
    tech = f["tech"]
    torg = tech["origin"]
    tcode = tech["code"]
    date = f["date"]
    hum = f["humanitarian"]
    p1 = us = 0
    zd = False
    for c in f["components"]:
        o = c["origin"]
        if o == "CN":
            if c["code"] in _P1:
                p1 += c["value"]
        elif o == "US":
            cc = c["code"]
            if cc in _UC:
                us += c["value"]
                if cc in _ZD:
                    zd = True
    mil = eu["military"]
    bad = use == "wmd" or use == "military"
    s = False
    if dest != "CN":
        if exporter != "CN":
            if date >= 20251201:
                if origin != "CN":
                    if code in _P2 and p1 * 1000 >= val:
                        s = True
                        fire("CN-S1")
                if torg == "CN" and tcode in _RE:
                    s = True
                    fire("CN-S2")
                if origin == "CN" and code in _P12:
                    s = True
                    fire("CN-S3")
        elif date >= 20251009 and code in _P12:
            s = True
            fire("CN-S4")
    if s:
        if hum and not mil and not bad:
            x = True
            fire("CN-X1")
            if out < 2:
                out = 2
        else:
            x = False
        if mil:
            fire("CN-D1")
            if out < 4:
                out = 4
        if eu["listed"]:
            fire("CN-D2")
            if out < 4:
                out = 4
        if eu["owned_bp"] >= 5000:
            fire("CN-D3")
            if out < 4:
                out = 4
        if bad:
            fire("CN-D4")
            if out < 4:
                out = 4
        if not x:
            if item["node_nm"] <= 14:
                fire("CN-C1")
                if out < 3:
                    out = 3
            if item["nand_layers"] >= 256:
                fire("CN-C2")
                if out < 3:
                    out = 3
            if use == "ai_dual":
                fire("CN-C3")
                if out < 3:
                    out = 3
            fire("CN-L0")
            if out < 3:
                out = 3
    d5 = dest in _D5
    e = dest in _E
    el = eu["entity_listed"]
    s = False
    if origin == "US":
        s = True
        fire("US-S1")
    if exporter == "US":
        s = True
        fire("US-S2")
    if e:
        if us * 10 > val:
            s = True
            fire("US-S4")
    elif us * 4 > val:
        s = True
        fire("US-S3")
    if d5 and zd:
        s = True
        fire("US-S5")
    if torg == "US" and tcode in _FD and (d5 or el):
        s = True
        fire("US-S6")
    if (
        use == "semicap"
        and dest == "CN"
        and f["us_person"]
        and (item["node_nm"] <= 16 or item["nand_layers"] >= 128)
    ):
        fire("US-P1")
        if out < 5:
            out = 5
    if s:
        n = True
        if e:
            if hum and code == "EAR99":
                n = False
                fire("US-X1")
                if out < 2:
                    out = 2
            else:
                n = False
                fire("US-D3")
                if out < 5:
                    out = 5
        if el:
            n = False
            fire("US-D1")
            if out < 4:
                out = 4
        if eu["el_owned_bp"] >= 5000:
            n = False
            fire("US-D2")
            if out < 4:
                out = 4
        if d5:
            if (mil or use == "military") and code in _MEU:
                n = False
                fire("US-D4")
                if out < 4:
                    out = 4
            if code == "3A090" or code == "4A090":
                t = item["tpp"]
                if t >= 4800:
                    n = False
                    fire("US-D5")
                    if out < 4:
                        out = 4
                elif t >= 2400:
                    n = False
                    fire("US-C1")
                    if out < 3:
                        out = 3
            if code == "3B001" and dest == "CN" and item["node_nm"] <= 16:
                n = False
                fire("US-D6")
                if out < 4:
                    out = 4
        if dest not in _A1:
            if code == "5A002":
                n = False
                fire("US-C2")
                if out < 3:
                    out = 3
            if not d5 and code in _UC:
                n = False
                fire("US-C3")
                if out < 3:
                    out = 3
        if n:
            fire("US-N1")
            if out < 1:
                out = 1
    return out, fired
