"""The alert rules that come with the product, read from their data files without Odoo."""

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from saas_business_management.kernel.alerting.rule import Condition, Rule
from saas_business_management.kernel.monitoring import metric

DATA = Path(__file__).parents[2] / "saas_business_management/data"
WORDS = ("name", "meaning", "look", "mend")


@cache
def records() -> tuple[tuple[str, str, dict[str, str]], ...]:
    """Return every record of the files: its name, its model, its fields as they are written."""
    found = []
    for path in sorted(DATA.glob("alert_rules_*.xml")):
        for record in ElementTree.parse(path).getroot():
            fields = {
                one.get("name"): one.text or one.get("ref") or one.get("eval") for one in record
            }
            found.append((record.get("id"), record.get("model"), fields))
    return tuple(found)


@cache
def rules() -> dict[str, Rule]:
    """Return the rules by their codes."""
    return {code: _rule(name, fields) for code, (name, fields) in _by_code().items()}


@cache
def words() -> dict[str, dict[str, str]]:
    """Return what people read of each rule, by its code."""
    return {
        code: {name: fields[name] for name in WORDS} for code, (_name, fields) in _by_code().items()
    }


def _by_code():
    return {
        fields["code"]: (name, fields)
        for name, model, fields in records()
        if model == "saas.alert.rule"
    }


def _rule(name: str, fields: dict[str, str]) -> Rule:
    mine = [
        told
        for _name, model, told in records()
        if model == "saas.alert.condition" and told["rule_id"] == name
    ]
    conditions = tuple(
        _condition(one) for one in sorted(mine, key=lambda one: int(one["sequence"]))
    )
    return Rule(
        code=fields["code"],
        conditions=conditions,
        severity=fields["severity"],
        scope=metric.scope(conditions[0].metric),
        layer=fields["layer"],
        for_minutes=int(fields["for_minutes"]),
        keep_minutes=int(fields["keep_minutes"]),
        no_data=fields["no_data"],
    )


def _condition(told: dict[str, str]) -> Condition:
    return Condition(
        metric=told["metric"],
        comparison=told["comparison"],
        threshold=float(told["threshold"]),
        how=told["how"],
        window_minutes=int(told["window_minutes"]),
        of=told.get("of", ""),
    )
