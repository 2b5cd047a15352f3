from dataclasses import fields
from pathlib import Path

import pytest

from logscan.ingest.limits import Limits, load_limits
from logscan.model.errors import Faults
from logscan.model.resources import rules_dir

GOOD = (rules_dir() / "ingest.yml").read_text("utf-8")


def write(folder: Path, text: str) -> Path:
    path = folder / "ingest.yml"
    path.write_text(text, "utf-8")
    return path


def test_the_limits_that_come_with_logscan_are_valid() -> None:
    limits = load_limits()
    assert ".yml" in limits.skip_suffixes
    assert limits.sample_bytes > 0
    assert any(kind.magic == b"\x7fELF" for kind in limits.not_text)


def test_every_fault_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    text = (
        GOOD.replace("sample_bytes: 65536", "sample_bytes: -1")
        .replace("utf16_nul_share: 0.5", "utf16_nul_share: 1.5")
        .replace("magic: ffd8ff", "magic: xyz")
        .replace("leading_nul_bytes:", "leading_nuls:")
        .replace("[.yml,", "[yml,")
    )
    with pytest.raises(Faults) as caught:
        load_limits(write(tmp_path, text))
    errors = {error.where.key: error for error in caught.value.errors}
    assert set(errors) == {
        "sample_bytes", "utf16_nul_share", "not_text", "leading_nuls", "leading_nul_bytes", "skip_suffixes",
    }  # fmt: skip
    lines = text.splitlines()
    assert lines[errors["sample_bytes"].where.line - 1].startswith("sample_bytes")
    assert all(error.hint for error in errors.values())


@pytest.mark.parametrize("text", ["[]", "", "just words"])
def test_a_file_that_is_no_mapping_lacks_everything(tmp_path: Path, text: str) -> None:
    with pytest.raises(Faults) as caught:
        load_limits(write(tmp_path, text))
    assert len(caught.value.errors) == len(fields(Limits))


@pytest.mark.parametrize(
    "bad", ["not_text: 3", "not_text: [{title: x}]", "not_text: [{title: x, magic: ''}]", "not_text: [{titel: x}]"]
)
def test_a_wrong_magic_is_a_fault(tmp_path: Path, bad: str) -> None:
    with pytest.raises(Faults) as caught:
        load_limits(write(tmp_path, GOOD.partition("not_text:")[0] + bad + "\n"))
    assert [error.where.key for error in caught.value.errors] == ["not_text"]
