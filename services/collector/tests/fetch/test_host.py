"""A source reads through the real host: plugin, fetcher and parsing child together."""

import gzip

import pytest
from aiohttp import web

from groundswell_collector.fetch.host import CollectorHost
from groundswell_collector.parsing.pool import open_parsers
from groundswell_collector.parsing.settings import ParsingSettings
from groundswell_core.clock import SystemClock
from groundswell_core.errors import GroundswellError, InvalidInput
from groundswell_core.sources import load_kinds

FEED, BOARD, ARCHIVE = (f"groundswell-source-{kind}" for kind in ("feed", "hotlist", "archive"))
NEWS = "供水中断影响三个小区，居民称已停水两天，有关部门正在抢修"
GOOD = f"<rss><channel><item><title>{NEWS}</title><guid>1</guid></item></channel></rss>"


@pytest.fixture
def kinds():
    return load_kinds([FEED, BOARD, ARCHIVE])


@pytest.fixture
async def host(kinds, fetching, tmp_path):
    packages = {kind.package for kind in kinds.values()}
    async with fetching(timeout=5) as fetcher, open_parsers(ParsingSettings(), packages) as parsers:
        yield CollectorHost(
            "sources/test",
            "A source",
            fetcher=fetcher,
            parsers=parsers,
            clock=SystemClock(),
            folders=[tmp_path],
        )


@pytest.fixture
def read(kinds, host):
    async def read(kind, **config):
        spec = kinds[kind].spec
        async with spec.open(spec.config.model_validate(config), host) as source:
            batches = [batch async for batch in source.read(None)]
        return [document for batch in batches for document in batch.documents]

    return read


async def test_a_feed_is_read_through_fetcher_and_child(site, read):
    body = gzip.compress((GOOD + f"<!-- {NEWS * 5} -->").encode("gbk"))
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/xml"}
    site.answer("/feed", lambda _: web.Response(body=body, headers=headers))
    [document] = await read("feed", url=f"{site.url}/feed")
    assert document.title == NEWS


async def test_a_board_is_read_through_fetcher_and_child(site, read):
    site.answer("/board", lambda _: web.json_response([{"title": NEWS}]))
    [document] = await read("hotlist", url=f"{site.url}/board")
    assert (document.title, document.rank) == (NEWS, 1)


async def test_an_archive_is_read_below_an_allowed_folder(read, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"title": "a", "time": "2024-05-20T00:00:00Z"}\n')
    [document] = await read("archive", path="a.jsonl", speed=0)
    assert document.title == "a"


HEAD, TAIL = "<rss><channel><item><title>a</title>", "</item></channel></rss>"
BAD = {
    "a page": b"<html><link rel=alternate type='application/rss+xml' href='/rss'></html>",
    "nothing": b"",
    "no XML": bytes(range(256)) * 100,
    "entities": b"<!DOCTYPE r [<!ENTITY a 'b'>]>" + GOOD.encode(),
    "attributes": (HEAD + "<a " + " ".join(f'a{n}="1"' for n in range(40_000)) + TAIL).encode(),
    "nesting": (HEAD + "<a>" * 200_000 + TAIL).encode(),
    "six megabytes": (HEAD + "x" * 6_000_000 + TAIL).encode(),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
async def test_a_bad_feed_is_an_error_and_a_good_one_beside_it_is_read(site, read, body):
    site.answer("/bad", lambda _: web.Response(body=body))
    site.answer("/good", lambda _: web.Response(text=GOOD))
    with pytest.raises(GroundswellError):
        await read("feed", url=f"{site.url}/bad")
    assert len(await read("feed", url=f"{site.url}/good")) == 1


async def test_the_error_of_a_page_names_the_feed_that_it_links_to(site, read):
    site.answer("/", lambda _: web.Response(body=BAD["a page"]))
    with pytest.raises(InvalidInput, match=rf"not a feed.*{site.url}/rss"):
        await read("feed", url=f"{site.url}/")


@pytest.mark.parametrize(
    "name",
    ["../outside.jsonl", "/etc/passwd", "missing.jsonl", "link.jsonl", "a\0b", "x" * 5000, "~/x"],
)
async def test_no_path_leads_out_of_the_allowed_folders(host, tmp_path, name):
    outside = tmp_path.parent / "outside.jsonl"
    outside.write_text("{}")
    (tmp_path / "link.jsonl").symlink_to(outside)
    with pytest.raises(InvalidInput, match="GROUNDSWELL_COLLECTOR__FOLDERS"):
        host.path(name)


def test_full_paths_below_an_allowed_folder_are_given(host, tmp_path):
    (tmp_path / "deep").mkdir()
    assert host.path(str(tmp_path / "deep")) == host.path("deep") == str(tmp_path / "deep")


def test_a_parser_of_another_package_is_not_run(kinds):
    assert {kind.package for kind in kinds.values()} == {
        "groundswell_source_feed",
        "groundswell_source_hotlist",
        "groundswell_source_archive",
    }
