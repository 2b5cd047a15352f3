"""Which formats a sample shows."""

import time

import pytest

from logscan.ingest.detect import detect
from logscan.ingest.shape import TOGETHER
from tests.ingest.frames import FORMATS, format_of

ACCESS = '192.0.2.7 - - [12/Mar/2026:06:25:24 +0000] "GET /a HTTP/1.1" 401 0 "-" "curl/8.5"'
PINO = '{"level":30,"time":1773296724123,"pid":1,"hostname":"h","msg":"m"}'
OTHER_JSON = '{"message":"m"}'
LOGFMT = "time=2026-03-12T06:25:24Z level=info msg=hello"
PYTHON = "2026-03-12 06:25:24,123 - app.auth - ERROR - token refused"


def ids(lines: list[str]) -> list[str]:
    return [fmt.id for fmt in detect(lines, FORMATS).order]


@pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.id)
def test_a_format_comes_first_for_its_own_samples(fmt: object) -> None:
    fmt = format_of(getattr(fmt, "id", ""))
    lines = [line for sample in fmt.samples if sample.expect is not None for line in sample.line.split("\n")]
    assert ids(lines)[0] == fmt.id


@pytest.mark.parametrize("lines", [[], [""], ["zzz"], [ACCESS], [PINO, ACCESS], [LOGFMT] * 3 + [PYTHON]])
def test_every_format_stays_in_the_order_once(lines: list[str]) -> None:
    assert sorted(ids(lines)) == sorted(fmt.id for fmt in FORMATS)


def test_the_most_frequent_comes_first_and_the_unseen_by_their_order() -> None:
    found = detect([ACCESS] * 30 + [LOGFMT] * 70, FORMATS)
    assert [fmt.id for fmt in found.order][:2] == ["logfmt", "combined"]
    assert found.shares == {"logfmt": 0.7, "combined": 0.3}
    unseen = [(fmt.order, fmt.id) for fmt in found.order[2:] if fmt.kind not in TOGETHER]
    assert unseen == sorted(unseen)


def test_json_formats_stay_together_because_they_are_read_at_once() -> None:
    order = detect([PINO] * 5 + [ACCESS] * 3 + [OTHER_JSON], FORMATS).order
    json = [n for n, fmt in enumerate(order) if fmt.kind == "json"]
    assert json == list(range(len(json)))
    assert [order[0].id, order[1].id] == ["pino", "generic-json"]


def test_a_format_that_reads_anything_never_comes_before_one_that_knows_more() -> None:
    vague = [f"2026-03-12 06:25:2{n} ERROR something odd" for n in range(8)]
    order = ids([PYTHON, *vague])
    assert order.index("python-logging") < order.index("generic-line")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([ACCESS] * 198 + ["zz zz"] * 2, "combined read 198 of 200 sampled lines; no format reads 2"),
        ([ACCESS] * 5 + [LOGFMT] * 3 + [""], "combined read 5 of 8 sampled lines; next: logfmt 3"),
        ([ACCESS, LOGFMT], "combined read 1 of 2 sampled lines; as many as logfmt: the file mixes formats"),
        ([ACCESS] + ["zz zz"] * 9, "combined read only 1 of 10 sampled lines; no format reads 9"),
        (["zz zz"] * 3, "no format reads any of 3 sampled lines"),
        (["", " "], "there is no line to tell the format from"),
        (
            [PYTHON, "Traceback (most recent call last):"],
            "python-logging read 1 of 2 sampled lines; 1 line continues the one before",
        ),
    ],
)
def test_the_evidence_is_told_in_words(lines: list[str], why: str) -> None:
    assert detect(lines, FORMATS).why == why


@pytest.mark.parametrize(
    ("lines", "doubt"),
    [
        ([ACCESS] * 9 + ["zz zz"], ""),
        ([ACCESS, LOGFMT], "combined and logfmt read as many of the sampled lines: the file mixes formats"),
        ([ACCESS] * 4 + ["zz zz"] * 6, "combined read only 4 of 10 sampled lines"),
        (["zz zz"] * 3, "no format reads any of 3 sampled lines"),
        ([PYTHON, "Traceback (most recent call last):", "  at x"], ""),
        ([], ""),
    ],
)
def test_what_speaks_against_the_first_format_is_told(lines: list[str], doubt: str) -> None:
    assert detect(lines, FORMATS).doubt == doubt


def test_lines_too_long_to_tell_anything_are_left_out() -> None:
    assert detect([ACCESS, "x" * 100_000], FORMATS).shares == {"combined": 1.0}


@pytest.mark.parametrize("line", [ACCESS, PINO, "zz {} zz", LOGFMT])
def test_it_is_cheap(line: str) -> None:
    lines = [line.replace("401", str(400 + n % 99)) for n in range(600)]
    taken = []
    for _ in range(4):
        start = time.process_time()
        detect(lines, FORMATS)
        taken.append(time.process_time() - start)
    assert min(taken) < 0.25
