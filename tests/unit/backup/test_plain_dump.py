"""What pg_dump writes passes; whatever else somebody puts into a plain dump is refused."""

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_business_management.kernel.backup import plain_dump
from saas_business_management.kernel.backup.plain_dump import (
    LAST_WORDS,
    Rows,
    parse,
)
from saas_business_management.kernel.backup.plain_reading import Statement
from saas_business_management.kernel.backup.plain_tokens import Scanner, text_of
from saas_business_management.kernel.errors import Refused

FRONT = """--
-- PostgreSQL database dump
--

\\restrict 5aXh6Zq

-- Dumped from database version 15.18
-- Dumped by pg_dump version 15.18

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
"""
UNACCENTED = """
CREATE INDEX i ON public.x USING gin (public.unaccent((name)::text) public.gin_trgm_ops);
CREATE INDEX j ON public.x USING btree (name);
"""
END = f"\n--\n{LAST_WORDS}\n--\n\n\\unrestrict 5aXh6Zq\n"
BODY = """
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;


--
-- Name: EXTENSION pg_trgm; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION pg_trgm IS 'text similarity; it''s fine';

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.res_partner (
    id integer NOT NULL,
    name character varying(64) DEFAULT 'a;b'::character varying NOT NULL,
    "user" integer,
    credit numeric(16,2)[],
    labels jsonb,
    at timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'::text),
    score double precision DEFAULT '-1'::integer,
    body text COLLATE pg_catalog."C",
    CONSTRAINT res_partner_check CHECK (((name)::text <> ''::text))
);

ALTER TABLE public.res_partner OWNER TO odoo;

COMMENT ON TABLE public.res_partner IS E'Contact\\nwith ''quotes''';
COMMENT ON COLUMN public.res_partner."user" IS 'many
lines; and -- no comment';

CREATE TABLE public.ir_act_url (
    NOT NULL id,
    CONSTRAINT ir_actions_type_not_null NOT NULL type,
    url text NOT NULL,
    CONSTRAINT c CHECK ((id > 0)) NO INHERIT
)
INHERITS (public.ir_actions);

CREATE SEQUENCE public.res_partner_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.res_partner_id_seq OWNED BY public.res_partner.id;

CREATE VIEW public.report AS
 SELECT p.id,
    count(*) FILTER (WHERE (p.name IS NOT NULL)) AS n
   FROM public.res_partner p
  WHERE ((p.labels ->> 'en_US'::text) ~~ '%x%'::text);

CREATE OR REPLACE VIEW public.report AS
 SELECT 1 AS id;

ALTER TABLE ONLY public.res_partner ALTER COLUMN id SET DEFAULT nextval('public.res_partner_id_seq'::regclass);

COPY public.res_partner (id, name, "user") FROM stdin;
1\tcreate function; \\\\. \\N\t\\N
2\tDROP TABLE x;\t3
\\.

COPY public.empty (id) FROM stdin;
\\.

SELECT pg_catalog.setval('public.res_partner_id_seq', 2, true);

ALTER TABLE ONLY public.res_partner
    ADD CONSTRAINT res_partner_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.res_partner
    ADD CONSTRAINT res_partner_uniq UNIQUE NULLS NOT DISTINCT (name, "user");

CREATE INDEX res_partner_name_idx ON public.res_partner USING gin (public.unaccent((name)::text) public.gin_trgm_ops) WHERE (name IS NOT NULL);
CREATE UNIQUE INDEX res_partner_u ON public.res_partner USING btree (COALESCE("user", 0), name) INCLUDE (id);
COMMENT ON INDEX public.res_partner_u IS 'x';
COMMENT ON CONSTRAINT res_partner_pkey ON public.res_partner IS 'x';

ALTER TABLE ONLY public.res_partner
    ADD CONSTRAINT res_partner_fkey FOREIGN KEY ("user") REFERENCES public.res_users(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE public.res_partner
    ADD CONSTRAINT late CHECK ((id > 0)) NOT VALID;

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO odoo;
ALTER DEFAULT PRIVILEGES FOR ROLE odoo IN SCHEMA public GRANT SELECT ON TABLES TO other;
"""  # noqa: E501
GOOD = FRONT + BODY + END


def lines(text):
    data = text.encode() if isinstance(text, str) else text
    return data.splitlines(keepends=True)


def taken(text):
    """Everything a dump says, rows read to their end."""
    found = []
    for one in parse(lines(text)):
        if isinstance(one, Rows):
            found.append((one.table, b"".join(one.chunks)))
        else:
            found.append((one.kind, one.text))
    return found


