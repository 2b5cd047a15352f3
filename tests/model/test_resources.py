from pathlib import Path

import pytest

from logscan.model import resources


def test_rules_and_templates_are_found_beside_the_package() -> None:
    assert (resources.rules_dir() / "taxonomy.yml").is_file()
    assert (resources.reports_dir() / "html").is_dir()


def test_what_is_packed_in_the_wheel_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = tmp_path / "logscan" / "_data" / "rules"
    packed.mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "logscan")
    assert resources.rules_dir() == packed
    assert resources.reports_dir() == tmp_path / "reports"
