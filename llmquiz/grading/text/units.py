"""Units of bytes, time, shares and operations, by the names that people give them in either language."""

from __future__ import annotations

BYTES = {"b": 1.0, "byte": 1.0, "bytes": 1.0, "字节": 1.0}
# kB, MB ... by 1000 and KiB, MiB ... by 1024; lower case, since they meet the folded answer.
for _power, _letter in enumerate("kmgtp", start=1):
    for _name, _size in ((f"{_letter}b", 1000.0), (f"{_letter}ib", 1024.0), (f"{_letter}byte", 1000.0)):
        BYTES[_name] = _size**_power
    BYTES[f"{_letter}bytes"] = 1000.0**_power
    for _name, _size in ((f"{_letter}bit", 1000.0), (f"{_letter}ibit", 1024.0)):
        BYTES[_name] = BYTES[f"{_name}s"] = _size**_power / 8
    BYTES[f"{_letter}i"] = 1024.0**_power
for _power, (_decimal, _binary) in enumerate(
    (("kilo", "kibi"), ("mega", "mebi"), ("giga", "gibi"), ("tera", "tebi"), ("peta", "pebi")), start=1
):
    for _end in ("byte", "bytes"):
        BYTES[_decimal + _end], BYTES[_binary + _end] = 1000.0**_power, 1024.0**_power
    for _end in ("bit", "bits"):
        BYTES[_decimal + _end], BYTES[_binary + _end] = 1000.0**_power / 8, 1024.0**_power / 8
for _power, _name in ((1, "k"), (2, "兆"), (3, "吉"), (1, "千")):
    BYTES[f"{_name}字节"] = 1000.0**_power
BYTES |= {"bit": 1 / 8, "bits": 1 / 8, "比特": 1 / 8, "位": 1 / 8, "gigs": 1e9, "gig": 1e9, "megs": 1e6, "meg": 1e6}
TIME = {
    "ns": 1e-9, "us": 1e-6, "μs": 1e-6, "µs": 1e-6, "微秒": 1e-6, "ms": 1e-3, "毫秒": 1e-3, "milliseconds": 1e-3,
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "秒": 1.0, "秒钟": 1.0, "min": 60.0,
    "mins": 60.0, "minute": 60.0, "minutes": 60.0, "分钟": 60.0, "分": 60.0, "h": 3600.0, "hour": 3600.0,
    "hours": 3600.0, "小时": 3600.0, "day": 86400.0, "days": 86400.0, "天": 86400.0,
}  # fmt: skip
_PETAFLOP_DAY = 1e15 * 86400
OPERATIONS = {"flop": 1.0, "flops": 1.0, "次浮点运算": 1.0, "浮点运算": 1.0}
for _power, _letter in enumerate("kmgtpezy", start=1):
    OPERATIONS[f"{_letter}flop"] = OPERATIONS[f"{_letter}flops"] = 1000.0**_power
for _power, _name in enumerate(("kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta"), start=1):
    OPERATIONS[f"{_name}flop"] = OPERATIONS[f"{_name}flops"] = 1000.0**_power
for _name in ("pf", "pflop", "pflops", "pflop/s", "pflops/s", "petaflop", "petaflops", "petaflop/s", "petaflops/s"):
    for _day in ("-days", "-day", " days", " day", "天", "日"):
        OPERATIONS[_name + _day] = _PETAFLOP_DAY
SHARE = {
    "%": 1.0,
    "percent": 1.0,
    "per cent": 1.0,
    "pct": 1.0,
    "百分点": 1.0,
    "percentage": 1.0,
    "个点": 1.0,
    "百分比": 1.0,
}
DIMENSIONS = (BYTES, TIME, SHARE, OPERATIONS)


def known(unit: str) -> tuple[dict[str, float], float] | None:
    """The kind of a unit, as its table, and its size there; nothing for one of no known kind."""
    for units in DIMENSIONS:
        if unit in units:
            return units, units[unit]
    return None
