import io

import pytest

from logscan.ingest.raw import Filled, take
from logscan.ingest.trail import BLOCK, Mark, Trail, digest


class Bytes:
    def __init__(self, data: bytes, start: int = 0) -> None:
        self.start, self._reader = start, Filled(io.BytesIO(data))

    def readinto(self, view: memoryview, /) -> int:
        return self._reader.readinto(view)


DATA = bytes(number * 7 % 251 for number in range(5 * BLOCK + 17))


def mark_of(offset: int, *stops: int) -> Mark:
    trail = Trail(Bytes(DATA))
    take(trail, len(DATA))
    for stop in stops:
        trail.at(stop)
    return trail.at(offset)


@pytest.mark.parametrize("offset", [0, 1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5, len(DATA)])
def test_a_mark_depends_on_the_bytes_below_it_alone(offset: int) -> None:
    assert mark_of(offset) == mark_of(offset, *(stop for stop in (1, BLOCK, 2 * BLOCK + 9) if stop <= offset))
    assert Trail(Bytes(DATA)).passed(mark_of(offset))


@pytest.mark.parametrize("changed", [0, BLOCK - 1, BLOCK, 2 * BLOCK + 3, 3 * BLOCK + 4])
def test_one_other_byte_anywhere_is_another_mark(changed: int) -> None:
    other = bytearray(DATA)
    other[changed] ^= 1
    assert not Trail(Bytes(bytes(other))).passed(mark_of(3 * BLOCK + 5))


def test_a_shorter_content_has_no_such_mark() -> None:
    assert not Trail(Bytes(DATA[:BLOCK])).passed(mark_of(BLOCK + 1))


@pytest.mark.parametrize("offset", [100, BLOCK, 2 * BLOCK + 9])
def test_a_trail_goes_on_from_a_mark_with_the_few_bytes_near_it(offset: int) -> None:
    mark = mark_of(offset)
    near = DATA[mark.near_at : offset]
    assert digest(near) == mark.near
    assert len(near) <= BLOCK
    trail = Trail(Bytes(DATA[offset:], offset), mark, near)
    take(trail, len(DATA))
    assert trail.at(len(DATA)) == mark_of(len(DATA))
    assert trail.last == DATA[-1]
