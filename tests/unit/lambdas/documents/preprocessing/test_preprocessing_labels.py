from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lambdas.documents.preprocessing.labels import regions_of


def slowly(mask: np.ndarray) -> list[tuple[int, int, int, int, int]]:
    """The same by flood fill."""
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(mask), strict=True)}
    out = []
    while left:
        stack, seen = [left.pop()], set()
        while stack:
            y, x = stack.pop()
            seen.add((y, x))
            for near in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
                if near in left:
                    left.remove(near)
                    stack.append(near)
        ys, xs = [y for y, _ in seen], [x for _, x in seen]
        out.append((min(xs), min(ys), max(xs) + 1, max(ys) + 1, len(seen)))
    return sorted(out)


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(
        bool, arrays.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.booleans()
    )
)
def test_regions_are_those_a_flood_fill_finds(mask: np.ndarray) -> None:
    found = sorted((r.x0, r.y0, r.x1, r.y1, r.area) for r in regions_of(mask))
    assert found == slowly(mask)
