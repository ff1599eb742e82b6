"""The way back: what is undone, in which order, and what happens when that fails too."""

import pytest

from saas_business_management.jobs.base import Job, Step
from saas_business_management.kernel.errors import Broken, Refused, Unavailable
from tests.helpers.job_workshop import Workshop
from tests.helpers.jobs import KilledHere


@pytest.fixture
def shop() -> Workshop:
    return Workshop()


def three(shop: Workshop, **options):
    return shop.desk(*(shop.step(name) for name in "abc"), **options)


def states(row) -> list[str]:
    return [step["state"] for step in row["steps"].values()]


@pytest.mark.parametrize("error", [Refused("disk_full"), Broken("login_page_wrong")])
def test_a_refusal_or_a_wrong_answer_is_taken_back_at_once(shop: Workshop, error) -> None:
    desk = three(shop, on_undone=("thing", "failed"))
    shop.fail("b", error)
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], row["error_code"], row["error_kind"]) == (
        "failed",
        error.code,
        error.kind,
    )
    assert shop.did == ["a", "undo b", "undo a"]
    assert states(row) == ["undone", "undone", "todo"]
    assert desk.database.rows["notes"] == ["a", "undo b", "undo a", "failed"]
    assert desk.clock.monotonic() == 0


def test_our_own_errors_keep_no_traceback(shop: Workshop) -> None:
    desk = three(shop)
    shop.fail("b", Broken("login_page_wrong"))
    assert desk.work(desk.enqueue("work"))["error_trace"] == ""


def test_what_nobody_foresaw_is_taken_back_and_its_traceback_kept(shop: Workshop) -> None:
    desk = three(shop)
    shop.fail("c", ZeroDivisionError("planted"))
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], row["error_code"]) == ("failed", "unforeseen")
    assert "ZeroDivisionError: planted" in row["error_trace"]
    assert shop.did == ["a", "b", "undo c", "undo b", "undo a"]


def test_a_condition_that_breaks_is_a_failure_like_any_other(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b", when=lambda ctx: ctx.facts["missing"]))
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], row["error_code"]) == ("failed", "unforeseen")
    assert shop.did == ["a", "undo a"]


def test_no_answer_for_too_long_is_given_up_and_taken_back(shop: Workshop) -> None:
    desk = three(shop, give_up_seconds=100)
    shop.fail("b", *[Unavailable("server_unreachable")] * 50)
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], row["error_code"]) == ("failed", "server_unreachable")
    assert 100 <= desk.clock.monotonic() < 160
    assert shop.did == ["a", "undo b", "undo a"]


def test_the_patience_begins_anew_when_the_step_was_overcome(shop: Workshop) -> None:
    desk = three(shop, give_up_seconds=10)
    for name in "ab":
        shop.fail(name, *[Unavailable("server_unreachable")] * 3)
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], desk.clock.monotonic()) == ("done", 14)


def test_the_patience_does_not_begin_anew_by_beginning_again(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b", restart_from="a"), give_up_seconds=100)
    shop.fail("b", *[Unavailable("odoo_phase_timeout")] * 50)
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], row["error_code"]) == ("failed", "odoo_phase_timeout")


def test_steps_without_undo_and_steps_not_reached_are_passed_over(shop: Workshop) -> None:
    plain = Step("b", "B", lambda _ctx: shop.did.append("b"))
    desk = shop.desk(shop.step("a"), plain, shop.step("c"), shop.step("d"))
    shop.fail("c", Broken("login_page_wrong"))
    row = desk.work(desk.enqueue("work"))
    assert shop.did == ["a", "b", "undo c", "undo a"]
    assert states(row) == ["undone", "undone", "undone", "todo"]


def test_the_work_of_a_skipped_step_goes_with_the_rest(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b", when=lambda _: False), shop.step("c"))
    shop.fail("c", Broken("login_page_wrong"))
    desk.work(desk.enqueue("work"))
    assert shop.did == ["a", "undo c", "undo b", "undo a"]


def test_the_way_back_knows_only_what_was_recorded(shop: Workshop) -> None:
    desk = shop.desk(
        shop.step("a", {"x": 1}), shop.step("b", {"y": 2}), shop.step("c", when=_breaks)
    )
    desk.work(desk.enqueue("work"))
    assert shop.seen["undo b"] == shop.seen["undo a"] == {"x": 1}


def _breaks(ctx) -> bool:
    raise Broken("login_page_wrong")


def test_no_answer_on_the_way_back_waits_there(shop: Workshop) -> None:
    desk = three(shop)
    shop.fail("c", Broken("login_page_wrong"))
    shop.fail("undo b", Unavailable("server_unreachable"), Unavailable("server_unreachable"))
    row_id = desk.enqueue("work")
    desk.carry(row_id, desk.claim(row_id))
    waiting = desk.row(row_id)
    assert (waiting["state"], waiting["fence"], waiting["due_at"]) == ("undoing", 0, 1)
    assert desk.claim(row_id) is None
    row = desk.work(row_id)
    assert (row["state"], row["error_code"], row["deaths"]) == ("failed", "login_page_wrong", 0)
    assert shop.did == ["a", "b", "undo c", "undo b", "undo a"]


def test_the_way_back_has_its_own_patience(shop: Workshop) -> None:
    desk = three(shop, give_up_seconds=100)
    shop.fail("b", *[Unavailable("server_unreachable")] * 8)
    shop.fail("undo b", Unavailable("server_unreachable"))
    assert desk.work(desk.enqueue("work"))["state"] == "failed"


def test_no_answer_for_too_long_on_the_way_back_is_left_for_a_person(shop: Workshop) -> None:
    desk = three(shop, give_up_seconds=100)
    shop.fail("b", Refused("disk_full"))
    shop.fail("undo a", *[Unavailable("server_unreachable")] * 50)
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], row["error_code"]) == ("dead", "server_unreachable")
    assert states(row) == ["done", "undone", "todo"]


