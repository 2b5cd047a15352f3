"""Kept values are those that were made, or they are made anew."""

import os
import pickle
from pathlib import Path

import pytest

from logscan.model.cache import Cache, fingerprint

KEY, SOURCE = b"k" * 32, "a" * 64


class Made:
    """Counts how often a value is made."""

    def __init__(self, value: object) -> None:
        self.value, self.times = value, 0

    def __call__(self) -> object:
        self.times += 1
        return self.value


def test_a_value_is_made_once_for_one_source(tmp_path: Path) -> None:
    cache, make = Cache(tmp_path / "c", KEY), Made({"a": (1, 2)})
    assert [cache.value("x", SOURCE, make) for _ in range(3)] == [{"a": (1, 2)}] * 3
    assert make.times == 1
    cache.value("x", "b" * 64, make)
    cache.value("y", SOURCE, make)
    assert make.times == 3


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, ("exploded",))


@pytest.mark.parametrize("harm", ["flip", "cut", "other key", "renamed", "unsigned"])
def test_what_this_installation_did_not_write_is_never_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    monkeypatch.chdir(tmp_path)
    writer = Cache(tmp_path, b"o" * 32 if harm == "other key" else KEY)
    writer.value("x", "b" * 64 if harm == "renamed" else SOURCE, Made("old"))
    (path,) = tmp_path.glob("x-*.bin")
    data = path.read_bytes()
    if harm == "flip":
        path.write_bytes(data[:-3] + bytes([data[-3] ^ 1]) + data[-2:])
    elif harm == "cut":
        path.write_bytes(data[:20])
    elif harm == "renamed":
        path.rename(tmp_path / f"x-{SOURCE[:32]}.bin")
    elif harm == "unsigned":
        path.write_bytes(b"\0" * 32 + pickle.dumps(Bomb()))
    assert Cache(tmp_path, KEY).value("x", SOURCE, Made("new")) == "new"
    assert not (tmp_path / "exploded").exists()


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache, make = Cache(tmp_path / "file", KEY), Made("x")
    assert [cache.value("x", SOURCE, make) for _ in range(2)] == ["x", "x"]
    assert make.times == 2


def test_only_the_newest_stay(tmp_path: Path) -> None:
    cache = Cache(tmp_path, KEY)
    for number in range(9):
        cache.value("x", f"{number}" * 64, Made(number))
    cache.value("y", SOURCE, Made("y"))
    assert len(list(tmp_path.glob("x-*.bin"))) == 4
    assert (tmp_path / f"x-{'8' * 32}.bin").exists()
    assert not list(tmp_path.glob("*.part"))


def test_the_fingerprint_changes_with_every_text_name_and_word(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    (rules / "causes").mkdir(parents=True)
    seen = []

    def look(*words: str) -> None:
        seen.append(fingerprint([rules], words))

    look()
    rule = rules / "causes" / "a.yml"
    rule.write_text("title: a\n")
    look()
    rule.write_text("title: b\n")
    look()
    rule.rename(rules / "causes" / "b.yaml")
    look()
    look("--no-default-rules")
    assert len(set(seen)) == len(seen)
    assert fingerprint([rules], ("--no-default-rules",)) == seen[-1]
