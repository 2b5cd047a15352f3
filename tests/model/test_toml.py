import json
from pathlib import Path

import pytest

from logscan.model.errors import Faults
from logscan.model.toml import Secret, Table, read_toml

TEXT = """\
# a comment with [brackets] and key = value
title = "x"
wrong = 5
[one.two]
list = [
  "a = b",   # inside
  "[c]",
]
[[many]]
name = "first"
[[many]]
name = "second"
inner = {deep = 1}
text = '''
[no.header]
no = "key"
'''
[many.sub]
key = true
"""


def table(tmp_path: Path, text: str, **env: str) -> Table:
    path = tmp_path / "s.toml"
    path.write_text(text, "utf-8")
    document = read_toml(path)
    return Table(document, document.value, [], env)


def told(found: Table) -> list[str]:
    found.close()
    return [f"{fault.where.line} {fault.where.key}: {fault.what} | {fault.hint}" for fault in found.faults]


def test_every_key_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(TEXT, "utf-8")
    assert read_toml(path).lines == {
        "title": 2, "wrong": 3, "one.two": 4, "one.two.list": 5, "many.0": 9, "many.0.name": 10, "many.1": 11,
        "many.1.name": 12, "many.1.inner": 13, "many.1.inner.deep": 13, "many.1.text": 14, "many.1.sub": 18,
        "many.1.sub.key": 19,
    }  # fmt: skip


def test_all_faults_are_told_at_once_each_with_its_line_and_a_guess(tmp_path: Path) -> None:
    found = table(tmp_path, 'name = 3\ncolour = "gren"\nwiat = "5m"\nsize = -1\nlong = "5 years"\nflag = "yes"\n')
    assert (found.text("name"), found.choice("colour", ("red", "green"), "red")) == ("", "red")
    assert (found.seconds("wait", "2m"), found.whole("size", 7)) == (120, 7)
    assert (found.seconds("long", "1d"), found.flag("flag", default=True)) == (86400, True)
    assert told(found) == [
        "1 name: is not a text | write a text",
        "2 colour: unknown value `gren` | did you mean `green`?",
        "4 size: -1 is out of bounds | use 0 to 2147483648",
        "5 long: `5 years` is no length of time | use a number and a unit: 90s, 5m, 24h, 7d, 2w",
        "6 flag: is not true or false | write true or false, such as True",
        "3 wiat: unknown key `wiat` | did you mean `wait`?",
    ]


def test_only_secrets_take_values_from_the_environment_and_never_show_them(tmp_path: Path) -> None:
    text = 'token = "Bearer ${TOKEN}"\nurl = "http://${HOST}/"\nother = "${MISSING}"\nlist = ["${HOST}"]\n'
    found = table(tmp_path, text, TOKEN="s3cret", HOST="example.com")
    secret = found.secret("token")
    assert secret.value == "Bearer s3cret"
    assert "s3cret" not in f"{secret} {secret!r}"
    with pytest.raises(TypeError):
        json.dumps(secret)
    assert (found.text("url"), found.texts("list"), found.secret("other")) == ("", ("",), Secret(""))
    assert told(found) == [
        "2 url: takes nothing from the environment | only keys of secrets do",
        "4 list: takes nothing from the environment | only keys of secrets do",
        "3 other: the environment has no variable MISSING | set it where logscan runs",
    ]


def test_a_secret_of_an_empty_variable_is_refused(tmp_path: Path) -> None:
    found = table(tmp_path, 'secret = "${SIGN}"\n', SIGN="")
    assert found.secret("secret") == Secret("")
    assert told(found) == ["1 secret: the environment's SIGN is empty | set it where logscan runs"]


def test_tables_and_their_items_are_checked_alike(tmp_path: Path) -> None:
    found = table(tmp_path, TEXT + "strange = 1\n")
    first, second = found.tables("many")
    assert (first.text("name"), second.text("name")) == ("first", "second")
    second.table("inner").whole("deep", 0)
    second.text("text")
    found.text("title")
    found.table("one").table("two").texts("list")
    assert second.table("sub").flag("key", default=False)
    assert told(found) == [
        "3 wrong: unknown key `wrong` | use one of: many, one, title",
        "20 many.1.sub.strange: unknown key `strange` | use one of: key",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ("[x]\ny = [1,\n", 3)],
    ids=["empty", "twice", "open"],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(Faults) as caught:
        table(tmp_path, text)
    [fault] = caught.value.errors
    assert fault.where.line == line
    assert fault.what.startswith("is not valid TOML: ")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Faults, match=r"cannot be read: No such file or directory\n +hint: name a settings file"):
        read_toml(tmp_path / "none.toml")
