import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logscan.model.resources import reports_dir
from logscan.report import charts
from logscan.report.charts import (
    chart_bundle,
    chart_json,
    colours,
    for_script,
    palette_css,
    timeline_spec,
)
from tests.report.scans import library


def test_every_family_of_the_taxonomy_has_a_colour() -> None:
    palette = json.loads((reports_dir() / "charts" / "colours.json").read_text("utf-8"))
    assert set(library().taxonomy.families) <= set(palette["families"])


def test_causes_of_one_family_get_shades_and_strange_families_a_colour_too() -> None:
    given_ = [("token_expired", "token"), ("token_malformed", "token"), ("mine", "of my own")]
    assert colours(given_) == {"token_expired": "c-token-1", "token_malformed": "c-token-2", "mine": "c-unknown-1"}


def test_the_palette_holds_for_light_dark_and_every_shade() -> None:
    css = palette_css()
    named = set(re.findall(r"(--c-[a-z]+-\d):", css))
    assert {f"--{name}" for name in colours([(str(k), "token") for k in range(5)]).values()} <= named
    assert "prefers-color-scheme:dark" in css
    assert not re.search(r"[<@](?!media)", css)


def test_a_colour_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "colours.json").write_text(
        '{"families": {"token": ["#fff;}</style>", "#000000"]}, "other": "token"}'
    )
    monkeypatch.setattr(charts, "reports_dir", lambda: tmp_path)
    with pytest.raises(ValueError, match="token"):
        palette_css()


# Machado, Oliveira, Fernandes 2009, severity 1.0; OKLab by Ottosson 2020.
_BLIND = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.793617785, -0.0040720468),
    (1.9779984951, -2.428592205, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.808675766),
)


def _times(matrix: Any, vector: Any) -> Any:
    return [sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix]


def _linear(colour: Any) -> Any:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def _lab(colour: Any, sight: str) -> Any:
    seen = [min(max(c, 0), 1) for c in _times(_BLIND[sight], _linear(colour))]
    return _times(_TO_LAB, [c ** (1 / 3) for c in _times(_TO_CONES, seen)])


@pytest.mark.parametrize("paper", [0, 1])
@pytest.mark.parametrize("sight", _BLIND)
def test_families_can_be_told_apart_by_every_kind_of_sight(paper: int, sight: str) -> None:
    families = json.loads((reports_dir() / "charts" / "colours.json").read_text("utf-8"))["families"]
    seen = {name: _lab(pair[paper], sight) for name, pair in families.items()}
    near = [
        (a, b) for a, b in itertools.combinations(seen, 2)
        if sum((x - y) ** 2 for x, y in zip(seen[a], seen[b], strict=True)) ** 0.5 < 0.08
    ]  # fmt: skip
    assert not near


@pytest.mark.parametrize("paper", [0, 1])
def test_colours_stand_out_from_the_paper(paper: int) -> None:
    def light(colour: Any) -> Any:
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), _linear(colour), strict=True))

    ground = light(("#ffffff", "#15171b")[paper])
    for name, pair in json.loads((reports_dir() / "charts" / "colours.json").read_text("utf-8"))["families"].items():
        high, low = sorted((light(pair[paper]), ground), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= (2.5 if name == "protocol" else 2.95), name


def test_the_specification_takes_its_data_and_colours_from_the_page() -> None:
    spec = timeline_spec()
    assert [layer["data"]["name"] for layer in spec["layer"]] == [
        "totals",
        "failures",
        "spans",
        "marks",
        "marks",
        "totals",
    ]
    assert "color" in spec["layer"][1]["encoding"]
    assert "url" not in json.dumps(spec)


@given(
    st.recursive(
        st.text(st.characters()) | st.integers() | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_chart_data_comes_back_as_it_was_and_holds_no_markup(value: Any) -> None:
    text = chart_json(value)
    assert text.isascii()
    assert not set(text) & set("<>&")
    assert json.loads(text) == value


@pytest.mark.parametrize("source", ["a='</script>'", "a='</SCRIPT '", "a='<!-- x'"])
def test_script_cannot_end_its_element(source: str) -> None:
    assert not re.search(r"</script|<!--", for_script(source), re.IGNORECASE)
    assert len(for_script(source)) == len(source) + 3


def test_the_bundle_is_made_once_and_a_broken_one_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import vl_convert

    made: list[str] = []

    def make(snippet: str) -> str:
        made.append(snippet)
        return "let n = '</script>';"

    monkeypatch.setattr(vl_convert, "javascript_bundle", make)
    first = chart_bundle(tmp_path / "cache")
    assert chart_bundle(tmp_path / "cache") == first
    assert len(made) == 1
    assert "</script>" not in first
    kept = list((tmp_path / "cache").iterdir())
    assert len(kept) == 1
    kept[0].write_text(first[: len(first) // 2])
    assert chart_bundle(tmp_path / "cache") == first
    assert len(made) == 2


def test_a_cache_that_cannot_be_written_does_not_stop_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import vl_convert

    monkeypatch.setattr(vl_convert, "javascript_bundle", lambda _: "let n = 1;")
    (tmp_path / "file").write_text("a file, not a folder")
    assert "let n = 1;" in chart_bundle(tmp_path / "file" / "cache")


@pytest.mark.parametrize("colour", ["red", "var(--c-none)", "var(--ink)", "var(--c-token-4)"])
def test_only_colours_of_causes_have_a_number(colour: str) -> None:
    with pytest.raises(ValueError, match="is no colour of a cause"):
        charts.hex_of(colour)


def test_every_shade_is_a_colour_of_its_own() -> None:
    assert len({charts.hex_of(f"var(--c-token-{shade})") for shade in (1, 2, 3)}) == 3
