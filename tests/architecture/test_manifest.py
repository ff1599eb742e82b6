"""What lies in the addon is loaded, what is loaded lies there, and every model has its rights."""

import ast
import csv
import io
from collections.abc import Iterable, Mapping

from .scan import ADDON, Source, dotted, python, sources

MANIFEST = ast.literal_eval((ADDON / "__manifest__.py").read_text(encoding="utf-8"))
FOLDERS = ("views", "data", "security", "wizards", "report", "reports")
MODEL_CLASSES = ("Model", "TransientModel")


def loaded_and_there(manifest: Mapping[str, list[str]], there: Iterable[str]) -> list[str]:
    """Return files that are not loaded, and loaded files that are not there."""
    there = set(there)
    told = [
        f"{path} is listed and not there"
        for key in manifest
        for path in manifest[key]
        if path not in there
    ]
    for path in sorted(there):
        key = "demo" if path.startswith("demo/") else "data"
        if path not in manifest[key]:
            told.append(f"{path} is not listed under {key}")
    return told


def models_without_rights(files: Iterable[Source], rights: str) -> list[str]:
    """Return the models that no access row names."""
    named = {row["model_id:id"].rsplit(".", 1)[-1] for row in csv.DictReader(io.StringIO(rights))}
    return [
        f"{where}: {model} has no access row"
        for model, where in new_models(files).items()
        if f"model_{model.replace('.', '_')}" not in named
    ]


def new_models(files: Iterable[Source]) -> dict[str, str]:
    """Return the models that the addon itself defines and that have a table, with their places."""
    found = {}
    for source in files:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef) and any(
                dotted(base).rsplit(".", 1)[-1] in MODEL_CLASSES for base in node.bases
            ):
                name = _name(node)
                if name:
                    found[name] = source.line(node)
    return found


def _name(node: ast.ClassDef) -> str:
    for part in node.body:
        if isinstance(part, ast.Assign) and dotted(part.targets[0]) == "_name":
            return str(ast.literal_eval(part.value))
    return ""


def data_files() -> list[str]:
    return [
        source.path
        for pattern in ("*.xml", "*.csv")
        for source in sources(pattern)
        if source.layer in (*FOLDERS, "demo")
    ]


def access_rows() -> str:
    return (ADDON / "security" / "ir.model.access.csv").read_text(encoding="utf-8")


def test_every_file_is_loaded_and_every_loaded_file_is_there() -> None:
    listed = {key: MANIFEST[key] for key in ("data", "demo")}
    assert loaded_and_there(listed, data_files()) == []


def test_every_model_has_an_access_row() -> None:
    assert models_without_rights(python("models", "wizards"), access_rows()) == []
    assert len(new_models(python("models"))) > 10


def test_every_access_row_names_a_model_of_ours_and_a_group() -> None:
    known = {f"model_{name.replace('.', '_')}" for name in new_models(python("models", "wizards"))}
    for row in csv.DictReader(io.StringIO(access_rows())):
        assert row["model_id:id"].rsplit(".", 1)[-1] in known, row["id"]
        assert row["group_id:id"], f"{row['id']} gives rights to everybody"


def test_a_forgotten_file_and_a_listed_file_that_is_gone_are_found() -> None:
    listed = {"data": ["views/a.xml", "views/gone.xml"], "demo": []}
    assert loaded_and_there(listed, ["views/a.xml", "views/new.xml", "demo/d.xml"]) == [
        "views/gone.xml is listed and not there",
        "demo/d.xml is not listed under demo",
        "views/new.xml is not listed under data",
    ]


def test_a_model_without_rights_is_found() -> None:
    text = (
        "class A(models.Model):\n    _name = 'saas.x'\n"
        "class B(models.AbstractModel):\n    _name = 'saas.y'"
    )
    header = "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"
    planted = [Source("models/x.py", text)]
    assert models_without_rights(planted, header) == ["models/x.py:1: saas.x has no access row"]
    row = "access_x,x,saas_business_management.model_saas_x,base.group_user,1,0,0,0\n"
    assert models_without_rights(planted, header + row) == []
