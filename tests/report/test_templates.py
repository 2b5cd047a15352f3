"""Templates of a person's own, in place of the shipped ones."""

from pathlib import Path
from typing import Any

import pytest

from logscan.model.errors import Faults, SettingsError
from logscan.report.html import render_html
from logscan.report.templates import load_templates, shipped
from tests.report.scans import GENERATED, library, typical
from tests.system.tool import run

MADE: Any = {"generated": GENERATED, "command": "logscan report x", "version": "1", "bundle": "1;"}


def page(folder: Path) -> str:
    return render_html(typical(), library(), templates=load_templates(folder), **MADE)


def test_an_own_template_and_style_stand_in_place_of_the_shipped(tmp_path: Path) -> None:
    (tmp_path / "method.j2").write_text(
        "<section><h2>By ACME</h2><p>{{ command }} &amp; {{ scan.lines|n }}</p></section>"
    )
    (tmp_path / "report.css").write_text("h1 { color: rebeccapurple }")
    made = page(tmp_path)
    assert "<h2>By ACME</h2><p>logscan report x &amp; 2,696,445</p>" in made
    assert "How logscan decided</h2>" not in made
    assert "h1 { color: rebeccapurple }" in made
    assert 'id="findings"' in made


def test_what_an_own_template_prints_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "method.j2").write_text("<p>{{ '<b>' }}</p>")
    assert "<p>&lt;b&gt;</p>" in page(tmp_path)


def test_all_faults_are_told_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "card.j2").write_text("<p>\n{% if %}\n")
    (tmp_path / "overveiw.j2").write_text("x")
    (tmp_path / "timeline.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(Faults) as told:
        load_templates(tmp_path)
    lines = [str(each) for each in told.value.errors]
    assert len(lines) == 3
    assert lines[0].startswith(f"{tmp_path / 'card.j2'}:2: is no template")
    assert "did you mean `overview.j2`?" in lines[1]
    assert "cannot be read" in lines[2]


@pytest.mark.parametrize("folder", ["empty", "none"])
def test_a_folder_without_templates_is_a_fault(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Faults):
        load_templates(tmp_path / folder)


@pytest.mark.parametrize("text", ["\n{{ nothing.here }}", "\n{{ 1 / 0 }}", "\n{{ scan.events / 7 }}"])
def test_a_template_that_fails_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "method.j2").write_text(text)
    with pytest.raises(SettingsError, match=r"method\.j2:2: the template fails"):
        page(tmp_path)


def test_the_shipped_templates_need_no_folder() -> None:
    assert shipped().own is None


def test_through_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "method.j2").write_text("<p>By ACME</p>")
    log = tmp_path / "a.log"
    log.write_text('192.0.2.1 - - [12/Mar/2026:06:25:24 +0000] "GET /a HTTP/1.1" 401 5 "-" "-"\n' * 9)
    assert run("report", log, "-o", tmp_path / "r.html", "--templates", tmp_path / "own").exit_code == 0
    assert "<p>By ACME</p>" in (tmp_path / "r.html").read_text("utf-8")
    told = run("report", log, "-o", tmp_path / "s.html", "--templates", tmp_path / "none")
    assert told.exit_code == 4
    assert not (tmp_path / "s.html").exists()
