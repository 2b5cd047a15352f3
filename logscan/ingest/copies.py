"""Files that lie there twice, plain and packed: what is packed was read in the other one."""

from collections.abc import Sequence

from logscan.ingest.limits import Limits, load_limits
from logscan.ingest.rotation import packing
from logscan.ingest.source import Source, open_source
from logscan.ingest.walk import source_error
from logscan.model.errors import SourceError

_READ = 1 << 20


def once_each(sources: Sequence[Source], limits: Limits | None = None) -> tuple[list[Source], list[SourceError]]:
    """Leave out a packed file whose content is, or begins, that of the plain one beside it.

    Out:    the others, in their order; a fault for each that is left out
    Law:    only files whose names differ by nothing but their packing are compared, and only such are opened
    Source: gzip keeps the plain file until the packed one is whole, so that a rotation may leave both behind
    """
    plain = {source.path: source for source in sources if source.file is not None and source.member is None}
    kept: list[Source] = []
    faults: list[SourceError] = []
    for source in sources:
        twin = plain.get(source.path.removesuffix(packing(source.path))) if source.path in plain else None
        if twin is None or twin is source or not _begins(source, twin, limits or load_limits()):
            kept.append(source)
        else:
            faults.append(source_error(source.path, f"holds what {twin.path} holds, and is not read again"))
    return kept, faults


def _begins(packed: Source, plain: Source, limits: Limits) -> bool:
    """Whether the content of the first, which is not empty, is that with which the second begins."""
    try:
        with open_source(packed, limits=limits) as one, open_source(plain, limits=limits) as two:
            while part := one.read(_READ):
                if two.read(len(part)) != part:
                    return False
            return one.count > 0
    except SourceError:
        return False  # reading it will tell why