def refused(text):
    """The code and the line with which a dump is refused, empty when it is taken."""
    try:
        taken(text)
    except Refused as error:
        return error.code, error.facts["line"]
    return "", 0


def test_a_dump_of_pg_dump_passes_in_its_order():
    kinds = [kind for kind, _text in taken(GOOD)]
    assert kinds == [
        *("extension", "table", "comment", "comment", "table", "sequence", "owned", "view", "view"),
        *("default", "res_partner", "empty", "setval", "constraint", "constraint", "index"),
        *("index", "comment", "comment", "constraint", "constraint"),
    ]


def test_an_index_with_unaccent_can_be_made_without():
    found = list(parse(lines(f"{FRONT}{UNACCENTED}\n{END}")))
    assert "public . unaccent" in found[0].text
    assert found[0].plainer == (
        "CREATE INDEX i ON public . x USING gin ( ( ( name ) :: text ) public . gin_trgm_ops )"
    )
    assert found[1].plainer == ""


def test_rows_are_passed_on_byte_by_byte():
    rows = dict(one for one in taken(GOOD) if isinstance(one[1], bytes))
    assert rows["res_partner"] == b"1\tcreate function; \\\\. \\N\t\\N\n2\tDROP TABLE x;\t3\n"
    assert rows["empty"] == b""


def test_long_rows_come_in_pieces_and_their_end_is_a_line_alone():
    text = FRONT.encode() + b"COPY public.x (id) FROM stdin;\n"
    pieces = [*lines(text), b"1" * 10, b"\\.\n", b"2\n", b"\\.\n", *lines(END)]
    (rows,) = [list(one.chunks) for one in parse(pieces)]
    assert b"".join(rows) == b"1" * 10 + b"\\.\n2\n"


def test_a_statement_goes_on_as_its_tokens_alone():
    table = next(text for kind, text in taken(GOOD) if kind == "table")
    assert "\n" not in table and "--" not in table
    assert "DEFAULT 'a;b' :: character varying NOT NULL" in table
    comments = [text for kind, text in taken(GOOD) if kind == "comment"]
    assert any("'many\nlines; and -- no comment'" in text for text in comments)


def test_what_goes_on_would_be_read_the_same_once_more():
    for kind, text in taken(GOOD):
        if isinstance(text, str):
            again = Scanner(1)
            for line in f"{text};\n".splitlines(keepends=True):
                again.feed(line)
            assert again.done and text_of(again.tokens) == text, kind


