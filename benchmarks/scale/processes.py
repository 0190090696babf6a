"""What Linux says of processes and of the whole machine (proc(5))."""

import os
import platform
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# Of the fields of the first line of /proc/stat.
_STEAL = 7


def cpu(pid: int) -> float:
    """Return CPU seconds so far, in user and kernel mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident(pid: int) -> int:
    """Return the resident memory in bytes."""
    return size(status(pid), "VmRSS")


def peak(pid: int) -> int:
    """Return the peak memory in bytes."""
    return size(status(pid), "VmHWM")


def program(pid: int) -> int:
    """Return the resident bytes of the program text, which all processes of the program share (proc(5))."""
    return size(status(pid), "RssFile")


def status(pid: int) -> dict[str, str]:
    """Return the status of a process by key."""
    lines = (line.partition(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {key: value.strip() for key, _, value in lines}


def size(told: dict[str, str], key: str) -> int:
    """Return a size in bytes; Linux writes kB and means 1024."""
    return int(told[key].split()[0]) * 1024


class Stolen:
    """The share of CPU time that the machine's host took away since this was made."""

    def __init__(self) -> None:
        self._before = _times()

    def share(self) -> float:
        """Return the share, from 0 to 1."""
        passed = [now - before for now, before in zip(_times(), self._before, strict=True)]
        return passed[_STEAL] / (sum(passed) or 1)


def _times() -> list[int]:
    line = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    # The last two, of guests, are counted in the first ones already.
    return [int(each) for each in line[: _STEAL + 1]]


def memory() -> int:
    """Return the machine's memory in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def machine() -> str:
    """Describe this machine in one line."""
    models = (line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    model = next(models, ":unknown processor").partition(":")[2].strip()
    return f"{os.cpu_count()} × {model}, {memory() / 2**30:.0f} GiB, Linux {platform.release()}"
