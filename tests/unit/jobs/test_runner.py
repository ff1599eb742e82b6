"""The way forward: steps in order, facts, waiting, resuming, cancelling."""

import pytest

from saas_business_management.jobs.base import Context, Step
from saas_business_management.kernel.errors import Broken, Unavailable
from tests.helpers.job_workshop import Workshop
from tests.helpers.jobs import KilledHere, Points


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


def noted(desk) -> list[str]:
    return desk.database.rows["notes"]


def states(row) -> list[str]:
    return [step["state"] for step in row["steps"].values()]


def test_steps_are_done_once_in_their_order(shop: Workshop) -> None:
    desk = shop.desk(*(shop.step(name) for name in "abc"))
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], states(row)) == ("done", ["done"] * 3)
    assert shop.did == noted(desk) == ["a", "b", "c"]


def test_each_step_sees_the_facts_of_the_ones_before_and_the_order(shop: Workshop) -> None:
    seen = []
    last = Step("c", "C", lambda ctx: seen.append((dict(ctx.spec), dict(ctx.facts), ctx.fence)))
    desk = shop.desk(shop.step("a", {"x": 1, "y": 1}), shop.step("b", {"y": 2}), last)
    row = desk.work(desk.enqueue("work", {"for": "acme"}))
    assert seen == [({"for": "acme"}, {"x": 1, "y": 2}, row["fence"])]
    assert row["facts"] == {"x": 1, "y": 2}


def test_a_step_with_nothing_to_do_is_skipped_by_what_is_known_then(shop: Workshop) -> None:
    def cold(ctx: Context) -> bool:
        return not ctx.facts["warm"]

    steps = shop.step("a", {"warm": True}), shop.step("b", when=cold), shop.step("c")
    desk = shop.desk(*steps)
    row = desk.work(desk.enqueue("work"))
    assert (states(row), shop.did) == (["done", "skipped", "done"], ["a", "c"])


def test_a_job_whose_last_steps_have_nothing_to_do_is_done(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), *(shop.step(name, when=lambda _: False) for name in "bc"))
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], states(row)) == ("done", ["done", "skipped", "skipped"])


def test_a_job_with_nothing_to_do_at_all_is_done(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a", when=lambda _: False))
    assert desk.work(desk.enqueue("work"))["state"] == "done"


def test_no_answer_waits_and_the_same_step_is_tried_again(shop: Workshop) -> None:
    desk = shop.desk(*(shop.step(name) for name in "abc"))
    shop.fail("b", *[Unavailable("server_unreachable")] * 4)
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], shop.did) == ("done", ["a", "b", "c"])
    assert row["steps"]["b"]["attempt"] == 5
    assert desk.clock.monotonic() == 1 + 2 + 4 + 8


def test_while_it_waits_it_says_why_and_when(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"))
    shop.fail("a", Unavailable("server_unreachable"))
    row_id = desk.enqueue("work")
    desk.carry(row_id, desk.claim(row_id))
    row = desk.row(row_id)
    assert (row["state"], row["error_code"], row["due_at"]) == ("waiting", "server_unreachable", 1)
    assert desk.claim(row_id) is None


def test_a_job_that_cannot_even_begin_says_so_at_its_first_step(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"))
    desk.points = Points(at={1: Unavailable("records_busy")})
    row_id = desk.enqueue("work")
    desk.carry(row_id, desk.claim(row_id))
    assert desk.row(row_id)["steps"]["a"]["error"] == "records_busy"
    assert desk.work(row_id)["state"] == "done"


def test_what_a_failed_try_wrote_to_records_is_forgotten(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"))
    shop.fail("a", Unavailable("server_unreachable"))
    desk.work(desk.enqueue("work"))
    assert noted(desk) == ["a"]


def test_records_changed_by_somebody_else_are_waited_for(shop: Workshop) -> None:
    class SerializationFailure(Exception):
        pass

    desk = shop.desk(shop.step("a"))
    shop.fail("a", SerializationFailure())
    row_id = desk.enqueue("work")
    desk.carry(row_id, desk.claim(row_id))
    assert desk.row(row_id)["error_code"] == "records_busy"
    assert desk.work(row_id)["state"] == "done"


def test_a_worker_killed_in_a_step_is_replaced_and_the_step_done_again(shop: Workshop) -> None:
    desk = shop.desk(*(shop.step(name) for name in "abc"))
    shop.fail("b", KilledHere())
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], row["deaths"]) == ("done", 1)
    assert shop.did == noted(desk) == ["a", "b", "c"]


def test_a_job_that_kills_five_workers_is_left_for_a_person(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"))
    shop.fail("a", *[KilledHere()] * 9)
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], row["error_code"], row["deaths"]) == ("dead", "worker_died", 5)