# Everything in this table is put into a good dump and must be refused.
HOSTILE = {
    # commands of psql
    r"\! touch /tmp/x": "plain_command",
    r"\copy public.x from program 'id'": "plain_command",
    r"\i /etc/passwd": "plain_command",
    r"\ir other.sql": "plain_command",
    r"\o /tmp/out": "plain_command",
    r"\connect postgres": "plain_command",
    r"\c postgres": "plain_command",
    r"\set x `id`": "plain_command",
    r"\gexec": "plain_command",
    r"\restrict": "plain_command",
    r"\restrict a b": "plain_command",
    r"\unrestrict x; \! id": "plain_command",
    r"\restrict x\! id": "plain_command",
    # rows from elsewhere
    "COPY public.x FROM PROGRAM 'id';": "plain_copy_source",
    "COPY public.x (id) FROM '/etc/passwd';": "plain_copy_source",
    "COPY public.x FROM stdin WITH (FORMAT csv);": "plain_copy_source",
    "COPY public.x TO PROGRAM 'id';": "plain_statement_form",
    "COPY (SELECT 1) TO PROGRAM 'id';": "plain_statement_form",
    "COPY pg_catalog.pg_proc FROM stdin;": "plain_statement_form",
    "COPY x FROM stdin;": "plain_statement_form",
    # code
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';": "plain_statement_unknown",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS $$SELECT 1$$;": "plain_text_form",
    "CREATE OR REPLACE FUNCTION public.f() RETURNS int AS 'x' LANGUAGE c;": (
        "plain_statement_unknown"
    ),
    "CREATE PROCEDURE public.p() LANGUAGE sql AS 'x';": "plain_statement_unknown",
    "CREATE AGGREGATE public.a (int) (sfunc = int4pl);": "plain_statement_unknown",
    "DO 'BEGIN END';": "plain_statement_unknown",
    "DO $$BEGIN END$$;": "plain_text_form",
    "CALL public.p();": "plain_statement_unknown",
    "CREATE TRIGGER t BEFORE INSERT ON public.x EXECUTE FUNCTION f();": "plain_statement_unknown",
    "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f();": "plain_statement_unknown",
    "CREATE RULE r AS ON INSERT TO public.x DO INSTEAD NOTHING;": "plain_statement_unknown",
    "CREATE LANGUAGE plpython3u;": "plain_statement_unknown",
    "CREATE CAST (int AS text) WITH INOUT;": "plain_statement_unknown",
    "CREATE OPERATOR public.+ (FUNCTION = int4pl);": "plain_statement_unknown",
    "CREATE TYPE public.t AS ENUM ('a');": "plain_statement_unknown",
    "CREATE DOMAIN public.d AS text;": "plain_statement_unknown",
    # outside of the database
    "CREATE EXTENSION dblink;": "plain_statement_form",
    "CREATE EXTENSION IF NOT EXISTS dblink WITH SCHEMA public;": "plain_extension",
    "CREATE EXTENSION IF NOT EXISTS postgres_fdw WITH SCHEMA public;": "plain_extension",
    "CREATE EXTENSION IF NOT EXISTS plpython3u WITH SCHEMA pg_catalog;": "plain_extension",
    "CREATE EXTENSION pg_trgm WITH SCHEMA other;": "plain_extension",
    "CREATE EXTENSION pg_trgm WITH SCHEMA public CASCADE;": "plain_statement_form",
    "CREATE SERVER s FOREIGN DATA WRAPPER w;": "plain_statement_unknown",
    "CREATE FOREIGN TABLE public.f (id int) SERVER s;": "plain_statement_unknown",
    "IMPORT FOREIGN SCHEMA x FROM SERVER s INTO public;": "plain_statement_unknown",
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;": "plain_statement_unknown",
    "CREATE PUBLICATION p FOR ALL TABLES;": "plain_statement_unknown",
    "CREATE DATABASE x;": "plain_statement_unknown",
    "DROP DATABASE x;": "plain_statement_unknown",
    "ALTER DATABASE x SET search_path = evil;": "plain_statement_unknown",
    "CREATE TABLESPACE t LOCATION '/tmp';": "plain_statement_unknown",
    "ALTER SYSTEM SET archive_command = 'id';": "plain_statement_unknown",
    "CREATE ROLE r SUPERUSER;": "plain_statement_unknown",
    "ALTER ROLE odoo SUPERUSER;": "plain_statement_unknown",
    "SET ROLE postgres;": "plain_setting",
    "SET SESSION AUTHORIZATION postgres;": "plain_setting",
    "SET session_replication_role = replica;": "plain_setting",
    "SET standard_conforming_strings = off;": "plain_setting",
    "SET client_encoding = 'SQL_ASCII';": "plain_setting",
    "SET search_path = public;": "plain_setting",
    "SET check_function_bodies = true;": "plain_setting",
    "SET statement_timeout = 0, lock_timeout = 0;": "plain_setting",
    "SET LOCAL statement_timeout = 0;": "plain_setting",
    "RESET ALL;": "plain_statement_unknown",
    "LOAD 'x';": "plain_statement_unknown",
    "CREATE SCHEMA saas;": "plain_statement_form",
    "CREATE TABLE saas.x (id integer);": "plain_statement_form",
    "CREATE TABLE pg_catalog.x (id integer);": "plain_statement_form",
    "CREATE TABLE x (id integer);": "plain_statement_form",
    # what runs by itself when it is made
    "SELECT pg_catalog.set_config('role', 'postgres', false);": "plain_setting",
    "SELECT pg_catalog.set_config('search_path', 'evil', false);": "plain_setting",
    "SELECT pg_catalog.pg_read_file('/etc/passwd');": "plain_function",
    "SELECT pg_catalog.lo_import('/etc/passwd');": "plain_function",
    "SELECT pg_catalog.lo_create('1');": "plain_function",
    "SELECT pg_catalog.setval('pg_catalog.x', 1, true);": "plain_statement_form",
    "SELECT pg_catalog.setval('public.x', 1, true), pg_sleep(9);": "plain_statement_form",
    "SELECT 1;": "plain_statement_form",
    "CREATE TABLE public.x (id text DEFAULT pg_read_file('/etc/passwd'));": "plain_function",
    "CREATE TABLE public.x (id text DEFAULT \"pg_read_file\"('x'));": "plain_function",
    "CREATE TABLE public.x (id text DEFAULT pg_catalog.pg_ls_dir('.'));": "plain_function",
    "CREATE TABLE public.x (id oid DEFAULT lo_import('x'));": "plain_statement_form",
    "CREATE TABLE public.x (id integer, CONSTRAINT c CHECK (dblink('x', 'y')));": "plain_function",
    "CREATE TABLE public.x (id integer) INHERITS (evil.y);": "plain_statement_form",
    "CREATE TABLE public.x (id integer) PARTITION BY LIST (id);": "plain_statement_form",
    "CREATE TABLE public.x (id integer GENERATED ALWAYS AS (1) STORED);": "plain_statement_form",
    "CREATE TABLE public.x (id public.evil);": "plain_statement_form",
    "CREATE TABLE public.x AS SELECT 1;": "plain_statement_form",
    "CREATE UNLOGGED TABLE public.x (id integer);": "plain_statement_unknown",
    "CREATE VIEW public.v AS SELECT pg_read_file('x') AS a;": "plain_function",
    "CREATE VIEW public.v AS SELECT query_to_xml('x', true, true, '') AS a;": "plain_function",
    "CREATE VIEW public.v AS DELETE FROM public.x;": "plain_statement_form",
    "CREATE VIEW evil.v AS SELECT 1;": "plain_statement_form",
    "CREATE MATERIALIZED VIEW public.v AS SELECT 1;": "plain_statement_unknown",
    "REFRESH MATERIALIZED VIEW public.v;": "plain_statement_unknown",
    "CREATE INDEX i ON public.x USING btree (pg_sleep(1));": "plain_function",
    "CREATE INDEX i ON public.x USING evil (id);": "plain_statement_form",
    "CREATE INDEX i ON public.x USING btree (id) TABLESPACE t;": "plain_statement_form",
    "ALTER TABLE public.x DISABLE TRIGGER ALL;": "plain_statement_form",
    "ALTER TABLE public.x ENABLE ROW LEVEL SECURITY;": "plain_statement_form",
    "ALTER TABLE public.x OWNER TO postgres, ADD COLUMN y integer;": "plain_statement_form",
    "ALTER TABLE public.x SET SCHEMA evil;": "plain_statement_form",
    "ALTER TABLE public.x ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES evil.y(id);": (
        "plain_statement_form"
    ),
    "CREATE POLICY p ON public.x;": "plain_statement_unknown",
    "SECURITY LABEL ON TABLE public.x IS 'x';": "plain_statement_unknown",
    "COMMENT ON DATABASE x IS 'y';": "plain_statement_unknown",
    "COMMENT ON ROLE x IS 'y';": "plain_statement_unknown",
    "COMMENT ON TABLE public.x IS NULL;": "plain_statement_form",
    # statements of people
    "INSERT INTO public.x VALUES (1);": "plain_statement_unknown",
    "UPDATE public.x SET a = 1;": "plain_statement_unknown",
    "DELETE FROM public.x;": "plain_statement_unknown",
    "TRUNCATE public.x;": "plain_statement_unknown",
    "DROP TABLE public.x;": "plain_statement_unknown",
    "BEGIN;": "plain_statement_unknown",
    "COMMIT;": "plain_statement_unknown",
    "LISTEN x;": "plain_statement_unknown",
    "NOTIFY x;": "plain_statement_unknown",
    "LOCK TABLE public.x;": "plain_statement_unknown",
    "VACUUM;": "plain_statement_unknown",
    "EXPLAIN SELECT 1;": "plain_statement_unknown",
    "PREPARE p AS SELECT 1;": "plain_statement_unknown",
    # two in one, and what is read otherwise elsewhere
    "CREATE TABLE public.x (id integer); DROP TABLE public.y;": "plain_text_form",
    "CREATE TABLE public.x (id integer); -- and more": "plain_text_form",
    "CREATE TABLE public.x /* */ (id integer);": "plain_text_form",
    "CREATE TABLE public.x (id integer --\n);": "plain_text_form",
    "COMMENT ON TABLE public.x IS U&'\\0041';": "plain_text_form",
    'CREATE TABLE public.U&"x" (id integer);': "plain_text_form",
    "COMMENT ON TABLE public.x IS B'1';": "plain_text_form",
    "COMMENT ON TABLE public.x IS $tag$ x $tag$;": "plain_text_form",
    "COMMENT ON TABLE public.x IS 'a\0b';": "plain_text_form",
    "COMMENT ON TABLE public.x IS 'a' 'b';": "plain_statement_form",
    "COMMENT ON TABLE public.x IS E'a\\';": "plain_truncated",
    "CREATE TABLE public.x (id integer;);": "plain_text_form",
    "CREATE TABLE public.x (id integer));": "plain_text_form",
    ";": "plain_text_form",
    'CREATE TABLE public."" (id integer);': "plain_text_form",
    "CREATE TABLE public.é (id integer);": "plain_text_form",
    f"CREATE TABLE public.{'x' * 64} (id integer);": "plain_statement_form",
    "CREATE TABLE public.x (id integer DEFAULT 1x);": "plain_text_form",
    "CREATE TABLE public.x (id integer DEFAULT :y);": "plain_text_form",
}


