"""What the server of processes imports before it forks them; importing this is enough.

Without what Manim hardly calls (:mod:`pipeline.late`), which no scene of the lesson needs: a third
of the time until the first frame.
"""

import gc
from contextlib import suppress
from importlib import import_module

from pipeline.late import import_manim

MODULES = (
    "scenes.lesson_scene",
    "pipeline.encoder",
    "pipeline.formats",
    "pipeline.writer",
    "PIL.Image",
    "pipeline.sweeping",
)

import_manim()
for name in MODULES:
    with suppress(Exception):  # of what cannot be imported, the process tells that needs it
        import_module(name)

# What is imported stays, and a shot leaves little behind that goes in circles: not to look for it
# so often spares one in a hundred of filming.
gc.freeze()
gc.set_threshold(20_000, 20, 20)
