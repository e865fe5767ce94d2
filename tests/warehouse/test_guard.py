"""A reader can only read: each statement here is an attack that somebody once found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lowtide.errors import SettingsError
from lowtide.warehouse import Warehouse, Writer
from lowtide.warehouse.guard import FUNCTIONS, answer, checked

from .batches import LEDGER, POSITION, batch


@pytest.fixture(scope="module")
def reader(opened: Warehouse) -> Iterator[Warehouse]:
    with opened.reader() as reader:
        yield reader


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO position SELECT * FROM position", "INSERT INTO position VALUES (1)", "DROP TABLE ledger",
        "TRUNCATE TABLE ledger", "ALTER TABLE ledger DELETE WHERE 1",
        "CREATE TABLE t (a Int8) ENGINE = Memory",
        "CREATE TEMPORARY TABLE t (a Int8)", "OPTIMIZE TABLE ledger FINAL", "SYSTEM STOP MERGES",
        "KILL QUERY WHERE 1",
        "SET readonly = 0", "USE default", "RENAME TABLE ledger TO l", "ATTACH TABLE l",
        "BACKUP DATABASE lowtide TO Disk('a', 'b')",
        "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE ledger", "SELECT 1 SETTINGS readonly = 0",
        "SELECT file('/etc/hosts')", "SELECT `file`('/etc/hosts')", "SELECT \"fi\\x6ce\"('/etc/hosts')",
        "SELECT 1 WHERE file('/etc/hosts') != ''", "WITH file('/etc/hosts') AS x SELECT x",
        "EXPLAIN SELECT file('/etc/hosts')", "SELECT * FROM file('/etc/hosts', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:9/', 'CSV', 'a String')", "SELECT * FROM Python(rows)",
        "SELECT * FROM executable('ls', 'TSV', 'a String')", "EXPLAIN SELECT 1 INTO OUTFILE 'x'",
        "SELECT * APPLY(file) FROM (SELECT '/etc/hosts')", "SELECT arrayMap(file, ['/etc/hosts'])",
        "SELECT * FROM values('a String DEFAULT file(''/etc/hosts'')', 'x')", "DESCRIBE url('http://127.0.0.1:9/')",
        "SELECT * FROM generateRandom('a String DEFAULT file(''/etc/hosts'')')", "SELECT 1 IN system.users",
        "SELECT * FROM default.`/etc/hosts`", "SELECT * FROM `/etc/hosts`", "EXISTS TABLE default.`/etc/hosts`",
        "SELECT * FROM system.processes", "SELECT * FROM merge('system', '.*')", "SHOW PROCESSLIST",
        "SELECT aiGenerate('x')", "EXPLAIN INSERT INTO position SELECT * FROM position", "EXECUTE AS default SELECT 1",
        "SELECT * FROM (SELECT 1 SETTINGS allow_ddl = 1)", "SELECT 1 SETTINGS max_insert_threads = 77",
        "SELECT 'SETTINGS limit = ', file('/etc/hosts') AS `'`",
        "WITH file AS f SELECT arrayMap(f, ['/etc/hosts'])", "WITH file AS f SELECT ARRAYMAP(f, ['a']), file FROM reject",
        "SELECT file, * APPLY(file) FROM reject", "SELECT file, * APPLY(x -> file(x)) FROM reject",
        "SELECT file FROM reject ORDER BY 1 WITH FILL FROM file('/etc/hosts')",
        "SELECT file('/etc/hosts') AS file, file", "WITH x -> file(x) AS f SELECT f('/etc/hosts')",
        "SELECT file FROM (SELECT file('/etc/hosts') AS file)", "SELECT `file`, COLUMNS('file') APPLY file FROM reject",
        "SELECT mapApply(file, map('a', 'b'))", "SELECT reject.file('/etc/hosts') FROM reject",
        "", "SELEC 1", "SELECT {a:UInt8}", "SELECT * FROM nowhere", "SELECT 1 FORMAT NoSuchFormat",
    ],
)  # fmt: skip
def test_refused(reader: Warehouse, query: str) -> None:
    with pytest.raises(SettingsError):
        answer(reader, query, "TSV")


def test_no_file_is_written(reader: Warehouse, tmp_path: Path) -> None:
    for query in (
        "SELECT 1 INTO OUTFILE '{}'",
        "select 1 /**/ into\noutfile '{}' truncate",
        "EXPLAIN SELECT 1 INTO OUTFILE '{}'",
    ):
        with pytest.raises(SettingsError):
            answer(reader, query.format(tmp_path / "out"), "TSV")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT 1;", b"1\n"), ("select 'a;b' -- ; comment\n;", b"a;b\n"), ("(SELECT 1)", b"1\n"),
        ("SELECT 'INTO OUTFILE ' || 'x'' FORMAT JSON'", b"INTO OUTFILE x\\' FORMAT JSON\n"),
        ("WITH x AS (SELECT 7 AS n) SELECT n FROM x", b"7\n"), ("SELECT 1 AS a FORMAT JSONEachRow",
        b'{"a":1}\n'),
        ("SELECT 1 UNION ALL SELECT 1", b"1\n1\n"), ("EXISTS TABLE ledger", b"1\n"),
        ("SHOW TABLES LIKE 'led%'", b"ledger\n"),
        ("SELECT count() FROM numbers(5)", b"5\n"),
        ("SELECT r.file, line, count(`file`) FROM reject AS r WHERE file = 'file' GROUP BY ALL ORDER BY file", b""),
    ],
)  # fmt: skip
def test_answered(reader: Warehouse, query: str, said: bytes) -> None:
    assert answer(reader, query, "TSV") == said


REVIEWED = """
    FQDN MACNumToString MACStringToNum MACStringToOUI authenticatedUser bar blockNumber blockSerializedSize blockSize
    buildId byteSize colorOKLABToSRGB colorOKLCHToSRGB colorSRGBToOKLAB colorSRGBToOKLCH connectionId countDigits
    currentDatabase currentHandler currentProfiles currentQueryID currentRequestURL currentRoles currentSchemas
    currentUser defaultProfiles defaultRoles defaultValueOfArgumentType defaultValueOfTypeName digits displayName
    dumpColumnStructure enabledProfiles enabledRoles errorCodeToName filesystemAvailable filesystemCapacity
    filesystemUnreserved finalizeAggregation flipCoordinates formatQuery formatQueryFromJSON formatQueryOrNull
    formatQuerySingleLine formatQuerySingleLineOrNull formatReadableDecimalSize formatReadableQuantity
    formatReadableSize formatReadableTimeDelta generateRandomStructure getMaxTableNameLengthForDatabase
    getMergeTreeSetting getOSKernelVersion getSetting getSettingOrDefault getSizeOfEnumType getSubcolumn
    getTypeSerializationStreams globalVariable hasColumnInTable hasThreadFuzzer highlightQuery hostName icebergBucket
    icebergTruncate identity ignore indexHint initialQueryID initialQueryStartTime initializeAggregation isConstant
    isDecimalOverflow lowCardinalityIndices lowCardinalityKeys materialize minSampleSizeContinuous
    minSampleSizeConversion neighbor normalizeQuery normalizeQueryKeepNames normalizedQueryHash
    normalizedQueryHashKeepNames obfuscateQuery obfuscateQueryWithSeed parseISO8601Duration parseQueryToJSON
    parseReadableSize parseReadableSizeOrNull parseReadableSizeOrZero parseTimeDelta partitionId pgGetUserById
    pgTableIsVisible queryID revision rowNumberInAllBlocks rowNumberInBlock runningAccumulate runningConcurrency
    runningDifference runningDifferenceStartingWithFirstValue serverUUID shardCount shardNum sleep sleepEachRow
    structureToCapnProtoSchema structureToProtobufSchema tcpPort throwIf toColumnTypeName toTypeName tokenizeQuery
    transform uptime variantElement variantType version visibleWidth zookeeperSessionUptime
    mergeTreePartInfo isMergeTreePartCoveredBy demangle assignCentroid naiveBayesClassifierWithProb evalMLMethod
    naiveBayesClassifier naiveBayesClassifierWithAllProbs
