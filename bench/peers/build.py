"""Make the peers that are not Python ready to run: Maven, Cargo, and an environment with DuckDB. What is missing is said."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parent / "out"
JAVA = HERE / "java"


class Missing(Exception):
    """A tool that this peer needs is not on this machine, or cannot build it; the text says which."""


def java(module: str, main: str) -> list[str]:
    """The command of a peer on Java. One collector thread, because CPU time is compared. Raises Missing."""
    _need("java", "Java 17")
    jar = JAVA / module / "target" / f"{module}-1.jar"
    if _is_older(jar, JAVA, ("*.java", "pom.xml")):
        _need("mvn", "Maven")
        _run(["mvn", "-q", "-B", "package"], JAVA)
    opened = [f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in ("lang", "util")]
    classes = f"{jar}:{JAVA / module / 'target' / 'lib'}/*"
    return ["java", "-XX:+UseSerialGC", "-Xmx6g", *opened, "-cp", classes, f"lowtide.peers.{main}"]


def rust(crate: str) -> list[str]:
    """The command of a peer in Rust. Raises Missing."""
    _need("cargo", "Rust")
    target = OUT / "target" / crate
    _run(["cargo", "build", "-q", "--release", "--locked", "--target-dir", str(target)], HERE / crate)
    return [str(target / "release" / f"peer-{crate}")]


def duckdb() -> list[str]:
    """The command of the batch in DuckDB, in an environment that holds nothing else. Raises Missing."""
    python = OUT / "duckdb" / "bin" / "python"
    wanted = HERE / "requirements.txt"
    if _is_older(OUT / "duckdb" / "pyvenv.cfg", HERE, (wanted.name,)):
        _run([sys.executable, "-m", "venv", "--clear", str(OUT / "duckdb")], HERE)
        _run([str(python), "-m", "pip", "install", "-q", "-r", str(wanted)], HERE)
    return [str(python), str(HERE / "duckdb_batch.py")]


def _need(tool: str, name: str) -> None:
    if shutil.which(tool) is None:
        raise Missing(f"{name} is not installed (no `{tool}` on the path)")


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-5:]
        raise Missing(f"`{' '.join(command[:3])} …` failed: " + " / ".join(last))


def _is_older(made: Path, folder: Path, patterns: tuple[str, ...]) -> bool:
    if not made.exists():
        return True
    sources = [path for pattern in patterns for path in folder.rglob(pattern) if "target" not in path.parts]
    return made.stat().st_mtime < max(path.stat().st_mtime for path in sources)
