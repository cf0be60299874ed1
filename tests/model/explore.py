"""explore.py: every world that a model can come to, by the shortest way.

A model has `steps(world)`, which yields (what happens, the world after); a world is hashable and has
a `fault`, None or what must never be.
"""

from collections import deque


def explore(model, first):
    """(number of worlds, None), or (number, the shortest way to a fault with its text last)."""
    came = {first: None}
    queue = deque([first])
    while queue:
        world = queue.popleft()
        for what, after in model.steps(world):
            if after in came:
                continue
            came[after] = (what, world)
            if after.fault:
                return len(came), path_to(came, after)
            queue.append(after)
    return len(came), None


def path_to(came, world):
    path = [world.fault]
    while came[world]:
        what, world = came[world]
        path.append(what)
    return path[::-1]
