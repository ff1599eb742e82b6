"""What looking after wallets and recognizing revenue leave in the records."""

from tests.helpers.job_orders import carried, recognize, tend


def test_what_expired_is_taken_out_once_and_a_top_up_is_ordered_once():
    world, job = carried(tend)
    assert job["state"] == "done"
    world.desk.work(world.desk.enqueue("tend_wallets", {"company": 1}))
    assert [(row["left"], row.get("revenue")) for row in world.rows["grants"].values()] == [
        (0, 30),
        (5, None),
    ]
    assert world.rows["topups"] == {1: 95}


def test_each_month_has_one_entry_and_what_is_to_come_stays_planned():
    world, job = carried(recognize)
    assert job["state"] == "done"
    order = {"company": 1, "month": "2026-02-01"}
    world.desk.work(world.desk.enqueue("recognize_revenue", order))
    assert world.rows["months"] == {
        "2026-01-01": {"state": "posted", "amount": 17},
        "2026-02-01": {"state": "posted", "amount": 42},
    }
    assert [fee["left"] for fee in world.rows["fees"].values()] == [{}, {"2026-03-01": 3}]
