"""A cluster that cannot: full, down, without rights; a node or a mail server that is away."""

import pytest

from tests.helpers.crash import REAL, STUB, until

SMALL_BYTES = 4 << 20
STATE = "SELECT state, error_code FROM saas_job WHERE id = %s"
WAITED_LONG = """
UPDATE saas_job SET due_at = now() AT TIME ZONE 'UTC', blocked_at = blocked_at - interval '1 day'
 WHERE id = %s
"""
STEP = "SELECT state FROM saas_job_step WHERE job_id = %s AND name = %s"


@pytest.fixture
def small_disk(crash):
    """A disk of a few megabytes below the filestores, as one worker sees it."""
    folder = crash.stack.settings.node_data / "filestore"
    folder.mkdir(exist_ok=True)
    return {"folder": str(folder), "size": SMALL_BYTES}


@pytest.mark.parametrize(
    ("deed", "rule"), [("provision", ("tenant_gone", "failed")), ("build", ("version_gone",))]
)
def test_a_disk_too_small_is_refused_before_anything_is_written(
    crash, count, small_disk, deed, rule
):
    count("disk too small")
    crash.golden(REAL)
    case = crash.order(deed, template=REAL if deed == "provision" else STUB, small_disk=small_disk)
    end = crash.run("state", job=case.job).result
    assert (end["state"], end["error_code"]) == ("failed", "disk_full")
    assert "MB" in end["error_text"]
    assert case.complaints(*rule) == []


def test_a_backup_whose_target_is_full_is_tried_again_and_fails_when_it_stays_full(crash, count):
    count("target full")
    ready = crash.ready_for("back_up")
    full = {"folder": str(crash.stack.settings.folder / "shelf"), "size": 256 << 10}
    case = crash.order("back_up", tenant=ready, small_disk=full)
    end = crash.run("state", job=case.job).result
    assert (end["state"], end["error_code"]) == ("waiting", "no_space")
    assert case.resume()["state"] == "done"
    assert case.complaints("tenant_backed_up") == []
    case = crash.order("back_up", tenant=ready, small_disk=full)
    crash.control(WAITED_LONG, case.job)
    crash.run("work", small_disk=full)
    end = crash.run("state", job=case.job).result
    assert (end["state"], end["error_code"]) == ("failed", "no_space")
    assert case.complaints("tenant_not_backed_up", "no_space") == []


def test_a_cluster_that_is_down_is_waited_for(crash, count):
    count("cluster down")
    crash.golden(REAL)
    crash.stack.tenant_cluster.stop()
    case = crash.order("provision", template=REAL)
    end = crash.run("state", job=case.job).result
    crash.stack.tenant_cluster.start()
    assert end["state"] == "waiting"
    assert end["error_code"] in ("server_unreachable", "connection_lost")
    assert case.resume()["state"] == "done"
    assert case.complaints("tenant_open") == []
    crash.discard(case.spent)


@pytest.mark.parametrize("right", ["CREATEDB", "CREATEROLE"])
def test_a_provisioner_without_its_rights_fails_in_plain_words(crash, count, right):
    count("right missing")
    crash.golden(STUB)
    crash.tenants(f"ALTER ROLE saas_prov NO{right}")
    try:
        case = crash.order("provision", template=STUB)
        end = crash.run("state", job=case.job).result
    finally:
        crash.tenants(f"ALTER ROLE saas_prov {right}")
    assert (end["state"], end["error_code"]) == ("failed", "right_missing")
    assert "right" in end["error_text"].lower()
    assert case.complaints("tenant_gone", "failed") == []


def test_a_node_that_is_away_is_waited_for(crash, count):
    count("node away")
    crash.golden(REAL)
    crash.stack.node.stop()
    case = crash.order_in_background("provision", template=REAL)
    until(lambda: crash.control(STEP, case.job, "check") == [("running",)], "never at the check")
    crash.stack.start_node()
    assert crash.mother.wait(case.child).status == 0
    assert case.complaints("tenant_open") == []
    crash.discard(case.spent)


def test_a_mail_waits_for_its_server_and_the_tenant_does_not(crash, count):
    count("mail server away")
    crash.golden(REAL)
    crash.run("send_mails")
    crash.stack.mail.stop()
    case = crash.order("provision", template=REAL)
    assert case.complaints("tenant_open") == []
    address = crash.control(
        "SELECT admin_email FROM saas_tenant WHERE id = %s", case.links["tenant"]
    )
    crash.run("send_mails")
    assert crash.mails_to(address[0][0]) == []
    crash.stack.start_mail()
    until(lambda: send_again(crash, address[0][0]), "the mail is lost", 20)
    crash.run("send_mails")
    assert len(crash.mails_to(address[0][0])) == 1
    crash.discard(case.spent)


def send_again(crash, address: str) -> list:
    """Do what the crons do, and look."""
    crash.run("send_mails")
    return crash.mails_to(address)
