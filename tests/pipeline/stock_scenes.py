"""Scenes of plain Manim that do what the lesson does not: ways of drawing, moving and waiting.

No text, so no fonts and no LaTeX. Each is a few dozen frames at ten a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    BLUE,
    DEGREES,
    DOWN,
    GREEN,
    LEFT,
    ORIGIN,
    OUT,
    PI,
    RED,
    RIGHT,
    UP,
    WHITE,
    YELLOW,
    AnimationGroup,
    Arc,
    ArcBetweenPoints,
    Arrow,
    Axes,
    CapStyleType,
    Circle,
    Create,
    Cross,
    DashedLine,
    DashedVMobject,
    Dot,
    DrawBorderThenFill,
    Ellipse,
    FadeIn,
    FadeOut,
    FadeTransform,
    Flash,
    Group,
    GrowArrow,
    GrowFromCenter,
    Homotopy,
    ImageMobject,
    Indicate,
    LaggedStart,
    LaggedStartMap,
    Line,
    LineJointType,
    MoveAlongPath,
    MovingCameraScene,
    NumberPlane,
    PMobject,
    PointCloudDot,
    Polygon,
    Rectangle,
    RegularPolygon,
    ReplacementTransform,
    Restore,
    Rotate,
    Scene,
    ShowPassingFlash,
    SpinInFromNothing,
    Square,
    Star,
    Succession,
    TracedPath,
    Transform,
    TransformFromCopy,
    Triangle,
    Uncreate,
    ValueTracker,
    VGroup,
    VMobject,
    Wiggle,
    always_redraw,
    linear,
    there_and_back,
)
from PIL import Image


def checkers(size: int = 8) -> Any:
    """A small picture: RGBA of shape (size, size, 4)."""
    pixels = np.full((size, size, 4), 255, dtype=np.uint8)
    pixels[..., 0] = 30 * np.add.outer(np.arange(size), np.arange(size)) % 256
    pixels[::2, ::2, 2] = 0
    return pixels


class Updaters(Scene):
    """Mobjects and the scene itself updated in every frame, moving and waiting."""

    def construct(self) -> None:
        square, dot = Square(color=BLUE, fill_opacity=0.5), Dot(color=YELLOW)
        square.add_updater(lambda mobject, dt: mobject.rotate(dt))
        dot.add_updater(lambda mobject: mobject.next_to(square, UP))
        self.add(square, dot)
        self.play(square.animate.shift(RIGHT), run_time=0.5)
        self.wait(0.5)
        square.suspend_updating()
        self.play(FadeIn(Circle()), run_time=0.5)
        self.add_updater(lambda dt: dot.shift(dt * UP))
        dot.clear_updaters()
        self.wait(0.4)


class Tracking(Scene):
    """Things drawn anew from a value that moves."""

    def construct(self) -> None:
        tracker = ValueTracker(0.2)
        arc = always_redraw(lambda: Arc(angle=tracker.get_value() * PI, color=GREEN))
        line = always_redraw(lambda: Line(LEFT, tracker.get_value() * UP, color=RED))
        point = Dot(2 * LEFT).add_updater(lambda m: m.set_x(tracker.get_value() - 2))
        path = TracedPath(point.get_center, stroke_color=WHITE)
        self.add(Rectangle(width=3, height=1), arc, line, point, path)
        self.play(tracker.animate.set_value(1.8), run_time=1)
        self.wait(0.2)
        self.play(tracker.animate.set_value(0.5), Rotate(line), run_time=0.5)


class Pictures(Scene):
    """Images among curves, and curves that show an image."""

    def construct(self) -> None:
        image = ImageMobject(checkers(), scale_to_resolution=30).shift(LEFT)
        under, over = Square(fill_opacity=1, color=RED), Circle(fill_opacity=0.4, color=BLUE)
        self.add(under, image, over)
        self.play(over.animate.shift(LEFT), run_time=0.4)
        self.play(image.animate.scale(1.5).rotate(30 * DEGREES), run_time=0.4)
        self.play(FadeOut(image), under.animate.shift(UP), run_time=0.4)
        shown = Circle(fill_opacity=1).shift(2 * RIGHT)
        shown.color_using_background_image(Image.fromarray(checkers(64)))
        self.add(shown)
        self.play(shown.animate.shift(LEFT), run_time=0.4)
        self.play(FadeOut(shown), over.animate.shift(RIGHT), run_time=0.4)


class Gradients(Scene):
    """Fills and strokes of more than one colour, and sheen."""

    def construct(self) -> None:
        square = Square(fill_opacity=0.8).set_color_by_gradient(RED, BLUE, GREEN)
        circle = Circle(stroke_width=12).set_stroke(color=[YELLOW, RED]).shift(RIGHT)
        shiny = Triangle(fill_opacity=1, color=BLUE).set_sheen(0.5, UP).shift(2 * LEFT)
        plain = Square(fill_opacity=1, color=GREEN).shift(2 * RIGHT)
        self.add(square, circle, shiny, plain)
        self.play(square.animate.shift(UP), Rotate(shiny, PI / 2), run_time=0.6)
        self.play(plain.animate.set_color_by_gradient(RED, YELLOW), run_time=0.4)
        self.play(FadeOut(circle), Transform(shiny, square.copy().shift(DOWN)), run_time=0.6)
        shiny.set_sheen_direction(RIGHT)
        self.wait(0.1)


class Clouds(Scene):
    """Points that are not joined to curves."""

    def construct(self) -> None:
        cloud = PointCloudDot(color=YELLOW, density=4, radius=1.0)
        few = PMobject(stroke_width=6).add_points([LEFT, RIGHT, UP], color=RED)
        square = Square(color=BLUE, fill_opacity=0.5)
        self.add(cloud, square, few)
        self.play(square.animate.shift(RIGHT), run_time=0.3)
        self.play(Rotate(few, PI / 3), cloud.animate.shift(LEFT), run_time=0.5)
        self.play(FadeOut(cloud, few), square.animate.shift(LEFT), run_time=0.4)


class Stacking(Scene):
    """What is over what: z-index, the front, the back, and the foreground."""

    def construct(self) -> None:
        cards = [
            Square(color=colour, fill_opacity=0.7).shift(0.4 * step * (RIGHT + UP))
            for step, colour in enumerate((RED, GREEN, BLUE, YELLOW))
        ]
        top = Circle(radius=0.7, color=WHITE, fill_opacity=0.3)
        self.add(*cards)
        self.add_foreground_mobject(top)
        cards[0].set_z_index(2)
        self.play(cards[0].animate.shift(0.5 * LEFT), run_time=0.3)
        self.play(cards[2].animate.set_z_index(-1).shift(DOWN), run_time=0.3)
        self.bring_to_front(cards[1])
        self.play(Rotate(cards[3]), run_time=0.3)
        self.bring_to_back(cards[1])
        cards[3].add_updater(lambda card, dt: card.set_z_index(round(10 * self.time) % 3))
        self.play(top.animate.shift(UP), run_time=0.4)
        self.remove_foreground_mobject(top)
        self.wait(0.3)
        family = VGroup(cards[0], VGroup(cards[1], cards[0]))
        self.add(family)
        self.play(family.animate.scale(0.5), run_time=0.3)


class MovingFrame(MovingCameraScene):
    """A camera that moves, zooms and comes back."""

    def construct(self) -> None:
        frame = self.camera.frame
        frame.save_state()
        self.add(NumberPlane(), Dot(RIGHT))
        self.play(frame.animate.scale(0.5).move_to(RIGHT), run_time=0.4)
        self.play(Create(Square()), run_time=0.3)
        self.play(Restore(frame), run_time=0.3)


class Lagging(Scene):
    """Animations one after the other, overlapping, and within each other."""

    def construct(self) -> None:
        row = VGroup(*(RegularPolygon(n, fill_opacity=0.5) for n in range(3, 8))).arrange(RIGHT)
        self.play(LaggedStart(*map(Create, row), lag_ratio=0.3), run_time=0.8)
        self.play(LaggedStartMap(FadeOut, row, shift=UP, lag_ratio=0.2), run_time=0.6)
        first, second = Star(color=YELLOW), Arrow(LEFT, RIGHT, color=RED)
        self.play(Succession(GrowFromCenter(first), GrowArrow(second)), run_time=0.8)
        self.play(
            AnimationGroup(Rotate(first), second.animate.shift(UP), lag_ratio=0.5), run_time=0.6
        )
        self.play(FadeOut(VGroup(first, second), lag_ratio=0.4, scale=0.5), run_time=0.4)


class Transforming(Scene):
    """One thing into another: same and other numbers of points, straight and in an arc."""

    def construct(self) -> None:
        square = Square(color=BLUE, fill_opacity=0.5)
        many = VGroup(Circle(), Triangle(), Star()).arrange(RIGHT).shift(UP)
        self.add(square)
        self.play(Transform(square, Circle(color=RED)), run_time=0.4)
        self.play(ReplacementTransform(square, many), run_time=0.4)
        self.play(TransformFromCopy(many[0], many[2], path_arc=PI / 2), run_time=0.4)
        self.play(Transform(many, many.copy().shift(DOWN), lag_ratio=0.3), run_time=0.4)
        self.play(many.animate(rate_func=there_and_back).scale(0.5), run_time=0.4)
        self.play(FadeTransform(many, Ellipse(fill_opacity=0.3)), run_time=0.4)
        line = Line(LEFT, RIGHT)
        self.play(FadeIn(line, shift=UP, scale=2), run_time=0.3)
        self.play(line.animate.become(ArcBetweenPoints(LEFT, RIGHT)), run_time=0.3)
        self.play(line.animate.set_stroke(RED, 10, opacity=0.5), run_time=0.3)


class Showing(Scene):
    """Ways to appear, to be pointed out, and to go."""

    def construct(self) -> None:
        shape = Polygon(LEFT, UP, RIGHT, fill_opacity=0.7, color=GREEN)
        self.play(DrawBorderThenFill(shape), run_time=0.6)
        self.play(Indicate(shape), run_time=0.4)
        self.play(Wiggle(shape), Flash(2 * RIGHT), run_time=0.4)
        self.play(ShowPassingFlash(Circle(color=RED, stroke_width=8)), run_time=0.4)
        self.play(MoveAlongPath(shape, Arc(radius=2)), run_time=0.4)
        self.play(SpinInFromNothing(Cross()), run_time=0.4)
        self.play(Homotopy(lambda x, y, z, t: (x + t * y, y, z), shape), run_time=0.4)
        self.play(Uncreate(shape, rate_func=linear), run_time=0.4)


class Strokes(Scene):
    """Lines of all kinds over each other and over the edge of the picture."""

    def construct(self) -> None:
        spiky = Star(12, outer_radius=1, inner_radius=0.2, stroke_width=20, color=YELLOW)
        round_ = spiky.copy().set_color(RED).shift(2 * RIGHT)
        round_.joint_type = LineJointType.ROUND
        capped = Line(3 * LEFT, ORIGIN, stroke_width=30, stroke_opacity=0.5)
        capped.set_cap_style(CapStyleType.SQUARE)
        backed = Circle(fill_opacity=0.5).set_stroke(BLUE, 25, background=True).shift(UP)
        dashed = DashedVMobject(Circle(radius=1.5), num_dashes=20)
        beyond = Square(side_length=3, fill_opacity=0.2).shift(6 * RIGHT)
        axes = Axes(tips=False, axis_config={"include_ticks": True})
        self.add(axes, spiky, round_, capped, backed, dashed, beyond, DashedLine(DOWN, UP))
        self.play(spiky.animate.shift(0.3 * LEFT), run_time=0.4)
        self.play(Rotate(backed), beyond.animate.shift(LEFT), run_time=0.4)
        self.play(capped.animate.set_stroke(width=2), round_.animate.shift(9 * UP), run_time=0.4)
        self.play(Rotate(dashed, PI / 4, axis=UP + OUT), run_time=0.4)


class Waiting(Scene):
    """Waits that end by themselves, by a condition, and frozen ones."""

    def construct(self) -> None:
        dot = Dot().add_updater(lambda mobject, dt: mobject.shift(dt * RIGHT))
        self.add(dot, Square())
        self.wait(2, stop_condition=lambda: dot.get_x() > 0.35)
        self.wait_until(lambda: dot.get_x() > 0.75, max_time=3)
        self.wait(0.5, frozen_frame=True)
        dot.clear_updaters()
        self.wait(0.5)
        self.pause(0.3)
        self.play(FadeOut(dot), run_time=0.3)


class Sections(Scene):
    """Sections, one of them left out."""

    def construct(self) -> None:
        square = Square()
        self.play(Create(square), run_time=0.3)
        self.next_section("left out", skip_animations=True)
        self.play(square.animate.shift(2 * UP), run_time=0.3)
        self.wait(0.5)
        self.next_section("shown again")
        self.play(square.animate.shift(DOWN), run_time=0.3)
        self.wait(0.2)


class Bordered(Square):
    """Says of its colours something else than its attributes do."""

    def get_fill_rgbas(self) -> Any:
        return np.array([[1.0, 0.0, 0.0, 0.5]])


class Restless(Square):
    """Turns by itself, without an updater."""

    def update(self, dt: float = 0, recursive: bool = True) -> Any:
        return super().update(dt, recursive).rotate(dt)


class Oddities(Scene):
    """Arrays changed in place, points that are none, families that change while they play, a class
    that updates itself."""

    def construct(self) -> None:
        square, circle = Square(fill_opacity=0.5), Circle(fill_opacity=0.5).shift(RIGHT)
        self.add(square, circle)

        def in_place(mobject: Any, dt: float) -> None:
            mobject.points[:] += 0.1 * UP
            mobject.fill_rgbas[0, 3] *= 0.9

        square.add_updater(in_place)
        self.play(circle.animate.shift(0.2 * LEFT), run_time=0.3)
        self.camera.background_color = "#334455"
        self.wait(0.2)
        square.clear_updaters()
        odd = VMobject(stroke_color=RED)
        odd.points = np.vstack([Circle().points, [[0.0, 0.0, 0.0]]])
        endless = Triangle(color=GREEN)
        endless.points[2, 0] = np.inf
        small = Square(color=YELLOW)
        small.points = small.points.astype(np.float32)
        self.add(odd, endless, small, Bordered().shift(2 * LEFT))
        self.play(odd.animate.shift(DOWN), run_time=0.2)
        growing = VGroup(Dot())
        growing.add_updater(lambda group: group.add(Dot(0.3 * len(group) * RIGHT)))
        self.add(growing)
        self.wait(0.3)
        growing.clear_updaters()
        growing.add_updater(lambda group, dt: group.remove(*group.submobjects[-1:]))
        self.wait(0.2)
        self.remove(circle)
        self.play(Group(square, odd).animate.shift(UP), run_time=0.2)
        self.add(VGroup(VGroup(Restless()).shift(2 * RIGHT)))
        self.play(square.animate.shift(DOWN), run_time=0.2)


SCENES = (
    Updaters,
    Tracking,
    Pictures,
    Gradients,
    Clouds,
    Stacking,
    MovingFrame,
    Lagging,
    Transforming,
    Showing,
    Strokes,
    Waiting,
    Sections,
    Oddities,
)
