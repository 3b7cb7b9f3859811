"""The regulations' names of destinations as ISO codes, where they differ from the common ones."""

from __future__ import annotations

from longarm_dsl.core.places import country_named

WITHOUT_CODE = frozenset({"Kosovo"})
"""Destinations that ISO 3166-1 has no code for: the pack cannot name them."""

_OTHER_NAMES = {
    "Bahamas, The": "BS",
    "Bosnia & Herzegovina": "BA",
    "Burma": "MM",
    "Cape Verde": "CV",
    "China (PRC)": "CN",
    "Congo (Democratic Republic of the)": "CD",
    "Congo (Democratic Republic of)": "CD",
    "Congo (Republic of the)": "CG",
    "Cote d'Ivoire": "CI",
    "Cote d'lvoire": "CI",
    "Curaçao": "CW",
    "Czech Republic": "CZ",
    "Gambia, The": "GM",
    "Korea, North": "KP",
    "Korea, South": "KR",
    "Macau": "MO",
    "Micronesia (Federated State of)": "FM",
    "Micronesia, Federated States of": "FM",
    "Saint Kitts & Nevis": "KN",
    "Saint Lucia": "LC",
    "Saint Vincent and the Grenadines": "VC",
    "Sao Tome & Principe": "ST",
    "Sao Tome and Principe": "ST",
    "Seycheles": "SC",
    "Sint Maarten (the Dutch two-fifths of the island of Saint Martin)": "SX",
    "South Sudan, Republic of": "SS",
    "St. Kitts and Nevis": "KN",
    "St. Lucia": "LC",
    "St. Vincent and the Grenadines": "VC",
    "The Bahamas": "BS",
    "Trinidad & Tobago": "TT",
    "Türkiye": "TR",
    "United States": "US",
    "Vatican City": "VA",
}


def code_of(name: str) -> str | None:
    """The ISO code of a destination; None if it has none or nobody knows the name."""
    return _OTHER_NAMES.get(name) or country_named(name)
