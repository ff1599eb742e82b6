"""Two workers on two connections: each group of alerts is told once, whatever they do together."""

import threading
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger
from psycopg2 import errors

from ..kernel.alerting import label
from ..models.saas_alert import RANKS

ROUNDS = 10
AT_ONCE = 100
CODE = "two_workers"
CUT_ACROSS = (errors.SerializationFailure, errors.UniqueViolation, errors.DeadlockDetected)
FORGET = (
    "DELETE FROM saas_alert_notification WHERE rule_id = %(rule)s",
    "DELETE FROM saas_alert_message WHERE channel_id = %(channel)s",
    "DELETE FROM saas_alert WHERE rule_id = %(rule)s",
    "DELETE FROM saas_job_step WHERE job_id IN "
    "(SELECT id FROM saas_job WHERE channel_id = %(channel)s)",
    "DELETE FROM saas_job WHERE channel_id = %(channel)s",
    "DELETE FROM saas_alert_escalation WHERE rule_id = %(rule)s",
    "DELETE FROM saas_alert_channel WHERE id = %(channel)s",
    "DELETE FROM saas_alert_rule WHERE id = %(rule)s",
)


@tagged("post_install", "-at_install")
class TestAlertWorkers(BaseCase):
    """Committed rows, on connections of their own; they are gone again at the end."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.ids = self.committed(self.stage)
        self.addCleanup(self.committed, self.forget)

    def committed(self, work, *values):
        """Do something in a transaction of its own."""
        with self.registry.cursor() as cr:
            return work(api.Environment(cr, SUPERUSER_ID, {}), *values)

    def stage(self, env):
        rule = env["saas.alert.rule"].create(
            {"name": "Two Workers", "code": CODE, "severity": "critical", "layer": "security"}
        )
        channel = env["saas.alert.channel"].create(
            {"name": "Two Workers", "kind": "chat", "per_minute": 1000}
        )
        env["saas.alert.escalation"].create(
            {
                "name": "Two Workers",
                "sequence": -1,
                "rule_id": rule.id,
                "step_ids": [fields.Command.create({"channel_ids": [(6, 0, channel.ids)]})],
            }
        )
        return {"rule": rule.id, "channel": channel.id}

    def forget(self, env):
        for statement in FORGET:
            env.cr.execute(SQL(statement, **self.ids))  # pylint: disable=sql-injection

    def fire(self, env, first):
        now = fields.Datetime.now() - timedelta(minutes=2)
        rows = [
            {
                "rule_id": self.ids["rule"],
                "code": CODE,
                "severity": "critical",
                "rank": RANKS["critical"],
                "layer": "security",
                "scope": "platform",
                "state": "firing",
                "fingerprint": label.fingerprint(CODE, {"n": number}),
                "group_key": f"{number}/{CODE}",
                "subject_id": number,
                "since": now,
                "fired_at": now,
            }
            for number in range(first, first + AT_ONCE)
        ]
        env["saas.alert"]._at_work().create(rows)

    def worker(self, env, barrier, locked, lost):
        """Tell what is due until it was told, as a scheduled action would."""
        barrier.wait()
        for _try in range(20):
            try:
                if not locked or env["saas.alert"]._take_lock():
                    env["saas.alert"]._notify(fields.Datetime.now())
                    env.cr.commit()
                    return
                env.cr.rollback()
            except CUT_ACROSS as error:
                env.cr.rollback()
                lost.append(type(error).__name__)

    def together(self, locked):
        """Let two workers tell the same; return how often one of them was refused."""
        barrier, lost = threading.Barrier(2), []
        # Made here: while tests run, no other thread gets at the registry.
        envs = [api.Environment(self.registry.cursor(), SUPERUSER_ID, {}) for _n in range(2)]
        workers = [
            threading.Thread(target=self.worker, args=(env, barrier, locked, lost)) for env in envs
        ]
        with mute_logger("odoo.sql_db"):
            for one in workers:
                one.start()
            for one in workers:
                one.join()
        for env in envs:
            env.cr.close()
        return lost

    def told(self, env):
        return env.execute_query(
            SQL(
                "SELECT count(*), count(DISTINCT group_key), count(DISTINCT message_id) "
                "FROM saas_alert_notification WHERE rule_id = %s",
                self.ids["rule"],
            )
        )[0]

    def test_a_thousand_alerts_are_told_once_each(self):
        for number in range(ROUNDS):
            self.committed(self.fire, number * AT_ONCE)
            # In half of the rounds nothing but the database keeps them apart.
            self.together(locked=bool(number % 2))
            every = (number + 1) * AT_ONCE
            self.assertEqual(self.committed(self.told), (every, every, every))
        self.assertEqual(
            self.committed(
                lambda env: env["saas.alert.message"].search_count(
                    [("channel_id", "=", self.ids["channel"]), ("state", "=", "waiting")]
                )
            ),
            ROUNDS * AT_ONCE,
        )
