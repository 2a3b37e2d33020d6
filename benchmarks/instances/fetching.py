"""Brings the public instances from where their keepers publish them into a folder of the user's."""

import io
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.request import urlopen

from benchmarks.harness.reports import console

OR_LIBRARY = "http://people.brunel.ac.uk/~mastjjb/jeb/orlib/files"
YAGIURA = "http://www.al.cm.is.nagoya-u.ac.jp/~yagiura/gap"
PACKINGS = "https://github.com/wotzlaff/tbpp-instances/archive/refs/heads/main.zip"

ADDRESSES: dict[str, Sequence[str]] = {
    "or-library": tuple(f"{OR_LIBRARY}/gap{part}.txt" for part in [*range(1, 13), "a", "b", "c", "d"]),
    "yagiura": tuple(f"{YAGIURA}/gap_{kind}.zip" for kind in "cde"),
    "packing": (PACKINGS,),
}


def fetch(name: str, folder: Path) -> Path:
    """Fetch a set into a folder of its own under this one, which is returned."""
    own = folder / name
    own.mkdir(parents=True, exist_ok=True)
    for address in ADDRESSES[name]:
        console.print(f"Fetching {address} …")
        with urlopen(address, timeout=60) as response:  # noqa: S310 (the addresses above, nothing else)
            for file, content in _files(address.rpartition("/")[2], response.read()):
                (own / file).write_bytes(content)
    return own


def _files(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of an archive by their names alone (of packings with the folder's), or the file itself."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    yield _flat(entry.filename), archive.read(entry)
    elif name.endswith((".tar.gz", ".tgz")):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive.getmembers():
                file = archive.extractfile(member)
                if file is not None:
                    yield _flat(member.name), file.read()
    else:
        yield name, content


def _flat(name: str) -> str:
    """One level of names, so that nothing is written outside of the folder."""
    return "_".join(part for part in Path(name).parts[1:] or (name,) if part not in {"..", "/", "data"})
