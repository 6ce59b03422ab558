"""The weak points as the comparison judges them: Ledgerstone handles each of them."""

from harness.context import holds, need, need_program

from comparison.weakpoints import POINTS


def test_weak_points_are_handled(context):
    need("ledgerstone")
    need("redis")
    need_program("gcc", "gcc")
    for number, (title, function) in enumerate(POINTS, 1):
        inner = context.inner(f"point{number}")
        try:
            finding = function(inner, "ledgerstone")
        finally:
            inner.close()
        holds(finding.handled, f"{number} {title}: {finding}")
