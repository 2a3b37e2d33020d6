"""How much memory a process takes with all of its children."""

import threading

import psutil

EVERY_S = 0.5


class PeakMemory:
    """While entered, watches the calling process and its children; `mib` is the most they held at one time.

    Counted is the proportional set size (PSS): what processes share is divided between them. Where the system does
    not tell it, the resident set size. Peaks shorter than half a second may be missed.
    """

    def __init__(self) -> None:
        self.mib = 0.0
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="peak-memory", daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()
        self._look()

    def _watch(self) -> None:
        while not self._done.wait(EVERY_S):
            self._look()

    def _look(self) -> None:
        here = psutil.Process()
        held = sum(_held(process) for process in [here, *here.children(recursive=True)])
        self.mib = max(self.mib, held / 2**20)


def _held(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", full.rss))
