"""Templates that were compiled before give the same page."""

from pathlib import Path

import pytest

from logscan.model.cache import Cache
from logscan.report.compiled import Compiled, compile_once
from logscan.report.html import render_html
from logscan.report.templates import page_environment, shipped
from tests.report.scans import GENERATED, library, typical

KEY = b"k" * 32


@pytest.fixture
def fresh() -> None:
    page_environment.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_the_page_is_the_same_with_and_without_a_cache(tmp_path: Path) -> None:
    pages = []
    for cache in (None, Cache(tmp_path, KEY), Cache(tmp_path, KEY)):
        page_environment.cache_clear()
        templates = shipped(cache)
        pages.append(
            render_html(
                typical(), library(), generated=GENERATED, command="x", version="1", bundle="1;", templates=templates
            )
        )
    assert pages[0] == pages[1] == pages[2]
    assert len([*tmp_path.glob("templates-*.bin")]) == 1


def made(folder: Path, cache: Path) -> tuple[str, bool]:
    """What it prints, and whether it was taken from the cache."""
    page_environment.cache_clear()
    environment = page_environment(folder)
    compile_once(environment, Cache(cache, KEY))
    kept = environment.bytecode_cache
    assert isinstance(kept, Compiled)
    before = len([*cache.glob("*.bin")])
    return environment.get_template("a.j2").render(), before == 1


@pytest.mark.usefixtures("fresh")
def test_a_changed_template_is_compiled_anew(tmp_path: Path) -> None:
    folder, cache = tmp_path / "t", tmp_path / "c"
    folder.mkdir()
    (folder / "a.j2").write_text("one {{ 2 }}")
    assert made(folder, cache) == ("one 2", True)
    assert made(folder, cache) == ("one 2", True)
    (folder / "a.j2").write_text("two {{ 2 }}")
    assert made(folder, cache) == ("two 2", False)


@pytest.mark.usefixtures("fresh")
def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "a.j2").write_text("one")
    (tmp_path / "file").write_text("")
    assert made(tmp_path, tmp_path / "file")[0] == "one"
