"""A row of the result: our figure, the peers', the ratio, and whether the target is reached."""

from dataclasses import dataclass, field

from measure import median

# What 'no worse' allows for noise: a ratio within this of 1 counts as equal.
NOISE = 0.03


@dataclass
class Row:
    load: str
    metric: str
    better: str  # "lower" or "higher"
    target: float | None
    figures: dict = field(default_factory=dict)  # kind → list of figures, one a round
    digits: int = 2
    reference: float | None = None  # instead of the best peer
    note: str = ""
    exact: bool = False  # without noise, as a size in bytes

    def add(self, kind, value):
        self.figures.setdefault(kind, []).append(value)

    def value(self, kind):
        return median(self.figures[kind]) if self.figures.get(kind) else None

    def best(self, kind):
        choose = min if self.better == "lower" else max
        return choose(self.figures[kind]) if self.figures.get(kind) else None

    def peer(self):
        """The best peer's median."""
        if self.reference is not None:
            return self.reference
        values = [self.value(kind) for kind in ("redis", "valkey") if self.figures.get(kind)]
        if not values:
            return None
        return min(values) if self.better == "lower" else max(values)

    def ratio(self):
        ours, peer = self.value("ledgerstone"), self.peer()
        return ours / peer if ours is not None and peer else None

    def reached(self):
        ratio = self.ratio()
        if ratio is None or self.target is None:
            return None
        noise = NOISE if self.target == 1.0 and not self.exact else 0
        if self.better == "lower":
            return ratio <= self.target + noise
        return ratio >= self.target - noise

    def cells(self):
        def show(kind):
            value = self.value(kind)
            if value is None:
                return "–"
            best = self.best(kind)
            text = f"{value:,.{self.digits}f}"
            return text if len(self.figures[kind]) == 1 else f"{text} ({best:,.{self.digits}f})"

        sign = "≤" if self.better == "lower" else "≥"
        target = "–" if self.target is None else f"{sign} {self.target:g}"
        ratio = self.ratio()
        reached = {True: "yes", False: "**no**", None: "–"}[self.reached()]
        return [
            self.load, self.metric, *map(show, ("ledgerstone", "redis", "valkey", "null")),
            "–" if ratio is None else f"{ratio:.2f}", target, reached,
        ]  # fmt: skip

    def as_dict(self):
        return {
            "load": self.load, "metric": self.metric, "better": self.better, "target": self.target,
            "figures": self.figures, "ratio": self.ratio(), "reached": self.reached(), "note": self.note,
        }  # fmt: skip


HEAD = ["Load", "Figure", "Ledgerstone", "redis", "valkey", "null", "Ratio", "Target", "Reached"]


def markdown(rows):
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(row.cells()) + " |" for row in rows]
    return "\n".join(lines)