def test_the_table_is_long_enough():
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("statement", list(HOSTILE))
def test_a_hostile_statement_is_refused_with_its_line(statement):
    front = GOOD.removesuffix(END)
    code, line = refused(f"{front}{statement}\n{END}")
    assert code == HOSTILE[statement]
    if code not in ("plain_truncated",):
        assert line == front.count("\n") + 1


@pytest.mark.parametrize("statement", list(HOSTILE))
def test_in_rows_a_hostile_statement_is_nothing_but_a_row(statement):
    if "\n" in statement or statement == "\\.":
        return
    text = f"{FRONT}COPY public.x (id) FROM stdin;\n{statement}\n\\.\n{END}"
    assert taken(text) == [("x", f"{statement}\n".encode())]


@pytest.mark.parametrize("word", ["create", "Create", "CREATE"])
def test_the_case_of_words_changes_nothing(word):
    assert refused(f"{FRONT}{word} FUNCTION public.f() RETURNS x;\n{END}")[0] == (
        "plain_statement_unknown"
    )


def test_a_dump_that_was_cut_off_is_refused_wherever_it_was():
    whole = lines(GOOD)
    end = next(place for place, line in enumerate(whole) if line.startswith(LAST_WORDS.encode()))
    for count in range(end):
        assert refused(b"".join(whole[:count]))[0] == "plain_truncated", count
    assert refused(b"".join(whole[: end + 1]))[0] == ""
    assert refused(GOOD + "CREATE TABLE public.late (id integer);\n")[0] == "plain_truncated"


