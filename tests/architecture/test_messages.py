"""Every error that people can meet has a sentence, and the sentence finds its facts."""

import ast
import re
from string import ascii_lowercase

from saas_business_management.kernel.billing.states import STATES as AGREEMENT_STATES
from saas_business_management.kernel.billing.subscription import EVENTS as AGREEMENT_EVENTS
from saas_business_management.kernel.billing.subscription import GUARDS as AGREEMENT_GUARDS
from saas_business_management.kernel.gateway.event import RULES as NODE_RULES
from saas_business_management.kernel.lifecycle.facts import GUARDS
from saas_business_management.kernel.lifecycle.states import STATES
from saas_business_management.kernel.lifecycle.transitions import EVENTS
from saas_business_management.kernel.support.course import EVENTS as SUPPORT_EVENTS
from saas_business_management.kernel.support.course import STATES as SUPPORT_STATES
from saas_business_management.kernel.work.states import JOB_STATES

from .codes import empty_places, raised, speechless, tables, unclear, unused
from .scan import Source, calls, dotted, python

FILES = {source.path: source for source in python()}
JOINED = FILES["messages/errors/__init__.py"]
BY_FILE = {
    source.parts[-1].removesuffix(".py"): tables(source)["SENTENCES"]
    for source in python("messages")
    if source.parts[1] == "errors" and source is not JOINED
}
SENTENCES = {code: text for table in BY_FILE.values() for code, text in table.items()}
CHECKS = tables(FILES["messages/checks.py"])["CHECKS"]
WORDS = tables(FILES["messages/words.py"])["WORDS"]
OTHERS = tuple(source for source in python() if source.layer != "messages")
USED = raised(OTHERS)

# These tell which of several rows is meant; a person meets the general sentence instead.
SELECTORS = {
    "trial_offered",
    "no_trial_offered",
    "trial_converts",
    "trial_suspends",
    "trial_cancels",
    "suspended_for_something_else",
    "was_trial",
    "was_active",
    "was_suspended",
    "was_archived",
}


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    assert speechless(USED, SENTENCES) == []
    assert unused(USED, SENTENCES) == []
    assert len(USED) > 40


def test_every_code_stands_in_one_file_and_every_file_is_joined() -> None:
    assert len(SENTENCES) == sum(map(len, BY_FILE.values()))
    joined = [dotted(node) for node in ast.walk(JOINED.tree) if isinstance(node, ast.Attribute)]
    assert sorted(joined) == sorted(f"{name}.SENTENCES" for name in BY_FILE)


def test_every_code_can_be_looked_up() -> None:
    assert unclear(OTHERS) == []


def test_every_placeholder_gets_a_fact() -> None:
    assert empty_places(USED, SENTENCES) == []


def test_a_planted_code_fact_or_sentence_is_found() -> None:
    planted = Source("jobs/x.py", 'raise Refused("planted_code", size=1)\nraise Refused(word)')
    used = raised([planted])
    assert set(used) == {"planted_code"}
    assert speechless(used, {}) == ["jobs/x.py:1: planted_code has no sentence"]
    assert unused(used, {"planted_code": "", "gone": ""}) == ["gone is raised nowhere"]
    assert empty_places(used, {"planted_code": "%(size)s of %(all)s"}) == [
        "planted_code: nobody gives the fact all"
    ]
    assert len(unclear([planted])) == 1


def test_codes_are_found_in_pairs_choices_and_functions() -> None:
    text = "\n".join(
        [
            'STATES = {"57014": (Unavailable, "in_pair")}',
            'WORDS = (("closed", Broken, "in_triple"),)',
            'raise Refused("left" if x else "right")',
            'def _fault(name):\n    return "in_function" if name else ""',
        ]
    )
    found = raised([Source("adapters/x.py", text)])
    assert set(found) == {"in_pair", "in_triple", "left", "right", "in_function"}


def test_every_obstacle_of_the_lifecycle_has_its_own_sentence() -> None:
    told = {code.partition(".")[2] for code in SENTENCES if code.startswith("transition_refused.")}
    assert told == (set(GUARDS) - SELECTORS) | {"no_right", "no_reason"}


def test_every_obstacle_of_a_subscription_has_its_own_sentence() -> None:
    prefix = "subscription_refused."
    told = {code.removeprefix(prefix) for code in SENTENCES if code.startswith(prefix)}
    assert told == (set(AGREEMENT_GUARDS) - SELECTORS) | {"no_right", "no_reason"}


def test_events_and_states_inside_sentences_have_words() -> None:
    wanted = {f"event.{event}" for event in EVENTS}
    wanted |= {f"event.{event}" for event in AGREEMENT_EVENTS}
    wanted |= {f"state.{state}" for state in (*STATES, *JOB_STATES, *AGREEMENT_STATES)}
    assert wanted <= set(WORDS)


def test_every_check_of_a_connection_test_has_its_line() -> None:
    codes = {
        node.args[0].value
        for source in python("adapters", "jobs")
        if "fakes" not in source.parts
        for name, node in calls(source)
        if name in ("Check", "_told", "_try") and node.args and hasattr(node.args[0], "value")
        if isinstance(node.args[0].value, str)
    }
    assert codes == {code.partition(".")[0] for code in CHECKS}


def test_a_line_has_both_forms_or_one() -> None:
    for code in CHECKS:
        name, _dot, form = code.partition(".")
        if form:
            assert {f"{name}.passed", f"{name}.failed"} <= set(CHECKS), code


def test_sentences_are_whole_and_polite_without_saying_so() -> None:
    for code, sentence in SENTENCES.items():
        assert sentence[0] in "“%" or sentence[0].isupper(), code
        assert sentence.endswith("."), code
        assert not re.search(r"!|\b(please|sorry|oops)\b|are you sure", sentence, re.I), code
        assert sentence.replace("%(", "").count("%") == 0, code


def test_codes_are_written_in_one_way() -> None:
    for code in USED:
        assert set(code) <= set(ascii_lowercase + "_0123456789"), code


def test_every_action_of_the_audit_log_and_every_rule_has_a_label() -> None:
    labels = tables(FILES["messages/actions.py"])
    for method, table in (("_note", "ACTIONS"), ("_record", "RULES")):
        used = {
            node.args[0].value: source.line(node)
            for source in OTHERS
            for name, node in calls(source)
            if name.rsplit(".", 1)[-1] == method
            and node.args
            and isinstance(node.args[0], ast.Constant)
        }
        assert {code: place for code, place in used.items() if code not in labels[table]} == {}
    assert set(NODE_RULES) <= set(labels["RULES"])
    assert {f"tenant_{event}" for event in EVENTS} <= set(labels["ACTIONS"])
    assert {f"subscription_{event}" for event in AGREEMENT_EVENTS} <= set(labels["ACTIONS"])
    assert {f"support_{event}" for event in SUPPORT_EVENTS} <= set(labels["ACTIONS"])


def test_every_state_of_a_support_access_has_a_word() -> None:
    assert {f"state.{state}" for state in SUPPORT_STATES} <= set(WORDS)
