"""Feeds of every format keep the contract of sources."""

import json

import pytest
from groundswell_source_feed import SPEC

from groundswell_core.testing.source_contract import SourceContract

# (id, title, minute): c and d share their time.
RECORDED = [
    ("e", "Water back in the east", 3),
    ("d", "供水中断影响三个小区", 2),
    ("c", "Pipe burst closes a road", 2),
    ("b", "Mayor visits the works", 1),
    ("a", "Water pressure falls", 0),
]


def recorded_rss():
    items = "".join(
        f"<item><title>{title}</title><guid>{key}</guid>"
        f"<pubDate>Thu, 21 Nov 2024 10:0{minute}:00 GMT</pubDate></item>"
        for key, title, minute in RECORDED
    )
    return f'<rss version="2.0"><channel><title>City</title>{items}</channel></rss>'


def recorded_rdf():
    items = "".join(
        f'<item rdf:about="http://city.example/{key}"><title>{title}</title>'
        f"<link>http://city.example/{key}</link><dc:date>2024-11-21T10:0{minute}:00Z</dc:date></item>"
        for key, title, minute in RECORDED
    )
    return f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="http://city.example/"><title>City</title></channel>{items}</rdf:RDF>"""


def recorded_atom():
    entries = "".join(
        f"<entry><id>tag:city,{key}</id><title>{title}</title>"
        f"<updated>2024-11-21T10:0{minute}:00Z</updated></entry>"
        for key, title, minute in RECORDED
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>City</title>{entries}</feed>'


def recorded_json():
    items = [
        {"id": key, "title": title, "date_published": f"2024-11-21T10:0{minute}:00Z"}
        for key, title, minute in RECORDED
    ]
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "City", "items": items}
    )


FORMATS = {
    "rss": recorded_rss(),
    "rdf": recorded_rdf(),
    "atom": recorded_atom(),
    "json": recorded_json(),
}


class TestFeed(SourceContract):
    @pytest.fixture
    def spec(self):
        return SPEC

    @pytest.fixture(params=FORMATS.values(), ids=FORMATS.keys())
    def config(self, request, site):
        return {"url": site.put("/feed", request.param, headers={"ETag": '"1"'}), "batch": 3}