def test_rows_that_nobody_reads_end_nothing():
    found = parse(lines(f"{FRONT}COPY public.x (id) FROM stdin;\n1\n\\.\n{END}"))
    rows = next(found)
    assert isinstance(rows, Rows)
    with pytest.raises(Refused, match="plain_truncated"):
        next(found)


def test_a_statement_has_an_end_and_a_limit():
    long = "COMMENT ON TABLE public.x IS '" + "x\n" * 1_100_000
    assert refused(f"{FRONT}{long}';\n{END}")[0] == "plain_too_long"
    many = "CREATE TABLE public.x (" + "a integer, " * 300_000
    assert refused(f"{FRONT}{many}b integer);\n{END}")[0] == "plain_too_long"


def test_a_line_that_never_ends_is_refused():
    assert _code([b"CREATE TABLE " * 10, b"x\n"]) == "plain_too_long"


def _code(pieces):
    try:
        list(parse(pieces))
    except Refused as error:
        return error.code
    return ""


CALLS = 3000 if os.environ.get("SAAS_PROOF") else 200
_quoted = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=("Cs",)))


@given(st.binary(max_size=400))
@settings(max_examples=CALLS, deadline=None)
def test_whatever_comes_is_taken_or_refused_and_nothing_else(data):
    for begin in (b"", FRONT.encode(), FRONT.encode() + b"CREATE TABLE public.x ("):
        text = begin + data + END.encode()
        assert refused(text)[0] in ("", *{*HOSTILE.values()}, "plain_too_long")


@given(_quoted)
@settings(max_examples=CALLS, deadline=None)
def test_every_string_comes_through_as_it_is(content):
    literal = "'" + content.replace("'", "''") + "'"
    data = f"{FRONT}COMMENT ON TABLE public.x IS {literal};\n{END}".encode()
    pieces = [one + b"\n" for one in data.split(b"\n")]
    (found,) = parse(pieces[:-1])
    assert isinstance(found, Statement) and found.text.endswith(f" IS {literal}")


@given(_quoted.filter(lambda name: 0 < len(name.encode()) < 60))
@settings(max_examples=CALLS, deadline=None)
def test_every_quoted_name_is_a_name_and_nothing_more(name):
    quoted = '"' + name.replace('"', '""') + '"'
    data = f"{FRONT}CREATE TABLE public.{quoted} ({quoted} integer);\n{END}".encode()
    pieces = [one + b"\n" for one in data.split(b"\n")]
    (found,) = parse(pieces[:-1])
    assert (found.kind, found.name) == ("table", name)


