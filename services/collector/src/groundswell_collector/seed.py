"""Makes the sources of a YAML file at start; a bad file leaves the stored ones in force."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from groundswell_collector import metrics
from groundswell_collector.entries import Kinds, file_model
from groundswell_collector.store import Seeded, Sources
from groundswell_core.errors import InvalidInput
from groundswell_core.log import get_logger
from groundswell_core.source_records import Source
from groundswell_core.yaml_files import read_yaml

log = get_logger(__name__)


def read_sources(path: Path, kinds: Kinds) -> tuple[Source, ...]:
    """Returns the sources of a file; raises InvalidInput naming each mistake by line, key and cure."""
    return tuple(entry.source() for entry in read_yaml(path, file_model(kinds)).sources)


async def seed(path: Path | None, kinds: Kinds, sources: Sources, now: datetime) -> None:
    """Makes and changes sources as the file says, or says why it is not used."""
    if path is None:
        return
    try:
        found = read_sources(path, kinds)
    except InvalidInput as error:
        metrics.SEED_ERRORS.set(len(error.message.splitlines()))
        log.error(  # noqa: TRY400 - the message names every mistake; a traceback would hide them
            "the file of sources is not used: the stored sources stay",
            file=str(path),
            error=error.message,
        )
        return
    metrics.SEED_ERRORS.set(0)
    results = Counter([await sources.seed(source, now) for source in found])
    counts = {result.name.lower(): results[result] for result in Seeded}
    log.info("sources seeded", file=path.name, **counts)