"""
"""Functions that do not compute from their arguments alone, or not obviously, and that a reader may have."""


def test_no_function_of_a_new_engine_is_open_to_readers_unseen(opened: Warehouse) -> None:
    """If an upgrade brings another function like `file()`, this test must fail before an analyst finds it."""
    rows = opened.rows(
        "SELECT name FROM system.functions WHERE NOT is_aggregate AND categories IN ('Other', 'AI', 'Dictionary', "
        "'Embedded Dictionary', 'Machine Learning', 'Introspection')"
    )
    open_ = {row["name"] for row in rows if not FUNCTIONS.fullmatch(row["name"].lower())}
    assert open_ == set(REVIEWED.split()) & open_ and len(rows) > 150, sorted(open_ - set(REVIEWED.split()))


def test_settings_at_the_end_are_known_and_nothing_else_is_taken_for_them(reader: Warehouse) -> None:
    found = checked(
        reader,
        "SELECT 'SETTINGS a = 1' AS `SETTINGS b = 2` FORMAT TSV SETTINGS limit = 5, session_timezone = 'UTC'",
    )
    assert dict(found.settings) == {"limit": "5", "session_timezone": "UTC"} and found.format == "TSV"
    assert not checked(reader, "SELECT ' SETTINGS limit = 1'").settings


def test_a_format_is_a_name(reader: Warehouse) -> None:
    assert answer(reader, "SELECT 1 AS a", "CSVWithNames") == b'"a"\n1\n'
    with pytest.raises(SettingsError, match="not a format"):
        answer(reader, "SELECT 1", "TSV SETTINGS max_threads = 1")


def test_the_writer_beside_a_reader_still_writes(warehouse: Warehouse, reader: Warehouse) -> None:
    with Writer(warehouse) as writer:
        writer.write("position", batch(POSITION, {}))
    assert answer(reader, "SELECT count() FROM position", "TSV") == b"1\n"


def test_a_reader_counts_each_row_once(warehouse: Warehouse, reader: Warehouse) -> None:
    """A log that is run again writes its rows again, and `SELECT count() FROM ledger` counted them twice."""
    for _ in range(2):
        with Writer(warehouse) as writer:
            writer.write("ledger", batch(LEDGER, {}, {"seq": 2, "entry": "CLEARED"}))
            writer.write("position", batch(POSITION, {"on_hand": 7}))
    for query, said in {
        "SELECT count(), uniqExact(alert_id, seq) FROM ledger": b"2\t2\n",
        "SELECT count(), sum(on_hand) FROM position": b"1\t7\n",
        "SELECT sum(n) FROM (SELECT count() AS n FROM ledger GROUP BY entry)": b"2\n",
    }.items():
        assert answer(reader, query, "TSV") == said
    assert answer(reader, "SELECT count() FROM position SETTINGS final = 0", "TSV") in (b"1\n", b"2\n")


def test_a_reader_gives_settings_of_presentation_and_limits(reader: Warehouse) -> None:
    query = "SELECT toString(toDateTime(0)), getSetting('max_threads')"
    query += " SETTINGS session_timezone = 'Asia/Tokyo', max_threads = 1"
    assert answer(reader, query, "TSV") == b"1970-01-01 09:00:00\t1\n"