@pytest.mark.parametrize("how", [KilledHere(), Unavailable("odoo_phase_timeout")])
def test_a_step_that_cannot_go_on_begins_again_from_an_earlier_one(shop: Workshop, how) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b"), shop.step("c", restart_from="b"))
    shop.fail("c", how)
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], shop.did) == ("done", ["a", "b", "b", "c"])


def test_a_job_that_begins_again_shows_one_step_at_work(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b"), shop.step("c", restart_from="a"))
    shop.fail("c", KilledHere())
    shop.fail("a", lambda: None, KilledHere())
    row_id = desk.enqueue("work")
    for _ in range(2):
        with pytest.raises(KilledHere):
            desk.carry(row_id, desk.claim(row_id))
    assert states(desk.row(row_id)) == ["running", "todo", "todo"]


def test_it_begins_again_there_too_when_a_person_retries_what_had_failed(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b", restart_from="a"))
    shop.fail("b", Broken("odoo_phase_failed"))
    shop.fail("undo b", Broken("still_referenced"))
    row_id = desk.enqueue("work")
    assert desk.work(row_id)["state"] == "dead"
    desk.change(row_id, state="waiting", fence=0)
    assert desk.work(row_id)["state"] == "done"
    assert shop.did == ["a", "a", "b"]


def test_a_restart_that_was_not_recorded_did_not_happen(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b", restart_from="a"))
    row_id = desk.enqueue("work")
    desk.points = Points(at={7: KilledHere(), 8: KilledHere()})
    with pytest.raises(KilledHere):
        desk.carry(row_id, desk.claim(row_id))
    assert desk.points.passed[-1] == "work.b.after"
    with pytest.raises(KilledHere):
        desk.carry(row_id, desk.claim(row_id))
    assert desk.points.passed[-1] == "work.start.before"
    assert states(desk.row(row_id)) == ["done", "running"]


def test_progress_grows_from_nothing_to_all_by_weight(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b", weight=6), shop.step("c", weight=3))
    shop.fail("b", Unavailable("server_unreachable"), KilledHere())
    progress = desk.work(desk.enqueue("work"))["progress"]
    assert progress == [0.0, 0.1, 0.1, 0.1, 0.7, 1.0]


def test_a_job_cancelled_before_it_began_does_nothing(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b"), on_undone=("thing", "failed"))
    row_id = desk.enqueue("work")
    desk.cancelled.add(row_id)
    row = desk.work(row_id)
    assert (row["state"], states(row)) == ("cancelled", ["undone", "todo"])
    assert (shop.did, noted(desk)) == (["undo a"], ["undo a", "failed"])


def test_a_job_cancelled_between_steps_is_taken_back(shop: Workshop) -> None:
    desk = shop.desk(*(shop.step(name) for name in "abc"))
    row_id = desk.enqueue("work")
    shop.fail("b", lambda: desk.cancelled.add(row_id))
    assert desk.work(row_id)["state"] == "cancelled"
    assert shop.did == ["a", "b", "undo c", "undo b", "undo a"]


def test_a_wish_to_cancel_comes_too_late_in_the_last_step(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b"))
    row_id = desk.enqueue("work")
    shop.fail("b", lambda: desk.cancelled.add(row_id))
    assert desk.work(row_id)["state"] == "done"


def test_after_a_final_step_a_wish_to_cancel_is_not_followed(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a", final=True), shop.step("b"))
    row_id = desk.enqueue("work")
    shop.fail("a", lambda: desk.cancelled.add(row_id))
    assert desk.work(row_id)["state"] == "done"
    assert shop.did == ["a", "b"]
