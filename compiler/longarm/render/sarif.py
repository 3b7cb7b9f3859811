"""Diagnostics as SARIF 2.1.0 (OASIS, March 2020), for code-scanning services. Never capped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from longarm.about import __version__
from longarm.render.common import Json, place
from longarm_dsl.catalogue import kind, page
from longarm_dsl.diagnostics import Diagnostic, Fix, Label, in_order
from longarm_dsl.source import Span

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render_sarif(found: Sequence[Diagnostic]) -> str:
    """One run with a result per finding and a rule per diagnostic name that occurs."""
    ordered = in_order(found)
    names = sorted({d.name for d in ordered})
    data: Json = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "longarm",
                        "semanticVersion": __version__,
                        "rules": [_rule(name) for name in names],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(d, names.index(d.name)) for d in ordered],
            }
        ],
    }
    return json.dumps(data, indent=2) + "\n"


def _rule(name: str) -> Json:
    known = kind(name)
    rule: dict[str, Json] = {"id": name}
    if known is not None:
        rule["shortDescription"] = {"text": known.summary}
        rule["defaultConfiguration"] = {"level": known.severity.value}
    markdown = page(name)
    if markdown is not None:
        rule["help"] = {"text": markdown, "markdown": markdown}
    return rule


def _result(found: Diagnostic, rule_index: int) -> Json:
    words = [found.message]
    words += [f"help: {found.help}"] if found.help else []
    words += [f"note: {found.note}"] if found.note else []
    result: dict[str, Json] = {
        "ruleId": found.name,
        "ruleIndex": rule_index,
        "level": found.severity.value,
        "message": {"text": "\n".join(words)},
        "locations": [_location(found.primary)],
    }
    if found.secondary:
        result["relatedLocations"] = [
            {"id": number, **_location(label)} for number, label in enumerate(found.secondary, 1)
        ]
    if found.fix is not None:
        result["fixes"] = [_fix(found.fix)]
    return result


def _location(label: Label) -> dict[str, Json]:
    location: dict[str, Json] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(label.span.source.name)},
            "region": _region(label.span),
        }
    }
    if label.text:
        location["message"] = {"text": label.text}
    return location


def _fix(fix: Fix) -> Json:
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": _uri(fix.span.source.name)},
                "replacements": [
                    {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.text}}
                ],
            }
        ],
    }


def _region(span: Span) -> Json:
    where = place(span)
    return {
        "startLine": where.line,
        "startColumn": where.column,
        "endLine": where.end_line,
        "endColumn": where.end_column,
    }


def _uri(name: str) -> str:
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")
