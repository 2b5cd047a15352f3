"""What a browser would make of a page: its tags, its text, its inline code."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

_TOLD = ("class", "href", "id", "src", "fill", "name", "type", "role", "for", "http-equiv")


class Page(HTMLParser):
    """tags: (tag, attributes with the values that steer); code: texts of <script> and <style>; text: what is read."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[tuple[str, str], ...]]] = []
        self.code: list[tuple[str, dict[str, str | None], str]] = []
        self.parts: list[str] = []
        self.open: tuple[str, dict[str, str | None]] | None = None
        self.policy = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: Any, attrs: Any) -> None:
        told = dict(attrs)
        # `words` in backticks and the words of a rule, harmless and by design
        if (tag, told.get("class")) == ("code", "q") or (tag, attrs) == ("mark", []):
            return
        self.tags.append((tag, tuple((name, (value or "") if name in _TOLD else "") for name, value in attrs)))
        if tag in ("script", "style"):
            self.open = (tag, told)
        if told.get("http-equiv") == "Content-Security-Policy":
            self.policy = told.get("content") or ""

    def handle_endtag(self, tag: Any) -> None:
        if self.open and tag == self.open[0]:
            self.open = None

    def handle_data(self, data: Any) -> None:
        if self.open:
            self.code.append((*self.open, data))
        else:
            self.parts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.parts))


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
