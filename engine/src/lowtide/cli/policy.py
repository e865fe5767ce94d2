"""`lowtide policy`: check a policy, get its schema, see the values in force for a position."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import typer

from lowtide.catalogue import load_catalogue, load_locations
from lowtide.cli.files import print_document
from lowtide.cli.help import App
from lowtide.cli.options import ActorOption, CatalogueOption, InputsOption, LangOption, LocationsOption
from lowtide.cli.policy_link import linked
from lowtide.cli.rule_record import AtOption, TopicArgument, put, times
from lowtide.core import Job
from lowtide.errors import PolicyError
from lowtide.inputs import InputsFolder, load_inputs
from lowtide.operation.screen import Listing, Screen, echo
from lowtide.policy import (
    Policy,
    check_classes,
    class_layers,
    compile_policy,
    load_policy,
    places_of,
    policy_document,
    policy_record,
    policy_schema,
    with_unset,
)
from lowtide.policy.classes import KEYS
from lowtide.settings import load_settings
from lowtide.sources.lines import MAX_RECORD_BYTES

app = App("Check a policy, get its JSON Schema, show the values in force.")

File = Annotated[Path, typer.Argument(metavar="F", help="Policy file (YAML).")]


@app.command()
def check(
    file: File,
    locations: LocationsOption = None,
    catalogue: CatalogueOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The compiled policy as JSON.")] = False,
) -> None:
    """Check a policy: all that is wrong, with line and column, and what would be right.

    Example:

        lowtide policy check policy.yaml
    """
    policy = _policy(file, locations)
    items = catalogue or load_settings().catalogue
    check_classes(file, policy, load_catalogue(items) if items else None)
    compiled = compile_policy(policy)
    if json_:
        sys.stdout.buffer.write(orjson.dumps(compiled, option=orjson.OPT_APPEND_NEWLINE))
        return
    layers = len(compiled["layers"]) - 1
    echo(
        f"`{file}` is good: version {compiled['version']}, {layers} layer{'' if layers == 1 else 's'} over the defaults"
    )


def _policy(file: Path, locations: str | None) -> Policy:
    """The policy over the places of the locations file; without the option, of the one in the settings."""
    path = locations or load_settings().locations
    return load_policy(file, places_of(load_locations(path) if path else None))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a policy, for editors.

    Example:

        lowtide policy schema > policy.schema.json
    """
    print_document(policy_schema())


@app.command()
def apply(
    file: File,
    topic: TopicArgument,
    at: AtOption = "",
    locations: LocationsOption = None,
    backtest: Annotated[
        Path | None,
        typer.Option(
            "--backtest",
            metavar="DIR",
            help="The kept back-test of this policy, DIR/HASH: `lowtide tune --review` compares with it later. "
            "A `tune.json` beside the policy names it too.",
        ),
    ] = None,
    warehouse: Annotated[
        str,
        typer.Option(
            "--warehouse",
            metavar="W",
            envvar="LOWTIDE_WAREHOUSE",
            help="Where the link to the back-test is kept.",
        ),
    ] = "",
    as_: ActorOption = "",
    lang: LangOption = None,
) -> None:
    """Put a policy into every partition of a topic, or into a journal: from there on it holds, now and in every replay.

    Examples:

        lowtide policy apply policy.yaml kafka://127.0.0.1:9092/sales

        lowtide policy apply tuned/policy.yaml journal:.lowtide/journal --warehouse embedded:

        lowtide policy apply policy.yaml journal:.lowtide/journal

        lowtide policy apply policy.yaml - >> movements.jsonl
    """
    document = policy_document(_policy(file, locations))
    record = policy_record(document, *times(at))
    if len(record) > MAX_RECORD_BYTES:
        raise PolicyError(
            f"the policy is too large for a record: {len(record):,} bytes of {MAX_RECORD_BYTES:,}",
            "Leave out profiles that no layer names, match on patterns of locations rather than on regions of many places, "
            "or start a new pipeline with it.",
        )
    version = orjson.loads(document)["version"]
    with linked(file, version, backtest, warehouse, at, as_ or getpass.getuser(), lang):
        count = put(record, topic)
    if count is not None:
        echo(f"policy {version} in each of {count} partitions")


@app.command()
def show(
    file: File,
    sku: Annotated[str, typer.Argument(metavar="SKU")],
    location: Annotated[str, typer.Argument(metavar="LOCATION")],
    catalogue: Annotated[
        Path | None, typer.Option(metavar="C", help="Catalogue, for layers that match on it.")
    ] = None,
    locations: LocationsOption = None,
    inputs: InputsOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show the values in force for a position and the layer each came from, and its classes.

    Examples:

        lowtide policy show policy.yaml 1004906 330 --catalogue items.csv

        lowtide policy show policy.yaml 1004906 330 --catalogue items.csv --inputs inputs
    """
    items = load_catalogue(catalogue) if catalogue else None
    folder = inputs or load_settings().inputs
    learned = load_inputs(folder) if folder else None
    policy = _policy(file, locations)
    known: dict[str, Any] = orjson.loads(Job.of(policy, items, inputs=learned).group().terms(location, sku))
    classes = _classes(learned, items, location, sku)
    terms = {**classes, **with_unset(known)}
    if json_:
        for name, term in terms.items():
            sys.stdout.buffer.write(orjson.dumps({"name": name, **term}, option=orjson.OPT_APPEND_NEWLINE))
        return
    table = Listing("value", "in force", "from layer", box=None, pad_edge=False)
    for name, term in terms.items():
        table.add_row(name, orjson.dumps(term["value"]).decode(), term["layer"])
    Screen().print(table)
    for key, term in classes.items():
        needy = ", ".join(f"`{name}`" for name in class_layers(policy, [key]))
        if needy and not term["value"]:
            echo(f"{needy}: matches on `{key}`, of which this position has none. {_GIVERS[key]}")


_GIVERS = {
    "abc": "It comes from inputs (`--inputs DIR`; `lowtide learn` writes them) or from the catalogue (`--catalogue C`).",
    "xyz": "It comes from inputs: `--inputs DIR`; `lowtide learn` writes them.",
}
"""What to do where a layer asks for a class that a position does not have."""


def _classes(
    learned: InputsFolder | None, items: pa.RecordBatch | None, location: str, sku: str
) -> dict[str, dict[str, Any]]:
    """The ABC and XYZ class of a position, and who gives them; nothing is an empty text."""
    found = learned.sets[learned.start].class_of(location, sku) if learned and learned.start else None
    if learned and found is not None:
        return {
            key: {"value": value, "layer": f"inputs {learned.start}"}
            for key, value in zip(KEYS, found, strict=True)
        }
    own = items.filter(pc.equal(items["sku"], sku)).to_pylist() if items is not None else []
    abc = str(own[0].get("abc") or "") if own else ""
    return {
        "abc": {"value": abc, "layer": "catalogue" if abc else "nothing"},
        "xyz": {"value": "", "layer": "nothing"},
    }
