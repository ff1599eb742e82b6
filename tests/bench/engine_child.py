"""A worker process with the real records: runs operations that do nothing.

Told by arguments: Odoo's configuration, the database. Commands on standard input: `make N` orders
operations, `work` runs them all; both answer one line.
"""

import sys
import time

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

KIND = "bench_nothing"


def _nothing(_ctx: object) -> None: ...


def main() -> None:
    conf, database = sys.argv[1:]
    config.parse_config(["-c", conf, "-d", database, "--no-http", "--max-cron-threads=0"])
    config["saas_node"] = None
    registry = Registry(database)
    jobs = sys.modules["odoo.addons.saas_business_management.jobs.registry"].JOBS
    base = sys.modules["odoo.addons.saas_business_management.jobs.base"]
    jobs[KIND] = base.Job(KIND, "Nothing", (base.Step("nothing", "Do nothing", _nothing),))
    print("ready", flush=True)
    for line in sys.stdin:
        with registry.cursor() as cr:
            env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
            print(_obey(env, line.split()), flush=True)


def _obey(env: object, words: list[str]) -> str:
    if words[0] == "make":
        for _number in range(int(words[1])):
            env["saas.job"]._enqueue(KIND)
        return "made"
    begun = time.time()
    count = env["saas.job"]._work(3600, until_idle=True)
    return f"{count} {begun} {time.time()}"


if __name__ == "__main__":
    main()
