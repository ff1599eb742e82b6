"""Built-in meters: what they are made of, and what is unknown."""

from decimal import Decimal

from saas_business_management.kernel.metering.builtin import (
    BUILTIN,
    EVENTS,
    GATEWAY,
    SIZES,
    quantities,
    source_of,
)


def test_storage_is_database_and_files_in_billions_of_bytes():
    found = quantities({"database_bytes": Decimal(49_000_001), "filestore_bytes": Decimal(1)})
    assert found == {
        "storage_gb": Decimal("0.049000002"),
        "database_gb": Decimal("0.049000001"),
        "filestore_gb": Decimal("0.000000001"),
    }


def test_what_could_not_be_read_is_no_zero():
    found = quantities({"database_bytes": Decimal(0), "filestore_bytes": None})
    assert found == {"database_gb": Decimal(0)}
    assert quantities({}) == {}


def test_numbers_beyond_what_a_machine_word_holds_stay_exact():
    huge = Decimal(2**63 + 1)
    assert quantities({"requests": huge}) == {"requests": huge}
    both = quantities({"bytes_in": huge, "bytes_out": huge})
    assert both["bandwidth_gb"] == Decimal("18446744073.709551618")


def test_each_meter_has_one_source_and_the_rest_comes_as_events():
    assert (source_of("storage_gb"), source_of("api_calls")) == (SIZES, GATEWAY)
    assert source_of("orders_of_mine") == EVENTS
    assert len(BUILTIN) >= 11
