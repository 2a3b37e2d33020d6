"""Reading a public vocabulary from wherever it was unpacked: which format it has is told by what is there."""

from pathlib import Path

from competence.taxonomies.esco import read_esco
from competence.taxonomies.jobtech import read_jobtech
from competence.taxonomies.releases import Release, version_key
from core.errors import BadInput

MOST_BYTES = 200_000_000
"""Of one file. All of JobTech Taxonomy with its relations has some 40 million."""


def read_release(path: Path, version: str) -> Release:
    """Read a release: a folder with ESCO's CSV files, or a JSON file of JobTech Taxonomy.

    Raises
    ------
    BadInput
        There is neither, it is too large, or what is in it cannot be used.
    """
    version_key(version)
    try:
        for file in path.glob("*.csv") if path.is_dir() else (path,):
            if file.is_file() and file.stat().st_size > MOST_BYTES:
                raise BadInput("file", file.name, f"it has more than {MOST_BYTES // 1_000_000} megabytes")
        return read_esco(path, version) if path.is_dir() else read_jobtech(path.read_bytes(), version)
    except OSError as error:
        raise BadInput("file", str(error.filename or path), f"it cannot be read: {error.strerror}") from error
