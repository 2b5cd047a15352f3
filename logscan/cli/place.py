"""Where logscan keeps what is its own: the key for fingerprints, and the chart library's bundle."""

import os
import secrets
from pathlib import Path

_KEY_BYTES = 32
_NOWHERE = Path(os.devnull) / "logscan"  # can be neither made nor written


def cache_dir() -> Path:
    return _folder("XDG_CACHE_HOME", ".cache")


def installation_key() -> bytes:
    """The key of this installation's credential fingerprints, made on first use; if it cannot be kept, for this run."""
    path = _folder("XDG_STATE_HOME", ".local/state") / "fingerprint.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
    except OSError:
        pass  # it is there already, or cannot be kept
    try:
        key = path.read_bytes()
    except OSError:
        key = b""
    return key if len(key) == _KEY_BYTES else secrets.token_bytes(_KEY_BYTES)


def _folder(variable: str, default: str) -> Path:
    set_to = os.environ.get(variable)
    try:
        return (Path(set_to) if set_to else Path.home() / default) / "logscan"
    except RuntimeError:  # an account without a home, as in a container: nothing can be kept
        return _NOWHERE
