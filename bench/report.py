"""What every benchmark writes: a Markdown table, the raw numbers and a plot, from the same rows."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"
QUIET = 1.5  # one-minute load up to which figures of a served page or a database are worth keeping
LOAD_AT_START = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0

Value = float | int | str | None
Row = Mapping[str, Value]


def timed(work: Callable[[], object], repeat: int = 5) -> dict[str, float]:
    """Run `work` `repeat` times after one warm-up; seconds as median, best and worst."""
    work()
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return {"median_s": statistics.median(seconds), "best_s": min(seconds), "worst_s": max(seconds)}


def machine() -> dict[str, Value]:
    """What the figures were measured on; load above the number of cores makes them lower bounds."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"python": platform.python_version(), "cores": os.cpu_count(), "load_1min": load}


def shown(value: Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else value


def markdown_table(rows: Sequence[Row]) -> str:
    """GitHub table of `rows`; columns in order of first appearance, numbers right-aligned."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    numeric = {c for c in columns if any(isinstance(row.get(c), int | float) for row in rows)}
    lines = ["| " + " | ".join(columns) + " |"]
    lines.append("| " + " | ".join("---:" if c in numeric else "---" for c in columns) + " |")
    lines += ["| " + " | ".join(shown(row.get(c)) for c in columns) + " |" for row in rows]
    return "\n".join(lines)


def plot(rows: Sequence[Row], label: str, value: str, title: str, path: Path) -> bool:
    """Horizontal bars of column `value`, named by column `label`; False when matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    from matplotlib import pyplot

    kept = [(str(row[label]), float(row[value])) for row in rows if isinstance(row.get(value), int | float)]  # type: ignore[arg-type]
    figure, axes = pyplot.subplots(figsize=(8, 1 + 0.45 * len(kept)), layout="constrained")
    bars = axes.barh([name for name, _ in kept], [number for _, number in kept], color="#1d4f91")
    axes.bar_label(bars, labels=[shown(number) for _, number in kept], padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_title(title)
    axes.set_xlabel(value)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return True


def publish(
    name: str,
    title: str,
    rows: Sequence[Row],
    *,
    label: str,
    value: str,
    notes: Sequence[str] = (),
    raw: object = None,
    only_quiet: bool = False,
) -> Path | None:
    """Write `results/NAME.md`, `.json` and `.svg`, and print the table.

    Args:
        name: file name and word on the command line.
        rows: one mapping per line of the table; missing cells are shown as –.
        label, value: columns of the plot; `value` is a number, its unit in the column's name (`p95_ms`).
        notes: sentences under the table: what was measured, on which input, what is not comparable.
        raw: whatever else a reader needs to recompute the rows.
        only_quiet: write nothing when others kept the machine busy at the start; the table is printed all the same.

    Returns:
        The Markdown file, or None when nothing was written.
    """
    if only_quiet and LOAD_AT_START >= QUIET:
        print(markdown_table(rows))
        print("\n" + "\n".join(f"- {note}" for note in notes))
        print(
            f"\nnot written: the load at the start was {LOAD_AT_START:.1f}, above {QUIET}; run it on a quiet machine"
        )
        return None
    RESULTS.mkdir(exist_ok=True)
    here = machine()
    data = {"title": title, "machine": here, "rows": list(rows), "notes": list(notes), "raw": raw}
    (RESULTS / f"{name}.json").write_text(
        json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    drawn = plot(rows, label, value, title, RESULTS / f"{name}.svg")
    parts = [f"# {title}", f"`./test --bench {name}`", markdown_table(rows)]
    parts += [f"![{title}]({name}.svg)"] if drawn else []
    parts += ["\n".join(f"- {note}" for note in notes)] if notes else []
    parts += [f"Python {here['python']}, {here['cores']} cores, load {shown(here['load_1min'])}."]
    target = RESULTS / f"{name}.md"
    target.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(markdown_table(rows))
    print(
        f"\nwritten: bench/results/{name}.md .json" + (" .svg" if drawn else " (no plot: matplotlib missing)")
    )
    return target
