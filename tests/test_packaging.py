"""The wheel holds what is tracked, all of it and nothing else."""

from __future__ import annotations

import configparser
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

from longarm.about import __version__

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "dsl": "longarm_dsl",
    "compiler": "longarm",
    "policies": "longarm_policies",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"),
            *("--no-index", "--no-deps", "--no-build-isolation"),
            *("--wheel-dir", str(folder), str(ROOT)),
        ],
        check=True,
    )
    (built,) = folder.glob("*.whl")
    assert built.name == f"longarm-{__version__}-py3-none-any.whl"
    return zipfile.ZipFile(built)


def tracked() -> set[str]:
    """Files under version control, or about to be, by their names in the wheel."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.split("\0")
    return {
        path.partition("/")[2]
        for path in listed
        if PACKAGES.get(path.partition("/")[0]) == path.partition("/")[2].partition("/")[0]
        and (ROOT / path).is_file()
    }


def test_the_wheel_holds_what_is_tracked(wheel: zipfile.ZipFile) -> None:
    shipped = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert shipped == tracked()
    for package in PACKAGES.values():
        assert f"{package}/py.typed" in shipped
    assert "longarm_dsl/grammar/longarm.lark" in shipped
    assert "longarm_dsl/diagnostic_pages/unknown-name.md" in shipped


def test_every_folder_with_code_is_a_package() -> None:
    # Without the marker, resources of a folder load as nothing instead of failing.
    for folder, package in PACKAGES.items():
        for path in (ROOT / folder / package).rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), path


def test_the_entry_points_are_there(wheel: zipfile.ZipFile) -> None:
    points = configparser.ConfigParser()
    points.read_string(wheel.read(f"longarm-{__version__}.dist-info/entry_points.txt").decode())
    assert points["console_scripts"]["longarm"] == "longarm.cli:main"
    assert points["pytest11"]["longarm.pytest_plugin"] == "longarm.pytest_plugin"


def test_the_license_and_the_versions_are_stated(wheel: zipfile.ZipFile) -> None:
    text = wheel.read(f"longarm-{__version__}.dist-info/METADATA").decode()
    metadata = HeaderParser().parsestr(text)
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    license_text = wheel.read(f"longarm-{__version__}.dist-info/licenses/LICENSE").decode()
    assert license_text == (ROOT / "LICENSE").read_text("utf-8")
    assert "END OF TERMS AND CONDITIONS" in license_text