@pytest.mark.parametrize("error", [Broken("still_referenced"), ValueError("planted")])
def test_a_way_back_that_breaks_is_left_for_a_person(shop: Workshop, error) -> None:
    desk = three(shop)
    shop.fail("c", Broken("login_page_wrong"))
    shop.fail("undo b", error)
    row = desk.work(desk.enqueue("work"))
    assert row["state"] == "dead"
    assert shop.did == ["a", "b", "undo c"]
    assert states(row) == ["done", "done", "undone"]


def test_a_person_may_have_the_rest_taken_back_later(shop: Workshop) -> None:
    desk = three(shop)
    shop.fail("c", Broken("login_page_wrong"))
    shop.fail("undo b", Broken("still_referenced"))
    row_id = desk.enqueue("work")
    desk.work(row_id)
    desk.change(row_id, state="undoing", fence=0)
    assert desk.work(row_id)["state"] == "failed"
    assert shop.did == ["a", "b", "undo c", "undo b", "undo a"]


def test_a_worker_killed_on_the_way_back_is_replaced(shop: Workshop) -> None:
    desk = three(shop)
    shop.fail("c", Broken("login_page_wrong"))
    shop.fail("undo b", KilledHere())
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], row["deaths"]) == ("failed", 1)
    assert shop.did == ["a", "b", "undo c", "undo b", "undo a"]


@pytest.mark.parametrize(
    ("error", "state"), [(Unavailable("records_busy"), "failed"), (Broken("not_unique"), "dead")]
)
def test_records_that_do_not_take_the_end_are_told_again_or_left(
    shop: Workshop, error, state
) -> None:
    told = [error]

    class Deaf:
        def __init__(self, *_anything) -> None: ...

        def call(self, link: str, step: str) -> None:
            if step == "failed" and told:
                raise told.pop()

    desk = three(shop, on_undone=("thing", "failed"))
    desk.records = Deaf
    shop.fail("b", Refused("disk_full"))
    row = desk.work(desk.enqueue("work"))
    assert (row["state"], states(row)) == (state, ["undone", "undone", "todo"])


@pytest.mark.parametrize("error", [Refused("disk_full"), Broken("x"), ValueError("planted")])
def test_after_a_final_step_a_failure_is_left_for_a_person(shop: Workshop, error) -> None:
    desk = shop.desk(shop.step("a", final=True), shop.step("b"))
    shop.fail("b", error)
    row_id = desk.enqueue("work")
    row = desk.work(row_id)
    assert (row["state"], shop.did) == ("dead", ["a"])
    desk.change(row_id, state="waiting", fence=0)
    assert (desk.work(row_id)["state"], shop.did) == ("done", ["a", "b"])


def test_after_a_final_step_no_answer_is_waited_for(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a", final=True), shop.step("b"))
    shop.fail("b", Unavailable("server_unreachable"))
    assert desk.work(desk.enqueue("work"))["state"] == "done"
    assert desk.clock.monotonic() == 1


def test_after_a_final_step_a_wish_to_undo_is_refused(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a", final=True), shop.step("b"))
    shop.fail("b", Broken("login_page_wrong"))
    row_id = desk.enqueue("work")
    desk.work(row_id)
    desk.change(row_id, state="undoing", fence=0)
    row = desk.work(row_id)
    assert (row["state"], row["error_code"], shop.did) == ("dead", "operation_move", ["a"])


def test_a_final_step_that_fails_is_itself_taken_back(shop: Workshop) -> None:
    desk = shop.desk(shop.step("a"), shop.step("b", final=True))
    shop.fail("b", Broken("login_page_wrong"))
    assert desk.work(desk.enqueue("work"))["state"] == "failed"
    assert shop.did == ["a", "undo b", "undo a"]


def test_a_job_knows_what_is_past_return() -> None:
    job = Job("k", "K", (Step("a", "A", dict, final=True), Step("b", "B", dict)))
    assert not job.past_return({"a": "running", "b": "todo"})
    assert job.past_return({"a": "done", "b": "failed"})
