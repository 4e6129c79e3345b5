"""Units of bytes, time and shares, by the names that people give them in either language."""

from __future__ import annotations

BYTES = {"b": 1.0, "byte": 1.0, "bytes": 1.0, "字节": 1.0}
# kB, MB ... by 1000 and KiB, MiB ... by 1024; lower case, since they meet the folded answer.
for _power, _letter in enumerate("kmgtp", start=1):
    for _name, _size in ((f"{_letter}b", 1000.0), (f"{_letter}ib", 1024.0), (f"{_letter}byte", 1000.0)):
        BYTES[_name] = _size**_power
    BYTES[f"{_letter}bytes"] = 1000.0**_power
TIME = {
    "ns": 1e-9, "us": 1e-6, "μs": 1e-6, "µs": 1e-6, "微秒": 1e-6, "ms": 1e-3, "毫秒": 1e-3, "milliseconds": 1e-3,
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "秒": 1.0, "秒钟": 1.0, "min": 60.0,
    "mins": 60.0, "minute": 60.0, "minutes": 60.0, "分钟": 60.0, "分": 60.0, "h": 3600.0, "hour": 3600.0,
    "hours": 3600.0, "小时": 3600.0, "day": 86400.0, "days": 86400.0, "天": 86400.0,
}  # fmt: skip
SHARE = {"%": 1.0, "percent": 1.0, "per cent": 1.0, "pct": 1.0, "百分点": 1.0, "percentage": 1.0}
DIMENSIONS = (BYTES, TIME, SHARE)


def known(unit: str) -> tuple[dict[str, float], float] | None:
    """The kind of a unit, as its table, and its size there; nothing for one of no known kind."""
    for units in DIMENSIONS:
        if unit in units:
            return units, units[unit]
    return None
