"""How far an operation is."""

from hypothesis import given
from hypothesis import strategies as st

from saas_business_management.kernel.work.progress import Progress, StepProgress, measure
from saas_business_management.kernel.work.states import STEP_STATES

steps = st.lists(
    st.builds(
        StepProgress,
        name=st.just("step"),
        state=st.sampled_from(STEP_STATES),
        usual_seconds=st.floats(0, 1e6),
        share=st.floats(-1, 2),
    ),
    max_size=12,
)


def step(state: str, seconds: float = 1.0, share: float = 0.0, name: str = "step") -> StepProgress:
    return StepProgress(name, state, seconds, share)


def test_steps_weigh_what_they_usually_take() -> None:
    found = measure([step("done", 1), step("running", 3, name="copy"), step("todo", 6)])
    assert found == Progress(2, 3, "copy", 10, 9.0)


def test_a_step_may_tell_its_own_share() -> None:
    assert measure([step("running", 10, 0.5)]) == Progress(1, 1, "step", 50, 5.0)


def test_what_takes_longer_than_usual_still_has_a_little_left() -> None:
    assert measure([step("running", 10)], spent_seconds=500).seconds_left == 1.0


def test_skipped_steps_count_as_done_and_undone_ones_do_not() -> None:
    assert measure([step("skipped"), step("done")]).percent == 100
    assert measure([step("undone"), step("done")]).percent == 50


def test_an_operation_without_steps_is_done() -> None:
    assert measure([]) == Progress(0, 0, "", 100, 0.0)


@given(steps, st.floats(0, 1e6))
def test_progress_stays_within_its_bounds(some: list[StepProgress], spent: float) -> None:
    found = measure(some, spent)
    assert 0 <= found.percent <= 100 and 0 <= found.step <= found.steps == len(some)
    whole = all(one.state in ("done", "skipped") for one in some)
    assert (found.percent == 100) == whole
    assert (found.seconds_left == 0) == whole


@given(steps)
def test_finishing_a_step_never_lowers_the_percent(some: list[StepProgress]) -> None:
    before = measure(some).percent
    for place, one in enumerate(some):
        finished = [
            *some[:place],
            StepProgress(one.name, "done", one.usual_seconds),
            *some[place + 1 :],
        ]
        assert measure(finished).percent >= before
