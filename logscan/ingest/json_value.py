"""Where a JSON value that begins in some text ends, without reading what it says."""

import json

HEADER = 64 << 10  # characters that a value without end in sight counts for
BLANK = " \t\r\n"
_WORDS = ("true", "false", "null")
_LEAST = 1 << 10  # characters that a broken value counts for
_NEAR_END = 16  # characters; a value that the text's end cuts is told as a fault at its beginning


class More(Exception):
    """The text ends too early to decide; args[0] is the place to go on from."""


class Broken(Exception):
    """What is wrong."""


def _nothing(_: str) -> None:
    """Numbers are not looked at; a very long one would cost much to convert."""


_DECODER = json.JSONDecoder(parse_float=_nothing, parse_int=_nothing, parse_constant=_nothing, strict=False)


class Values:
    """Finds ends.

    most   characters a value may have
    spent  characters of broken values that were looked at; to be set to 0 when patience is renewed
    """

    def __init__(self, most: int) -> None:
        self.most, self.spent = most, 0

    def end(self, text: str, at: int, *, ended: bool) -> int:
        """Behind the value that begins here. In: ended: no text follows. Errors: Broken; More"""
        try:
            end = _DECODER.raw_decode(text, at)[1]
        except json.JSONDecodeError as fault:
            cost = max(_LEAST, min(fault.pos - at, self.most))
            cut = fault.pos >= len(text) - _NEAR_END or fault.msg.startswith("Unterminated")
            if cut and len(text) - at <= self.most:
                if not ended:
                    raise More(at) from None
                if _is_cut(text, fault):
                    self.spent += cost
                    raise Broken("is cut off by the end of the file") from None
            self.spent += cost
            if fault.pos - at > self.most or _is_cut(text, fault):
                raise Broken(f"is longer than {self.most:,} bytes") from None
            raise Broken(f"breaks at character {fault.pos - at + 1}: {fault.msg.lower()}") from None
        except RecursionError:
            self.spent += HEADER
            raise Broken("is nested too deep") from None
        if end - at > self.most:
            raise Broken(f"is longer than {self.most:,} bytes")
        return end


def _is_cut(text: str, fault: json.JSONDecodeError) -> bool:
    """Whether the text's end is what is wrong."""
    rest = text[fault.pos :].strip(BLANK)
    return fault.msg.startswith("Unterminated") or any(word.startswith(rest) for word in _WORDS)


def blank_end(text: str, at: int, end: int | None = None) -> int:
    """The first place from here on that is no blank."""
    end = len(text) if end is None else end
    while at < end and text[at] in BLANK:
        at += 1
    return at
