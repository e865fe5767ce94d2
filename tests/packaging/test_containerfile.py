"""The Containerfile takes what is there, builds with `make wheel`, and agrees with the pages that start its image."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
import yaml

from lowtide.operation.endpoint import LISTEN
from tests.packaging.containerfile import ROOT, Stage, ignored, stages

PAGE = (ROOT / "docs/operations.md").read_text("utf-8")


@pytest.fixture(scope="module")
def build() -> Stage:
    return stages()[0]


@pytest.fixture(scope="module")
def image() -> Stage:
    return stages()[-1]


def test_every_path_that_it_copies_is_there(build: Stage) -> None:
    assert [path for path in build.copied() if not (ROOT / path).exists()] == []


def test_it_copies_every_path_that_the_wheel_is_made_of(build: Stage) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    native, named = project["tool"]["maturin"], project["project"]
    members = tomllib.loads((ROOT / "Cargo.toml").read_text("utf-8"))["workspace"]["members"]
    needed = {
        named["readme"],
        *named["license-files"],
        native["manifest-path"],
        native["python-source"],
        *members,
    }
    assert {path.split("/")[0] for path in needed} <= set(build.copied())


def test_it_builds_as_a_person_does(build: Stage) -> None:
    """`make wheel-test` runs the last two commands of this stage word for word."""
    assert build.all("RUN")[1] == "make wheel"
    assert re.search(
        r"^wheel:.*\n\t.*maturin build .*--out dist$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )
    assert build.all("RUN")[2].endswith("dist/*.whl") and len(build.all("RUN")) == 3


def test_what_was_built_here_does_not_reach_the_image() -> None:
    kept_out = {line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()}
    assert {".venv", "target", "dist", ".lowtide", "__pycache__", "*.so"} <= kept_out & set(ignored())


def test_the_image_is_what_the_pages_start(build: Stage, image: Stage) -> None:
    """systemd runs the image's program; the pod has the image's user, and keeps its state in the image's volume."""
    assert build.image == image.image, "the virtual environment finds its Python at the same path in both"
    assert len(image.all("COPY")) == 1, "nothing but the virtual environment"
    (program,) = json.loads(image.one("ENTRYPOINT"))
    assert f"\nExecStart={program} run " in PAGE
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    pod: dict[str, Any] = next(
        document["spec"]["template"]["spec"]
        for document in yaml.safe_load_all(text)
        if document["kind"] == "StatefulSet"
    )
    security = pod["securityContext"]
    assert image.one("USER") == f"{security['runAsUser']}:{security['fsGroup']}" and security["runAsNonRoot"]
    (container,) = pod["containers"]
    (state,) = [mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "state"]
    assert state == image.one("VOLUME") == image.one("WORKDIR")
    assert f"--state={state}/state" in container["args"]


def test_the_health_check_asks_the_run(image: Stage) -> None:
    variables = dict(rest.split("=", 1) for rest in image.all("ENV"))
    assert variables["HEALTH_URL"] == f"http://{LISTEN}/healthz"
    assert "HEALTH_URL" in image.one("HEALTHCHECK")
