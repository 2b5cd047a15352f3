from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.nearest import nearest
from tests.ingest.frames import FORMATS, small_format

LINE = '192.0.2.7 - - [12/Mar/2026:06:25:24 +0100] "GET /a HTTP/1.1" 401 12 "-" "curl/8.5"'


def test_it_says_how_far_the_nearest_format_got() -> None:
    fmt = small_format(r"^(?<a>[a-z]+) \[(?<b>[0-9]+)\] (?:x|y) .*?end$", {"a": "user.name", "b": "message"})
    assert nearest(["ada [12] x, end", "ada [12", "ada [12] y the end!", "123", ""], [fmt]) == [
        "small: stops at column 11, before `, end`",
        "small: the line ends too early, after column 7",
        "small: stops at column 15, before ` end!`",
        "no format knows how it begins",
        "no format knows how it begins",
    ]


def test_the_format_that_reads_most_is_named() -> None:
    words = nearest([LINE.replace('401 12 "', "teapot")], FORMATS)[0]
    assert words.endswith('before `teapot-" "cu`')


def test_json_is_said_to_break_where_it_breaks() -> None:
    assert nearest(['{"a": 1,,}', '{"zzz": 1}', "{" * 5], FORMATS) == [
        "JSON breaks at character 9: Illegal trailing comma before end of object"
        if "trailing" in nearest(['{"a": 1,,}'], FORMATS)[0]
        else "JSON breaks at character 9: Expecting property name enclosed in double quotes",
        "a JSON object, but no format knows its keys",
        "JSON breaks at character 2: Expecting property name enclosed in double quotes",
    ]


@given(st.lists(st.text(), max_size=4))
def test_there_is_one_answer_a_line(lines: list[str]) -> None:
    assert len(nearest(lines, FORMATS)) == len(lines)


def test_a_pattern_of_many_parts_is_told_too() -> None:
    fmt = small_format("^" + "x" * 400 + "(?<a>y)$", {"a": "user.name"})
    assert nearest(["x" * 300, "x" * 50 + "y"], [fmt]) == [
        "small: stops at column 80, before `" + "x" * 12 + "`",
        "small: stops at column 51, before `y`",
    ]


def test_under_a_directive_the_number_of_columns_is_told() -> None:
    header = "\n#Fields: date time c-ip cs-method sc-status"
    lines = [
        "2026-03-12 06:25:24 192.0.2.7",
        '2026-03-12 06:25:24 192.0.2.7 "a b" 401',
        "2026-03-12\t06:25:24",
        "words",
    ]
    assert nearest(lines, [], [header, header, header, None]) == [
        "has 3 columns, where the line above that names them has 5",
        "no format knows how it begins",
        "has 2 columns, where the line above that names them has 5",
        "no format knows how it begins",
    ]
