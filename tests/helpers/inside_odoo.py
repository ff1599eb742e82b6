"""`python -m tests.helpers.inside_odoo CONF DATABASE LOG MODULE:FUNCTION ANSWER`: call a function
with an environment of Odoo.

Its values come as a JSON object from standard input; what it returns is written to ANSWER as JSON.
The transaction is rolled back at the end: a function that wants to keep something commits.
"""

import json
import sys
from importlib import import_module
from pathlib import Path


def main() -> None:
    conf, database, log, function, answer = sys.argv[1:]
    from odoo.modules.registry import Registry
    from odoo.tools import config

    options = ["-c", conf, "-d", database, "--no-http", "--logfile", log, "--max-cron-threads=0"]
    config.parse_config(options, setup_logging=True)
    values = json.loads(sys.stdin.read())
    with Registry(database).cursor() as cr:
        from odoo.api import SUPERUSER_ID, Environment

        module, _colon, name = function.partition(":")
        env = Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        found = getattr(import_module(module), name)(env, **values)
        cr.rollback()
    Path(answer).write_text(json.dumps(found, default=str), encoding="utf-8")


if __name__ == "__main__":
    main()
