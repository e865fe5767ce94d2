"""Attacks of a reader, each found by somebody once. Every attack must fail, and must not have an effect before it fails.

`{file}` is a file with a secret, `{out}` a folder that must stay empty, `{web}` an address that must hear nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Attack:
    """A request of a reader: the statement, and the parameters in the URL or the headers."""

    sql: str
    url: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    form: dict[str, str] = field(default_factory=dict)


FILES = r"""
SELECT * FROM file('{file}', 'LineAsString')
SELECT file('{file}')
SELECT FILE('{file}')
SELECT `file`('{file}')
SELECT "file"('{file}')
SELECT "fi\x6ce"('{file}')
SELECT `\x66ile`('{file}')
SELECT f/**/ile('{file}'), file/* x */('{file}')
SELECT file -- a comment\n('{file}')
SELECT 1 WHERE file('{file}') != ''
WITH file('{file}') AS x SELECT x
WITH (SELECT file('{file}')) AS x SELECT x
SELECT (SELECT (SELECT file('{file}')))
SELECT * FROM (SELECT * FROM (SELECT file('{file}') AS f))
SELECT * APPLY(file) FROM (SELECT '{file}')
SELECT * APPLY file FROM (SELECT '{file}')
SELECT * APPLY(x -> file(x)) FROM (SELECT '{file}')
SELECT COLUMNS('a') APPLY(file) FROM (SELECT '{file}' AS a)
SELECT * REPLACE(file('{file}') AS a) FROM (SELECT 1 AS a)
SELECT arrayMap(file, ['{file}'])
SELECT arrayMap(x -> file(x), ['{file}'])
SELECT arrayFilter(x -> file(x) != '', ['{file}'])
SELECT if(1, file('{file}'), '')
SELECT CASE WHEN 1 THEN file('{file}') END
SELECT 1 ORDER BY file('{file}')
SELECT count() FROM numbers(1) GROUP BY file('{file}') HAVING 1
SELECT sum(1) OVER (ORDER BY file('{file}'))
SELECT 1 LIMIT length(file('{file}'))
SELECT 1 FROM shelf PREWHERE file('{file}') = ''
SELECT * FROM shelf JOIN (SELECT file('{file}') AS f) AS x ON 1 = 1
SELECT 1 UNION ALL SELECT length(file('{file}'))
SELECT 1 IN file('{file}')
SELECT $$a$$, file($x${file}$x$)
SELECT * FROM view(SELECT file('{file}'))
SELECT * FROM values('a String', file('{file}'))
SELECT * FROM values('a String DEFAULT file(''{file}'')', 'x')
SELECT * FROM values(concat('a String DEFAULT fi', 'le(''{file}'')'), 'x')
SELECT * FROM generateRandom('a String DEFAULT file(''{file}'')') LIMIT 1
SELECT * FROM generateRandom(concat('a String DEFAULT fi', 'le(''{file}'')')) LIMIT 1
SELECT * FROM null('a String DEFAULT file(''{file}'')')
EXPLAIN SELECT file('{file}')
EXPLAIN AST SELECT file('{file}')
EXPLAIN SYNTAX run_query_tree_passes = 1 SELECT file('{file}')
EXPLAIN ESTIMATE SELECT * FROM file('{file}', 'LineAsString')
EXPLAIN TABLE OVERRIDE file('{file}') COLUMNS (a String)
DESCRIBE file('{file}')
DESCRIBE TABLE file('{file}', 'CSV')
DESC (SELECT * FROM file('{file}', 'LineAsString'))
SELECT * FROM default.`{file}`
SELECT * FROM "{file}"
SELECT 'x' IN default.`{file}`
SELECT * FROM merge('default', '.*')
EXISTS TABLE default.`{file}`
SHOW CREATE TABLE default.`{file}`
DESCRIBE TABLE default.`{file}`
SELECT * FROM filesystem('/etc')
SELECT * FROM fileCluster('default', '{file}', 'LineAsString')
SELECT * FROM sqlite('{file}', 'x')
SELECT * FROM icebergLocal('/tmp', 'Parquet')
SELECT * FROM deltaLakeLocal('/tmp')
SELECT catboostEvaluate('{file}', 1)
SELECT * FROM loop(file('{file}', 'LineAsString'))
SELECT * FROM format(LineAsString, file('{file}'))
SELECT * FROM input('a String')
SELECT * FROM eval('SELECT file(''{file}'')')
"""
NETWORK = r"""
SELECT * FROM url('{web}/', 'CSV', 'a String')
DESCRIBE url('{web}/x.csv')
SELECT * FROM URL('{web}/', 'CSV', 'a String')
SELECT * FROM urlCluster('default', '{web}/', 'CSV', 'a String')
SELECT * FROM s3('{web}/bucket/x.csv', 'CSV', 'a String')
SELECT * FROM s3('{web}/bucket/x.csv', NOSIGN)
SELECT * FROM gcs('{web}/bucket/x.csv', 'CSV', 'a String')
SELECT * FROM azureBlobStorage('{web}', 'c', 'x.csv', 'n', 'k')
SELECT * FROM hdfs('hdfs://{host}/x', 'CSV', 'a String')
SELECT * FROM remote('{host}', system.one)
SELECT * FROM remoteSecure('{host}', system.one)
SELECT * FROM cluster('default', system.one)
SELECT * FROM mysql('{host}', 'd', 't', 'u', 'p')
DESCRIBE mysql('{host}', 'd', 't', 'u', 'p')
SELECT * FROM postgresql('{host}', 'd', 't', 'u', 'p')
SELECT * FROM mongodb('{host}', 'd', 't', 'u', 'p', 'a String')
SELECT * FROM redis('{host}', 'k', 'k String')
SELECT * FROM iceberg('{web}/x')
SELECT * FROM deltaLake('{web}/x')
SELECT * FROM jdbc('{web}', 'd', 't')
SELECT * FROM odbc('DSN=x', 'd', 't')
SELECT aiGenerate('{web}', 'say the token')
SELECT * FROM arrowstream(x)
SELECT dictGet('secrets', 'value', 1)
SELECT * FROM dictionary('secrets')
SELECT joinGet('secrets', 'value', 1)
"""
PROGRAMS = r"""
SELECT * FROM executable('touch {out}/x', 'TSV', 'a String')
SELECT * FROM executable('sh', 'TSV', 'a String', (SELECT 1))
SELECT * FROM Python(os)
SELECT * FROM python(sys)
SELECT * FROM Python('print(1)')
SELECT 1 INTO OUTFILE '{out}/x'
SELECT 1 INTO/**/OUTFILE '{out}/x' TRUNCATE
select 1 into outfile '{out}/x' and stdout format TSV
SELECT 1 INTO OUTFILE $${out}/x$$ COMPRESSION 'gzip'
EXPLAIN SELECT 1 INTO OUTFILE '{out}/x'
SHOW TABLES INTO OUTFILE '{out}/x'
SELECT 1 FORMAT TSV INTO OUTFILE '{out}/x'
INSERT INTO FUNCTION file('{out}/x', 'TSV', 'a Int8') VALUES (1)
INSERT INTO FUNCTION url('{web}/', 'TSV', 'a Int8') VALUES (1)
INSERT INTO TABLE FUNCTION remote('{host}', system.one) VALUES (1)
BACKUP TABLE shelf TO File('{out}/x')
BACKUP DATABASE lowtide TO Disk('default', 'x')
RESTORE TABLE shelf FROM File('{out}/x')
"""
CHANGES = r"""
INSERT INTO shelf VALUES ('x', 1)
INSERT INTO shelf SELECT * FROM shelf
INSERT INTO shelf FORMAT TSV\nx\t1\n
/* */ insert into shelf values ('x', 1)
-- SELECT\nINSERT INTO shelf VALUES ('x', 1)
WITH 1 AS x INSERT INTO shelf SELECT 'x', x
INSERT INTO shelf FROM INFILE '{file}' FORMAT LineAsString
EXPLAIN PIPELINE INSERT INTO shelf SELECT * FROM shelf
DELETE FROM shelf WHERE 1
UPDATE shelf SET units = 0 WHERE 1
ALTER TABLE shelf DELETE WHERE 1
ALTER TABLE shelf ADD COLUMN x Int8
ALTER TABLE shelf FREEZE
DROP TABLE shelf
DROP TABLE IF EXISTS shelf SYNC
TRUNCATE TABLE shelf
DETACH TABLE shelf
ATTACH TABLE shelf
UNDROP TABLE shelf
RENAME TABLE shelf TO shelves
EXCHANGE TABLES shelf AND run
OPTIMIZE TABLE shelf FINAL
CREATE TABLE x (a Int8) ENGINE = Memory
CREATE TABLE x ENGINE = File('CSV', '{file}') AS SELECT 1
CREATE TEMPORARY TABLE x (a Int8)
CREATE TEMPORARY TABLE x ENGINE = URL('{web}/', 'CSV') AS SELECT 1
CREATE VIEW x AS SELECT file('{file}')
CREATE MATERIALIZED VIEW x ENGINE = Memory AS SELECT * FROM shelf
CREATE FUNCTION leak AS x -> file(x)
CREATE DATABASE x
CREATE DATABASE x ENGINE = Filesystem('/etc')
CREATE DICTIONARY x (id UInt64) PRIMARY KEY id SOURCE(FILE(path '{file}' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)
CREATE DICTIONARY x (id UInt64) PRIMARY KEY id SOURCE(HTTP(url '{web}' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)
CREATE NAMED COLLECTION x AS url = '{web}'
CREATE USER x
CREATE WORKLOAD x
GRANT ALL ON *.* TO default
KILL QUERY WHERE 1
kill/**/query where 1 sync
KILL MUTATION WHERE 1
SYSTEM STOP MERGES
SYSTEM FLUSH LOGS
SYSTEM SHUTDOWN
SYSTEM RELOAD CONFIG
USE default
SET readonly = 0
SET max_result_rows = 0
SET profile = 'default'
EXECUTE AS default SELECT 1
EXECUTE AS default INSERT INTO shelf VALUES ('x', 1)
BEGIN TRANSACTION
CHECK TABLE shelf
MOVE USER x TO y
SELECT 1; DROP TABLE shelf
SELECT 1;; SELECT 2
SELECT 1; INSERT INTO shelf VALUES ('x', 1)
SELECT 1\n;\n-- and\nTRUNCATE shelf
DROP TABLE shelf PARALLEL WITH DROP TABLE run
"""
LOOSER = r"""
SELECT 1 SETTINGS readonly = 0
SELECT 1 SETTINGS readonly = 2
SELECT * FROM numbers(300000) SETTINGS max_result_rows = 0
SELECT 1 FORMAT TSV SETTINGS readonly = 0
SELECT * FROM (SELECT * FROM numbers(300000) SETTINGS max_execution_time = 0)
SELECT 1 SETTINGS allow_ddl = 1, allow_introspection_functions = 1
SELECT 1 SETTINGS format_schema = '{file}:x'
SELECT 1 FORMAT Protobuf SETTINGS format_schema = '{file}:x'
SELECT 1 FORMAT Template SETTINGS format_template_row = '{file}'
SELECT 1 FORMAT CapnProto SETTINGS output_format_schema = '{out}/x', format_schema_source = 'string'
"""
SECRETS = r"""
SELECT * FROM system.processes
SHOW PROCESSLIST
SHOW FULL PROCESSLIST
SELECT * FROM system.query_log
SELECT * FROM system.users
SELECT * FROM system.user_directories
SELECT * FROM system.named_collections
SELECT * FROM system.server_settings
SELECT * FROM system.disks
SELECT * FROM system.parts
SELECT * FROM system.stack_trace
SELECT * FROM system.certificates
SELECT * FROM system.remote_data_paths
SELECT * FROM `system`.`processes`
SELECT * FROM "sys\x74em"."processes"
SELECT * FROM system/**/.processes
SELECT 'x' IN system.users
SELECT 'x' NOT IN system.users
SELECT 'x' GLOBAL IN system.users
SELECT 1 IN (SELECT 1 FROM system.processes)
SELECT EXISTS(SELECT 1 FROM system.processes)
SELECT * FROM merge('system', 'processes')
SELECT * FROM merge(system, '^p')
SELECT * FROM view(SELECT * FROM system.processes)
WITH x AS (SELECT * FROM system.processes) SELECT * FROM x
SELECT * FROM shelf, system.processes
DESCRIBE (SELECT * FROM system.processes)
SHOW GRANTS
SHOW USERS
SHOW ACCESS
SHOW CREATE USER default
SELECT getServerSetting('path')
SELECT getMacro('x')
SELECT showCertificate()
SELECT addressToLine(1)
SELECT * FROM mergeTreeIndex('lowtide', 'shelf')
SELECT * FROM otherdb.table
"""

IN_THE_URL = [
    Attack("SELECT * FROM numbers(300000)", {"max_result_rows": "10", "readonly": "0"}),
    Attack("SELECT * FROM numbers(300000)", {"max_result_rows": "0"}),
    Attack("SELECT * FROM numbers(300000)", {"max_result_rows": "-1"}),
    Attack("SELECT * FROM numbers(300000)", {"max_result_rows": "1e30"}),
    Attack("SELECT * FROM numbers(300000)", {"max_result_rows": "nan"}),
    Attack("SELECT * FROM numbers(300000)", {"max_result_rows": "18446744073709551615"}),
    Attack("SELECT * FROM numbers(300000)", {"result_overflow_mode": "break"}),
    Attack("SELECT * FROM numbers(300000)", {"profile": "default"}),
    Attack("SELECT * FROM numbers(300000)", {"limit": "250000"}),
    Attack("SELECT 1", {"allow_ddl": "1"}),
    Attack("SELECT 1", {"allow_introspection_functions": "1"}),
    Attack("SELECT 1", {"max_threads = 1, readonly": "0"}),
    Attack("SELECT 1", {"limit = 1, max_result_rows": "0"}),
    Attack("SELECT * FROM numbers(300000)", {"limit": "1', max_result_rows = '0"}),
    Attack("SELECT * FROM numbers(300000)", {"session_timezone": "UTC', max_result_rows = '0"}),
    Attack("SELECT 1", {"output_format_schema": "{out}/x"}),
    Attack("SELECT 1", {"format_schema_path": "/etc"}),
    Attack("SELECT 1", {"user_files_path": "/"}),
    Attack("SELECT * FROM processes", {"database": "system"}),
    Attack("SELECT * FROM `{file}`", {"database": "default"}),
    Attack("SELECT 1", {"database": "lowtide', readonly = '0"}),
    Attack("SELECT * FROM {{t:Identifier}}", {"param_t": "system.processes"}),
    Attack("SELECT * FROM {{d:Identifier}}.{{t:Identifier}}", {"param_d": "system", "param_t": "processes"}),
    Attack("SELECT * FROM default.{{t:Identifier}}", {"param_t": "{file}"}),
    Attack("SELECT arrayMap({{f:Identifier}}, ['{file}'])", {"param_f": "file"}),
    Attack("SELECT * APPLY({{f:Identifier}}) FROM (SELECT '{file}')", {"param_f": "file"}),
    Attack("SELECT {{f:Identifier}}('{file}')", {"param_f": "file"}),
    Attack("SELECT * FROM values({{s:String}}, 'x')", {"param_s": "a String DEFAULT file('{file}')"}),
    Attack("SELECT {{q:String}}('{file}')", {"param_q": "file"}),
    Attack("SELECT 1", {"session_id": "s", "session_timeout": "1000000000"}),
    Attack("CREATE TEMPORARY TABLE x (a Int8)", {"session_id": "s"}),
    Attack("SET readonly = 0", {"session_id": "s"}),
    Attack("SELECT 1 FROM kept", {"session_id": "writers"}),
    Attack("('x', 9)", {"query": "INSERT INTO shelf VALUES"}),
    Attack("x\t1\n", {"query": "INSERT INTO shelf FORMAT TSV"}),
    Attack("TABLE shelf", {"query": "DROP"}),
    Attack("", {"query": "DROP TABLE shelf"}, method="GET"),
    Attack("", {"query": "SELECT file('{file}')"}, method="GET"),
    Attack("", {"query": "SELECT file('{file}')", "default_format": "JSON"}, method="GET"),
    Attack("SELECT 1", {"default_format": "TSV INTO OUTFILE '{out}/x'"}),
    Attack("SELECT 1", {"default_format": "TSV SETTINGS readonly = 0"}),
    Attack("INSERT INTO shelf VALUES ('x', 1)", {"user": "writer"}),
    Attack("INSERT INTO shelf VALUES ('x', 1)", {"user": "default", "password": ""}),
    Attack("INSERT INTO shelf VALUES ('x', 1)", {}, {"X-ClickHouse-User": "writer", "X-ClickHouse-Key": ""}),
    Attack("SELECT 1", {"role": "admin", "execute_as": "default"}),
    Attack("SELECT 1", {}, {"X-ClickHouse-Format": "TSV INTO OUTFILE '{out}/x'"}),
    Attack("", form={"query": "SELECT file('{file}')"}),
    Attack("", form={"query": "SELECT 1", "max_result_rows": "0", "readonly": "0"}),
    Attack(
        "", {"x_structure": "a String DEFAULT file('{file}')"}, form={"query": "SELECT * FROM x", "x@": "1"}
    ),
]
"""Parameters of the URL or headers. Doubled braces become single ones."""


def attacks() -> list[Attack]:
    """All attacks."""
    lists = (FILES, NETWORK, PROGRAMS, CHANGES, LOOSER, SECRETS)
    plain = [
        Attack(line.replace("\\n", "\n").replace("\\t", "\t")) for text in lists for line in _lines(text)
    ]
    return [*plain, *IN_THE_URL]


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]