def test_a_changed_dump_never_says_more_than_tables_rows_and_their_like():
    chance = random.Random(20260301)
    body = GOOD.encode()
    kinds = {"extension", "table", "comment", "sequence", "owned", "view", "default", "setval"}
    for _round in range(CALLS * 3):
        at = chance.randrange(len(body))
        piece = chance.choice([b"'", b'"', b";", b"\n", b"$$", b"--", b"\\", b"(", b"E'", b""])
        changed = body[:at] + piece + body[at + chance.randrange(4) :]
        try:
            found = taken(changed)
        except Refused:
            continue
        for kind, text in found:
            if isinstance(text, str):
                assert kind in kinds | {"constraint", "index"}
                assert text.split(" ")[0].lower() in ("create", "alter", "comment", "select")


RARE = {
    "CREATE TABLE public.a (id integer CONSTRAINT a_id NOT NULL, b numeric(10,2));": ["table"],
    "CREATE TABLE public.a (id integer, CONSTRAINT a_nn NOT NULL id NO INHERIT NOT VALID);": [
        "table"
    ],
    "CREATE SEQUENCE public.s AS bigint START WITH -5 INCREMENT BY -1 NO MINVALUE CACHE 1 CYCLE;": [
        "sequence"
    ],
    "CREATE VIEW public.v (a, b) AS SELECT 1 AS a, 2 AS b;": ["view"],
    "CREATE UNIQUE INDEX i ON public.a USING btree (b) INCLUDE (c) NULLS NOT DISTINCT"
    " WITH (fillfactor='90') WHERE (b > 1);": ["index"],
    "ALTER TABLE ONLY public.a ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (b) INCLUDE (c)"
    " DEFERRABLE INITIALLY DEFERRED;": ["constraint"],
    "ALTER TABLE public.a ADD CONSTRAINT c CHECK ((b > 1)) NOT VALID;": ["constraint"],
    "ALTER TABLE ONLY public.a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES public.c(id)"
    " ON DELETE SET NULL (b);": ["constraint"],
    "ALTER TABLE public.a ADD CONSTRAINT d CHECK ((b > 1));": ["constraint"],
    "CREATE SCHEMA public;": [],
    "ALTER SEQUENCE public.s OWNER TO odoo;": [],
    "ALTER VIEW public.v OWNER TO odoo;": [],
    "ALTER SCHEMA public OWNER TO odoo;": [],
}
MALFORMED = (
    "CREATE TABLE public.a (id",
    "CREATE TABLE public.a (b numeric(x));",
    "CREATE TABLE public.a (b integer DEFAULT );",
    "CREATE TABLE public.a (b integer DEFAULT ( );",
    "CREATE SEQUENCE public.s NO OWNER;",
    "SELECT pg_catalog.setval('public.s', 1, maybe);",
    "ALTER TABLE ONLY public.a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES public.c(id) ON X;",
    "ALTER TABLE public.a ALTER COLUMN b SET DEFAULT 1);",
    "ALTER TABLE ONLY public.a ALTER COLUMN b SET DEFAULT 1];",
    "ALTER TABLE ONLY public.a ALTER COLUMN b SET DEFAULT 1) + (2;",
    "ALTER TABLE public.a ADD CONSTRAINT d CHECK (b ] (1);",
    "SELECT pg_catalog.setval(;",
    "CREATE INDEX i ON public.a USING;",
    "ALTER SEQUENCE public.s OWNER TO odoo CASCADE;",
    "ALTER VIEW public.v OWNER TO odoo CASCADE;",
    "CREATE INDEX i ON public.a USING btree (b",
    "CREATE INDEX i ON public.a USING btree b));",
)


@pytest.mark.parametrize("statement", list(RARE))
def test_what_pg_dump_writes_seldom_passes_too(statement):
    assert [kind for kind, _text in taken(f"{FRONT}{statement}\n{END}")] == RARE[statement]


@pytest.mark.parametrize("statement", MALFORMED)
def test_what_only_looks_like_it_is_refused(statement):
    assert refused(f"{FRONT}{statement}\n{END}")[0].startswith("plain_")


def test_a_dump_has_a_limit_of_statements(monkeypatch):
    monkeypatch.setattr(plain_dump, "STATEMENTS_MAX", 3)
    assert refused(GOOD)[0] == "plain_too_long"
