"""The page that draws graphs: it holds the very text, fetches nothing, and a name cannot break out of it."""

import re
from html.parser import HTMLParser

from utils.clipboard.html import render_page
from utils.clipboard_writer import write_clipboard
from utils.dsl_parser import parse

ODD = parse('BLUEPRINT: BP\nGRAPH: EventGraph\n# </template></script> & <b>\nNODE n1: PrintString [InString="</template>&amp;<script>"]')


class Page(HTMLParser):
    """Texts of the templates and captions, and every attribute that could fetch something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.templates: list[str] = []
        self.captions: list[str] = []
        self.fetches: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.templates += [""] if tag == "template" else []
        self.captions += [""] if tag == "span" else []
        self.fetches += [value for key, value in attributes if key in ("src", "href", "srcset") and not value.startswith("data:")]

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "template" in self.open:
            self.templates[-1] += data
        elif "span" in self.open:
            self.captions[-1] += data


def test_each_figure_holds_its_text_unchanged_whatever_signs_are_in_it():
    text = write_clipboard(ODD)
    page = Page(render_page("Expected & actual", [("<expected>", text), ("actual", text)]))
    assert page.templates == [text, text]
    assert page.captions == ["<expected>", "actual"]


def test_the_page_fetches_nothing():
    page = render_page("x", [("a", write_clipboard(ODD))])
    assert Page(page).fetches == []
    style = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert "url(" not in re.sub(r"url\(['\"]?data:", "", style) and "@import" not in style and "sourceMappingURL" not in page


def test_the_viewer_stands_in_the_page_once_however_many_graphs_it_shows():
    one, three = (len(render_page("x", [("a", "text")] * count)) for count in (1, 3))
    assert 400_000 < one < 700_000
    assert three - one < 1_000
