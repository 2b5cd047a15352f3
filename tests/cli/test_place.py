"""The fingerprint key and the cache: made once, kept to oneself, never needed."""

from pathlib import Path

import pytest

from logscan.cli.place import cache_dir, installation_key


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    key = installation_key()
    assert len(key) == 32
    assert installation_key() == key
    kept = tmp_path / "state" / "logscan" / "fingerprint.key"
    assert kept.read_bytes() == key
    assert kept.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert installation_key() != key


@pytest.mark.parametrize("state", ["/dev/null", "/proc/nothing"])
def test_a_key_that_cannot_be_kept_lasts_for_the_run(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", state)
    assert len(installation_key()) == 32
    assert installation_key() != installation_key()


def test_a_broken_key_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "logscan").mkdir()
    (tmp_path / "logscan" / "fingerprint.key").write_bytes(b"short")
    assert len(installation_key()) == 32
    (tmp_path / "logscan" / "fingerprint.key").unlink()
    (tmp_path / "logscan" / "fingerprint.key").mkdir()
    assert len(installation_key()) == 32


def test_the_places_follow_the_environment_and_else_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_dir() == tmp_path / "logscan"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "ada"))
    assert cache_dir() == tmp_path / "ada" / ".cache" / "logscan"


def test_an_account_without_a_home_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert not cache_dir().exists()
    with pytest.raises(OSError, match="null"):
        cache_dir().mkdir(parents=True)
    assert len(installation_key()) == 32
