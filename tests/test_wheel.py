"""What `pip install .` gives: the package with its rules inside, and the `gatelens` command."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.support.gateway import ROOT


def test_the_wheel_works_away_from_the_checkout_with_its_rules_inside(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = (tmp_path / "dist").glob("gatelens-*.whl")
    installed = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(installed)
    assert "gatelens/rules/policy.yaml" in names
    assert "gatelens/sample/rules/shop.jwks.json" in names
    assert not [name for name in names if name.startswith(("tests/", "captures/"))]
    (entry_points,) = installed.glob("gatelens-*.dist-info/entry_points.txt")
    assert "gatelens = gatelens.cli:main" in entry_points.read_text()

    environment = {**os.environ, "PYTHONPATH": str(installed), "GATELENS_CACHE": str(tmp_path / "cache")}
    check = [
        sys.executable,
        "-c",
        "import gatelens, sys; print(gatelens.__file__); from gatelens.cli import main; main()",
    ]
    done = subprocess.run(
        [*check, "rules", "check"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith(str(installed)), done
    assert (done.returncode, " 0 faults" in done.stdout) == (0, True), done
