"""The name and digest of a law: what tells two versions of it apart.

A file that only tells cases is no law: what is asked does not change what was read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from longarm_dsl.core import ast
from longarm_dsl.core.sources import Module
from longarm_dsl.surface import ast as surface


def packs_of(modules: Iterable[Module]) -> tuple[str, ...]:
    """The first parts of the names of the files that hold law, sorted."""
    return tuple(sorted({m.name.split(".", 1)[0] for m in modules if not _only_cases(m)}))


def digest_of(modules: Iterable[Module], tables: Mapping[str, ast.Table]) -> str:
    """SHA-256 of the text of every file that holds law and of every row of a table, in hex."""
    digest = hashlib.sha256()
    for module in sorted((m for m in modules if not _only_cases(m)), key=lambda m: m.name):
        digest.update(module.name.encode())
        digest.update(b"\0")
        digest.update(module.source.text.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    for _, table in sorted(tables.items()):
        for row in sorted(table.rows, key=lambda r: r.id):
            digest.update(row.id.encode())
            for name, cell in row.cells.items():
                text = cell.text if isinstance(cell, ast.Literal) else cell.span.text
                digest.update(f"{name}={text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _only_cases(module: Module) -> bool:
    about_cases = surface.Use | surface.CaseDecl | surface.PropertyDecl
    decls = module.file.decls
    return bool(decls) and all(isinstance(d, about_cases) for d in decls)
