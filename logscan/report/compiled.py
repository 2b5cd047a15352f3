"""The page's templates, compiled once for many runs."""

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from logscan.model.cache import Cache


class Compiled(jinja2.BytecodeCache):
    """What templates compile to. Law: code of another text, version of Python or of Jinja is never run: Jinja checks"""

    def __init__(self, held: dict[str, bytes]) -> None:
        self.held = held

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.held:
            bucket.bytecode_from_string(self.held[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.held[bucket.key] = bucket.bytecode_to_string()


def compile_once(environment: jinja2.Environment, cache: Cache) -> None:
    """Have the templates of an environment compiled, from the cache where they were compiled before.

    Law: the pages are the same with and without a cache
    """
    sources = {}
    for name in environment.list_templates(filter_func=lambda name: name.endswith(".j2")):
        text, path, _ = environment.loader.get_source(environment, name) if environment.loader else ("", None, None)
        sources[name] = f"{path}\0{text}"
    code = Path(__file__).with_name("templates.py").read_text("utf-8")  # how they are compiled
    told = [code, platform.python_version(), version("jinja2"), *(f"{name}\0{text}" for name, text in sources.items())]
    digest = hashlib.sha256("\0".join(told).encode("utf-8", "surrogateescape")).hexdigest()
    environment.bytecode_cache = Compiled(cache.value("templates", digest, lambda: _compiled(environment, [*sources])))


def _compiled(environment: jinja2.Environment, names: list[str]) -> dict[str, bytes]:
    made = Compiled({})
    environment.bytecode_cache = made
    for name in names:
        environment.get_template(name)
    return made.held
