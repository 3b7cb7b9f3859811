"""Differences that were looked at one by one, each with its reason. They are printed."""

from __future__ import annotations

NO_CODE = "Kosovo has no ISO 3166-1 code, so no set of the pack can name it"

UNENFORCED = (
    "printed as worldwide by 90 FR 4544, announced as not enforced: the rule "
    "us.ear_742.worldwide says so, the table keeps the destinations that are enforced"
)

BY_SECTION = {
    "742.6(a)(11)": "hangs on the party: rules of parts 742 and 744, no destination",
    "746.8": "an end use in the oil and gas industry of Russia: 746.8(a)(4)",
    "764.1(b)": "a misprint for 746.1(b)",
}
"""Lines that name a section and no destination which the chart could have."""

LINES = {
    "4A001": {"NP": "the copy's cell says N/A: the text hangs on license exceptions"},
}
"""Single lines of entries."""

ENTRIES = {
    "3D005": "the copy runs 3D005 and 3D006 together",
    "3E001": "the copy lost its lines and shows those of 3E002",
}
"""Entries that the copy did not read right."""

REASONS = {
    "3A232": "the heading names RS, the lines NP",
    "8C609": "the copy appends the lines of the next entry",
}
"""Entries whose heading and lines disagree in the copy."""
