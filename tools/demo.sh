#!/usr/bin/env bash
# Codes the sample reports into a record of its own and looks at it as a user would. Called by `make demo`.
set -euo pipefail

folder=$(mktemp -d demo-XXXXXX)
record="$folder/record.duckdb"
# How the reader of the last lines can call the program.
command=${COMMUNIQUE:-communique}

title() { printf '\n── %s\n' "$1"; }
run() {
  printf '$ communique'
  printf ' %q' "$@"
  printf '\n'
  communique "$@"
}
first_id() { communique "$@" --json | sed -n '1s/^{"id":"\([^"]*\)".*/\1/p'; }

title "Thirty short reports are read and coded (no network, no server)"
run code samples/reports.jsonl samples/text samples/html --into "$record"

title "Who did what to whom: some events of 2024, each with the sentence it was read in"
run events "$record" --from 2024-01-01 --until 2024-04-01 --limit 6

title "What was planned, and who says so"
run events "$record" --status planned --limit 4

title "NATO's ties as they stood on 20 May 2023"
run ties "$record" --at 2023-05-20 --party NATO

title "The same on 1 April 2024: Sweden is in, the office in Tokyo is off the table"
run ties "$record" --at 2024-04-01 --party NATO

tie=$(first_id ties "$record" --at 2024-04-01 --party NATO --kind presence --party JPN --status rejected)
if [ -n "$tie" ]; then
  title "Why: every step of the tie with the words behind it, and the rows of the tables that decided"
  run explain "$record" "$tie"
fi

title "The record is a plain DuckDB file with views for your own questions"
python - "$record" <<'PY'
import sys

from communique import Record

query = """
    SELECT outlet, count(*) AS statements, count(*) FILTER (form IN ('direct', 'mixed')) AS quoted
    FROM statements WHERE outlet IS NOT NULL GROUP BY outlet ORDER BY outlet
"""
print(query)
with Record.open(sys.argv[1]) as record:
    record.sql(query).show()
PY

event=$(first_id events "$record" --type SUPPORT --limit 1)
title "Try next"
cat <<TEXT
$command explain $record $event
$command ties $record --at 2023-08-20 --party JPN
$command ties $record --kind sanction
$command events $record --type SANCTION --json
$command export $record --format csv --to $folder/tables
$command code your-report.txt --published 2024-03-05 --into $record

docs/tutorial.md goes on from here. The record is in $folder; delete the folder when you are done.
TEXT
