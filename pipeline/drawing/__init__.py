"""Drawing as Manim does, to the last bit, in a third of its time.

Each trick is a small file that says why it is there, what it gains and when it steps back and lets
Manim do it; :mod:`pipeline.drawing.renderer` puts them together. The figures are processor time
for scenes of the lesson at 1080 lines. ``tests/pipeline/test_drawing.py`` holds all of them to
Manim's own frames.
"""
