"""Drawing as Manim does, to the last bit, in a fraction of its time.

Each trick is a small file that says why it is there, what it gains and when it steps back and lets
Manim do it. ``tests/pipeline/test_drawing.py`` holds all of them to Manim's own frames.
"""
