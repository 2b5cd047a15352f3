"""Where the rules and the report templates stand: packed in the wheel, else beside the package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def _folder(name: str) -> Path:
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def rules_dir() -> Path:
    return _folder("rules")


def reports_dir() -> Path:
    return _folder("reports")
