"""Record what a heavy tenant does to a PostgreSQL cluster: python record.py HOST PORT KIND FILE.

Three databases; after two calm windows one of them runs a known heavy query without a pause. The
others ask small things. Windows take 30 seconds and their amounts are told times ten, so that they
stand for five minutes; averages, pressure and times of answers are as measured.
"""

import json
import os
import sys
import threading
import time
from datetime import datetime, timezone

import psycopg2

HOST, PORT, KIND, FILE = (sys.argv[1:] + [""] * 4)[:4]
SECONDS, TIMES, CALM, HEAVY = 30, 10, 2, 3
TENANTS, NOISY = (1, 2, 3), 2
QUERIES = {
    "cpu": "SELECT sum(sqrt(a) * ln(a + b))"
    " FROM generate_series(1, 3000) a, generate_series(1, 600) b",
    "spill": "SET work_mem = '1MB'; SELECT count(*)"
    " FROM (SELECT md5(a::text) FROM generate_series(1, 400000) a ORDER BY 1) x",
    "write": "INSERT INTO y SELECT a, md5(a::text) FROM generate_series(1, 150000) a",
}
stop, heavy = threading.Event(), threading.Event()
times = {one: [] for one in TENANTS}


def connect(database, **more):
    link = psycopg2.connect(host=HOST, port=int(PORT), user="postgres", dbname=database, **more)
    link.autocommit = True
    return link


def small(one):
    cursor = connect(f"t{one}").cursor()
    while not stop.is_set():
        start = time.monotonic()
        cursor.execute("SELECT count(*) FROM small WHERE a % 7 = 3")
        cursor.execute("UPDATE small SET b = b + 1 WHERE a = 5")
        times[one].append((time.monotonic() - start) * 1000)
        time.sleep(0.2)


def big():
    cursor = connect(f"t{NOISY}").cursor()
    while not stop.is_set():
        if heavy.wait(0.2):
            cursor.execute(QUERIES[KIND])


def stall():
    with open("/proc/pressure/cpu") as found:
        return int(found.readline().split("total=")[1])


def cpu(pids):
    found = {}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as told:
                parts = told.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        found[pid] = (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    return found


def counters(cursor):
    cursor.execute(
        "SELECT substr(datname, 2)::int, blks_read, temp_bytes, active_time FROM pg_stat_database"
        " WHERE datname ~ '^t[0-9]$'"
    )
    return {row[0]: row[1:] for row in cursor.fetchall()}


def main():
    control = connect("postgres").cursor()
    for one in TENANTS:
        control.execute(f"DROP DATABASE IF EXISTS t{one} WITH (FORCE)")
        control.execute(f"CREATE DATABASE t{one}")
        cursor = connect(f"t{one}").cursor()
        cursor.execute("CREATE TABLE y (a int, b text)")
        cursor.execute("CREATE TABLE small AS SELECT a, 0 AS b FROM generate_series(1, 20000) a")
    threads = [threading.Thread(target=small, args=(one,), daemon=True) for one in TENANTS]
    threads += [threading.Thread(target=big, daemon=True) for _each in range(4)]
    for thread in threads:
        thread.start()
    windows, usual = [], {}
    for number in range(CALM + HEAVY):
        if number == CALM:
            usual = {one: sum(row["p95"][one] for row in windows) / CALM for one in TENANTS}
            heavy.set()
        before, pressure, start = counters(control), stall(), time.monotonic()
        for found in times.values():
            found.clear()
        control.execute(
            "SELECT pid, substr(datname, 2)::int FROM pg_stat_activity WHERE datname ~ '^t[0-9]$'"
        )
        pids = dict(control.fetchall())
        used_before, seen = cpu(pids), []
        while time.monotonic() - start < SECONDS:
            control.execute(
                "SELECT substr(datname, 2)::int, count(*) FROM pg_stat_activity"
                " WHERE datname ~ '^t[0-9]$' AND state = 'active' GROUP BY 1"
            )
            seen.append(dict(control.fetchall()))
            time.sleep(0.2)
        used_after, after = cpu(pids), counters(control)
        lasted = time.monotonic() - start
        spent = dict.fromkeys(TENANTS, 0.0)
        for pid, value in used_after.items():
            spent[pids[pid]] += value - used_before.get(pid, 0)
        part = {one: [row.get(one, 0) for row in seen] for one in TENANTS}
        p95 = {one: sorted(times[one])[int(len(times[one]) * 0.95)] for one in TENANTS}
        windows.append(
            {
                "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
                "stress": {
                    "pressure_cpu": round((stall() - pressure) / lasted / 1e4, 1),
                    "sessions": round(sum(sum(v) / len(v) for v in part.values()), 2),
                    "cores": os.cpu_count(),
                },
                "tenants": list(TENANTS),
                "used": {
                    "sessions": {one: round(sum(v) / len(v), 3) for one, v in part.items()},
                    "cpu": {one: round(value * TIMES, 2) for one, value in spent.items()},
                    "blocks_read": {o: (after[o][0] - before[o][0]) * TIMES for o in TENANTS},
                    "temp": {o: (after[o][1] - before[o][1]) * TIMES for o in TENANTS},
                },
                "p95": {one: round(value, 1) for one, value in p95.items()},
                "usual": {one: round(value, 1) for one, value in usual.items()},
            }
        )
    stop.set()
    told = {"kind": KIND, "heavy": NOISY, "heavy_from": CALM, "windows": windows}
    with open(FILE, "w") as out:
        json.dump(told, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
