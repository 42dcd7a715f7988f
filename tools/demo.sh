#!/usr/bin/env bash
# Codes the sample reports into a record of its own and looks at it as a user would. Called by `make demo`.
set -euo pipefail

folder=$(mktemp -d demo-XXXXXX)
record="$folder/record.duckdb"

title() { printf '\n── %s\n' "$1"; }
run() { printf '$ communique %s\n' "$*"; communique "$@"; }

title "Thirty short reports are read and coded (no network, no database server)"
run code samples --into "$record"

title "Who did what to whom: the newest events, each with the sentence it came from"
run events "$record" --limit 8

title "Only what Japan and NATO planned together"
run events "$record" --actor NATO --status planned --limit 3

title "Ties with NATO as of 20 May 2023"
run ties "$record" --at 2023-05-20 --party NATO

title "The same ties as of 1 April 2024"
run ties "$record" --at 2024-04-01 --party NATO

title "Who said what: the record is a plain DuckDB file with views for your own questions"
python - "$record" <<'PY'
import sys

import duckdb

with duckdb.connect(sys.argv[1], read_only=True) as connection:
    rows = connection.execute("SELECT source, status, quote FROM statements ORDER BY published, id LIMIT 6").fetchall()
for source, status, quote in rows:
    print(f"{source or 'unnamed source'} ({status}): {quote}")
PY

event=$(communique events "$record" --limit 1 --json | python -c 'import json, sys; print(json.loads(sys.stdin.readline())["id"])')
title "Try next"
cat <<TEXT
communique explain $record $event
communique ties $record --at 2023-08-01 --kind presence
communique events $record --type SANCTION --json
communique export $record --format csv --to $folder/tables
communique code your-report.txt --into $record
The record is in $folder; delete the folder when you are done.
TEXT
