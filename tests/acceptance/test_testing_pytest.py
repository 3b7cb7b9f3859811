"""The cases of the shipped packs run under pytest, by name and in several processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from longarm.loading import installed_pack

ROOT = Path(__file__).parents[2]
SOURCES = [str(ROOT / name) for name in ("dsl", "compiler", "policies")]
FILES = [installed_pack() / regime / "cases" / "port_fees.pol" for regime in ("cn", "us")]
"""Some cases of each pack; the whole packs are decided once, by `longarm test`."""


def test_pytest_runs_the_cases_of_the_packs(tmp_path: Path) -> None:
    report = tmp_path / "cases.xml"
    command = [sys.executable, "-m", "pytest", "-p", "longarm.pytest_plugin", "-n", "2", "-v"]
    done = subprocess.run(
        [*command, f"--junitxml={report}", *map(str, FILES)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(SOURCES)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    titles = [
        title
        for file in FILES
        for title in re.findall(r'^case "(.+)"$', file.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(titles) > 50
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314  written a moment ago
    names = [str(case.get("name")) for case in cases]
    assert sorted(names) == sorted(t.replace("[", "(").replace("]", ")") for t in titles)
    told = {p.get("name") for case in cases for p in case.iter("property")}
    assert {"cn.requires", "us.requires", "cn.because", "us.known", "case"} <= told
    assert f"cases/port_fees.pol::{names[0]}" in done.stdout
