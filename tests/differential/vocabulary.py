"""The vocabulary of the random policies: a field of every type, and what built-ins read."""

from __future__ import annotations

from differential.trees import Node, Part, joined, node, perhaps

_ENUMS = (
    "enum Mode = ma, mb, mc",
    "enum Grade = ga < gb < gc",
    "enum Use = ua, ub, uc, ud",
    "enum Level = unaware < reason_to_know < high_probability < actual < clear",
    "enum NoticeKind = license, approval, other",
    'unit TPP "performance"',
)

_RECORDS = """
Scope
  code : codes
  destination : {country}
Notice
  kind : NoticeKind
  authority : text
  issued : date
  valid_until : date
  revoked : date
  scope : Scope
Listing
  list : text
  listed : date
  until : date
  review : posture
  marks : {number}
Stake
  owner : Party
  share : percent range 0% to 100%
  votes : percent range 0% to 100%
  seats : percent range 0% to 100%
  from : date
  until : date
Awareness
  of : text
  level : Level
  value : text
Plant
  located_in : country
  operator : Party
  running : flag
Party
  id : text
  name : text
  aliases : [text]
  address : text
  located_in : country
  nationality : {country}
  government_of : country
  military : flag
  grade : Grade
  branch_of : Party
  lists : [Listing]
  owners : [Stake]
Item
  name : text
  code : codes
  origin : country
  made_in : country
  value : money > 0
  cost : money
  quantity : number >= 0
  tpp : TPP >= 0
  node : nm > 0
  speed : GB/s >= 0
  purity : percent range 0% to 100%
  drift : number
  built_in : flag
  published : flag presumed no
  fitted : flag judged
  substance : text
  tags : {text}
  grade : Grade
  since : date
  plant : Plant
  maker : Party
  components : [Item]
Transaction
  actor : Party
  importer : Party
  end_user : Party
  providers : [Party]
  item : Item
  product : Item
  f0 : flag
  f1 : flag
  f2 : flag
  f3 : flag
  shown : flag presumed no
  felt : flag judged
  mode : Mode
  modes : {Mode}
  grade : Grade
  uses : {Use}
  destination : country
  departure : country
  transit : [country]
  size : number range 0 to 40
  drift : number
  fee : money
  title : text
  tags : {text}
  wish : posture
  date : date
  time : time
  sent : date
  due : date
  awareness : [Awareness]
  licenses : [Notice]
  notices : [Notice]
  events : dates
  rates : rates
"""


def vocabulary() -> Node:
    """Its text; what a law does not read can be left out."""
    made: list[Part] = [perhaps("declaration", f"{line}\n") for line in _ENUMS]
    record: list[Part] = []
    name = ""
    for line in [*_RECORDS.strip().splitlines(), "end"]:
        if line.startswith("  "):
            record.append(node("field", f"  {line.strip()}\n"))
            continue
        if name:
            made.append(perhaps("declaration", f"record {name}\n", joined("fields", "", record)))
        name, record = line, []
    return Node("vocabulary", tuple(made))


WORDS = {
    "Mode": ("ma", "mb", "mc"),
    "Grade": ("ga", "gb", "gc"),
    "Use": ("ua", "ub", "uc", "ud"),
}
PLACES = ("CN", "US", "RU", "FR", "HK", "NL")
POSTURES = ("approval_presumed", "standard", "case_by_case", "denial_presumed", "denial", "none")
CODES = (
    "CN[1A001]",
    "CN[1A001.a]",
    "CN[1A001 except .a; 1A002]",
    "CN[1A001 to 1A003]",
    "CN[any A of category 1]",
    "US[1A001; 600]",
    "US[EAR99]",
    "HS[8505]",
)
SINGLE_CODES = ("CN:1A001", "CN:1A001.a", "CN:1A002", "CN:1A009", "US:1A001", "US:EAR99")
