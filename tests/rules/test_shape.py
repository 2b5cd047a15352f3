"""One mapping is checked, and every fault has its place and a way out."""

from logscan.model.document import parse_document
from logscan.rules.shape import Shape, refuse_twins, suggest

DOCUMENT = parse_document("a: text\nb: [one, 2]\nc: {d: 5}\n", "x.yml")


def told(shape: Shape) -> list[str]:
    return [str(fault).replace("\n  hint: ", " | ") for fault in shape.faults]


def test_what_is_right_makes_no_fault() -> None:
    shape = Shape(DOCUMENT, DOCUMENT.value, "")
    shape.refuse_unknown({"a", "b", "c"})
    assert shape.text("a") == "text"
    assert shape.items("b") == ["one", 2]
    assert shape.text("nothing", required=False) == ""
    assert shape.texts("nothing", required=False) == []
    assert told(shape) == []


def test_faults_are_collected_with_their_places() -> None:
    shape = Shape(DOCUMENT, DOCUMENT.value["c"], "c")
    shape.refuse_unknown({"e"})
    assert shape.text("d") == ""
    assert shape.items("f") == []
    assert told(shape) == [
        "x.yml:3 c.d: unknown key `c.d` | use one of: e",
        "x.yml:3 c.d: `c.d` is not a text | write a text that is not empty",
        "x.yml:3 c.f: `c.f` is missing | add `c.f: [...]`",
    ]


def test_a_list_of_texts_holds_texts_only() -> None:
    shape = Shape(DOCUMENT, DOCUMENT.value, "")
    assert shape.texts("b") == ["one"]
    assert told(shape) == ["x.yml:2 b.1: `b.1` is not a text | put it in quotes"]


def test_what_is_no_mapping_is_told_once() -> None:
    shape = Shape(DOCUMENT, ["a"], "b")
    shape.refuse_unknown({"e"})
    assert shape.text("d") == ""
    assert shape.items("e") == []
    assert told(shape) == ["x.yml:2 b: `b` is not a mapping | write `key: value` pairs"]


def test_the_nearest_name_is_suggested_else_all_when_they_are_few() -> None:
    assert suggest("mesage", {"message", "user.name"}) == "did you mean `message`?"
    assert suggest("zzz", {"b", "a"}) == "use one of: a, b"
    assert suggest("zzz", {f"name{at}" for at in range(50)}) == ""
    assert suggest("zzz", ()) == ""


def test_twins_are_told_at_the_second_place() -> None:
    other = parse_document("name: same\n", "y.yml")
    faults = refuse_twins([("same", DOCUMENT, "a"), ("other", DOCUMENT, "b"), ("same", other, "name")], "name")
    assert [str(fault) for fault in faults] == [
        "y.yml:1 name: name `same` stands in two files\n  hint: the other is x.yml:1 a"
    ]
