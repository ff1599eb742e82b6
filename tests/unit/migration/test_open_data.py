"""A dump read as tables: rows, columns, what is withheld, where files lie."""

import csv
import io
import zipfile

import pytest

from saas_business_management.adapters.backup import open_data as zipped
from saas_business_management.kernel.migration.open_data import (
    INDEX,
    README,
    Reader,
    csv_line,
    plain,
)

COLUMNS = b"id, name, res_model, res_id, mimetype, file_size, store_fname"
DUMP = rb"""
CREATE TABLE public.res_users (
    id integer NOT NULL,
    login character varying NOT NULL,
    password character varying,
    note text
);
CREATE TABLE public.ir_attachment (
    id integer NOT NULL,
    CONSTRAINT odd CHECK ((id > 0))
);
COPY public.ir_model (id, model, name) FROM stdin;
1	res.users	{"en_US": "User", "fr_FR": "Utilisateur"}
\.
COPY public.ir_model_fields (id, model, name, field_description) FROM stdin;
1	res.users	login	{"en_US": "Login"}
\.
COPY public.res_users (id, login, password, note) FROM stdin;
1	admin	pbkdf2-x	a,b "c"\nd
2	bob	\N	\N
3	carol		 x
\.
COPY public.ir_attachment (COLUMNS) FROM stdin;
1	a.pdf	res.users	1	application/pdf	7	ab/abc
2	link	\N	\N	\N	\N	\N
\.
COPY public."Odd Name" (id, "from") FROM stdin;
1	\\N
\.
""".replace(b"COLUMNS", COLUMNS)


def read(step: int = 10_000) -> dict[str, bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        pieces = [DUMP[at : at + step] for at in range(0, len(DUMP), step)]
        zipped.write(made, pieces, (2026, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(file) as made:
        return {name: made.read(name) for name in made.namelist()}


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_each_table_is_a_csv_that_anybody_reads() -> None:
    found = read()
    assert rows(found["open_data/tables/res_users.csv"]) == [
        ["id", "login", "note"],
        ["1", "admin", 'a,b "c"\nd'],
        ["2", "bob", ""],
        ["3", "carol", " x"],
    ]
    assert rows(found["open_data/tables/Odd_Name.csv"])[1:] == [["1", "\\N"]]
    assert b"pbkdf2-x" not in b"".join(found.values())


@pytest.mark.parametrize("step", [1, 7, 64])
def test_it_is_the_same_however_the_dump_is_cut(step: int) -> None:
    assert read(step) == read()


def test_the_readme_says_what_stands_in_which_column() -> None:
    text = read()[README].decode()
    assert "res_users.csv: 3 rows · User" in text
    assert "    login: character varying NOT NULL · Login" in text
    assert "    password: character varying · withheld" in text
    assert "odd" not in text


def test_the_index_leads_from_a_record_to_its_file() -> None:
    assert rows(read()[INDEX])[1:] == [
        ["1", "a.pdf", "res.users", "1", "application/pdf", "7", "filestore/ab/abc"]
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (rb"\N", None),
        (rb"", ""),
        (rb"a\tb\\n", "a\tb\\n"),
        (rb"\101\x42", "AB"),
        (b"\xff", "\ufffd"),
    ],
)
def test_values_of_copy(value: bytes, text: str | None) -> None:
    assert plain(value) == text


def test_not_set_and_empty_are_told_apart() -> None:
    assert csv_line([None, "", "x"]) == b',"",x\r\n'
    assert Reader().tables == {}
