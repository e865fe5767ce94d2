"""The link of a policy that is applied to its back-test: what it promises, kept in the warehouse until it is reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from lowtide.cli.options import language_of
from lowtide.errors import SettingsError
from lowtide.operation.screen import echo
from lowtide.rows import moment


@contextmanager
def linked(
    file: Path, version: str, backtest: Path | None, warehouse: str, at: str, who: str, lang: str | None
) -> Iterator[None]:
    """Put a policy in force within this block: then its promise is kept. Without a promise nothing happens.

    The promise is that of `tune.json` beside the file, or of the folder of a back-test. The warehouse is opened first, so
    that no policy is applied whose promise cannot be kept.
    Raises SettingsError if the back-test is of another policy or no warehouse is named, InputError if there is no back-test,
    or WarehouseError.
    """
    from lowtide.tune.document import NAME, promise_of, promise_of_backtest

    beside = promise_of(file.parent / NAME, version)
    promise = beside
    if backtest is not None:
        promise = promise_of_backtest(backtest, version)
        if beside is not None and beside.backtest == promise.backtest:
            promise = beside
    if promise is None:
        yield
        return
    if not warehouse:
        if backtest is not None:
            raise SettingsError("the link to a back-test needs a warehouse", "Give `--warehouse W`.")
        yield
        echo(language_of(lang).say("tune.not_linked", file=str(file.parent / NAME)), err=True)
        return
    from lowtide.warehouse import open_warehouse
    from lowtide.warehouse.promises import promise as keep

    with open_warehouse(warehouse) as store:
        yield
        row = {**promise.__dict__, "applied_at": moment(at) if at else datetime.now(UTC), "applied_by": who}
        keep(store, row)
    echo(language_of(lang).say("tune.linked", version=version, backtest=promise.backtest), err=True)
