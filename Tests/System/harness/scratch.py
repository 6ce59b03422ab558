"""Where data directories stand whose disk does not matter."""

import os
import shutil

SIZE_MIN = 2 << 30


def memory_backed():
    """A directory in memory when there is room, else None, which means the usual one for such files.

    A sync costs nothing there. What survives a sync is for a model to say, or for a kill.
    """
    path = "/dev/shm"
    if os.access(path, os.W_OK) and shutil.disk_usage(path).free > SIZE_MIN:
        return path
    return None
