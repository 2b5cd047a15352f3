import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.ingest.charset import Recoded, charset_of
from logscan.ingest.limits import load_limits
from logscan.ingest.raw import Filled, take

LINE = "2026-03-12 06:25:24 ERROR login refused for ada\r\n"


def recoded(data: bytes, name: str) -> bytes:
    return take(Recoded(Filled(io.BytesIO(data)), name), 1 << 20)


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_mark_decides(mark: bytes, name: str) -> None:
    assert charset_of(mark + LINE.encode(name), load_limits()) == (name, len(mark))


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [LINE, "[" + LINE, "a", LINE * 50 + "grüße, 你好, привет 😀\n"])
def test_utf_16_without_a_mark_is_recognised(name: str, text: str) -> None:
    data = text.encode(name)
    assert charset_of(data, load_limits()).name == name
    assert charset_of(data[:-1], load_limits()).name == (name if len(data) > 2 else "utf-8")
    assert recoded(data, name) == text.encode()


@given(st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=50))
def test_utf_8_without_nuls_is_never_taken_for_utf_16(text: str) -> None:
    data = text.encode()
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", codecs.BOM_UTF8)):
        assert charset_of(data, load_limits()) == ("utf-8", 0)


@pytest.mark.parametrize("data", [b"", b"\0", bytes(100), bytes(range(1, 20)) * 5, b"\x01\x00\x02\x00" * 30])
def test_numbers_are_not_taken_for_text(data: bytes) -> None:
    assert charset_of(data, load_limits()).name == "utf-8"


@given(st.text(max_size=60).filter(lambda text: text.isprintable()), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_text_survives_the_change_of_encoding(text: str, name: str) -> None:
    assert recoded(text.encode(name), name) == text.encode()


def test_a_character_across_two_reads_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logscan.ingest.charset._READ", 3)
    text = "a😀b\n" * 20
    assert recoded(text.encode("utf-16-le"), "utf-16-le") == text.encode()


def test_what_does_not_decode_stays_visible() -> None:
    assert recoded(b"a\0\x00\xd8b\0\n\0c", "utf-16-le") == b"a\\x00\\xd8b\n\\x63"
