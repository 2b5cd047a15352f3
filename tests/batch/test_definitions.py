"""What settings name is there and valid, or every fault of it is told."""

from pathlib import Path

import pytest

from logscan.batch.definitions import check_named, load_named, named_by
from logscan.model.errors import Faults
from tests.batch.runs import KEY, NOW, cache_folder, config

CACHE = Path(cache_folder().name)


def test_a_source_of_a_format_that_there_is_not_is_a_fault_with_its_place_and_a_guess(tmp_path: Path) -> None:
    settings = config(tmp_path, '[[sources]]\npaths = ["logs"]\nformat = "combind"\n')
    with pytest.raises(Faults) as told:
        load_named(settings, named_by(settings, KEY, CACHE, NOW))
    (fault,) = told.value.errors
    assert str(fault.where) == f"{tmp_path}/logscan.toml:3 sources.0.format"
    assert "combined" in fault.hint
    good = config(tmp_path, '[[sources]]\npaths = ["logs"]\nformat = "combined"\n')
    assert check_named(good, KEY, CACHE, NOW).library.causes


def test_every_fault_of_every_file_that_is_named_is_told_at_once(tmp_path: Path) -> None:
    settings = config(
        tmp_path,
        '[[sources]]\npaths = ["logs"]\n[marks]\nfile = "marks.txt"\n[reports]\ntemplates = "own"\n'
        '[rules]\ndefault = false\nfolders = ["rules"]\n',
    )
    (tmp_path / "marks.txt").write_text("yesterday = deploy\n", "utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "reprot.html.j2").write_text("", "utf-8")
    (tmp_path / "rules" / "causes").mkdir(parents=True)
    (tmp_path / "rules" / "causes" / "x.yml").write_text("title: x\ndetction: 3\n", "utf-8")
    with pytest.raises(Faults) as told:
        check_named(settings, KEY, CACHE, NOW)
    places = " ".join(str(fault.where) for fault in told.value.errors)
    for name in ("marks.txt:1", "reprot.html.j2", "rules/causes/x.yml"):
        assert name in places
