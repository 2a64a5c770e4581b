"""The explorer's numbers are those of dpo_math, and it can be used without a mouse or a picture."""

from __future__ import annotations

import math
from itertools import product

import pytest
import torch

from dpo_math.examples import BETA, CHOSEN, PROMPT, REJECTED
from dpo_math.losses import dpo_loss

GRID = [
    (beta, *logps)
    for beta in (0.05, 0.1, 0.9, 5.0, 20.0)
    for logps in product((-8.0, -2.5, -0.7), (-7.0, -1.1), (-2.04, -40.0), (-1.2, -6.0))
]
EFFECTS = """(grid) => grid.map(
    ([beta, policyChosen, policyRejected, referenceChosen, referenceRejected]) => {
        const { margin, rewardMargin, chosenReward, rejectedReward, loss, weight, push } =
            customElements.get("dpo-explorer").effect(
                { beta, policyChosen, policyRejected, referenceChosen, referenceRejected });
        return [margin, rewardMargin, chosenReward, rejectedReward, loss, weight, push];
    })"""
EXPLORER = "dpo-explorer"


@pytest.fixture
def page(open_page, server):
    return open_page(f"{server}/index.html")


def by_torch(beta, *logps):
    """What the page's function says of a pair, from the loss and its gradient in float64."""
    tensors = [torch.tensor([each], dtype=torch.float64) for each in logps]
    chosen, rejected = (each.requires_grad_() for each in tensors[:2])
    losses, chosen_rewards, rejected_rewards = dpo_loss(*tensors, beta=beta)
    losses.sum().backward()
    rewards = chosen_rewards.item(), rejected_rewards.item()
    assert chosen.grad.item() == -rejected.grad.item()
    reward_margin = rewards[0] - rewards[1]
    push = -chosen.grad.item()
    return [reward_margin / beta, reward_margin, *rewards, losses.item(), push / beta, push]


def test_the_numbers_of_a_pair_are_those_of_torch(page):
    for told, point in zip(page.evaluate(EFFECTS, GRID), GRID, strict=True):
        assert told == pytest.approx(by_torch(*point), rel=1e-6, abs=1e-6), point


def test_the_optimum_and_its_divergence_are_those_of_the_closed_form(page):
    betas = [0.05, 0.1, 0.5, BETA, 1.0, 5.0, 20.0]
    told = page.evaluate(
        """([reference, reward, betas]) => betas.map((beta) => {
            const explorer = customElements.get("dpo-explorer");
            const policy = explorer.optimum(reference, reward, beta);
            return [...policy, explorer.divergence(policy, reference)];
        })""",
        [PROMPT.reference, PROMPT.reward, betas],
    )
    for numbers, beta in zip(told, betas, strict=True):
        assert numbers == pytest.approx([*PROMPT.optimum(beta), PROMPT.kl(beta)], abs=1e-6)


def test_it_begins_at_the_reference_where_the_loss_is_log_two(page):
    begun = page.locator(EXPLORER).evaluate("(e) => ({ ...e.effect, beta: e.beta })")
    assert begun["beta"] == pytest.approx(BETA, rel=1e-9)
    assert begun["loss"] == pytest.approx(math.log(2), abs=1e-9)
    logps = page.locator(EXPLORER).evaluate("(e) => [e.policyChosen, e.policyRejected]")
    reference = [math.log(PROMPT.reference[i]) for i in (CHOSEN, REJECTED)]
    assert logps == pytest.approx(reference, abs=1e-9)


def test_what_is_shown_follows_the_sliders(page):
    explorer = page.locator(EXPLORER)
    explorer.get_by_label("the chosen response").fill("-1")
    explorer.get_by_label("the rejected response").fill("-4")
    now = explorer.evaluate("(e) => e.effect")
    told = dict(
        zip(
            explorer.locator("[part=numbers] dt").all_inner_texts(),
            explorer.locator("[part=numbers] dd").all_inner_texts(),
            strict=True,
        )
    )
    assert told["loss −log σ(βh)"] == f"{now['loss']:.3f}"
    assert told["push on log π(yw | x)"] == f"↑ {now['push']:.3f}"
    assert told["margin h"].startswith(f"{now['margin']:.2f}")


def test_a_slider_moves_by_keys_and_says_what_came_of_it(page):
    slider = page.locator(EXPLORER).get_by_label("β, the price of straying")
    slider.focus()
    before = slider.get_attribute("aria-valuetext")
    loss = page.locator(EXPLORER).evaluate("(e) => e.effect.loss")
    assert f"{loss:.3f}" in before
    page.keyboard.press("End")
    assert page.locator(EXPLORER).evaluate("(e) => e.beta") == pytest.approx(20, rel=0.02)
    assert slider.get_attribute("aria-valuetext") != before


def test_the_pictures_say_in_words_what_they_show(page):
    explorer = page.locator(EXPLORER)
    explorer.evaluate("(e) => { e.beta = 0.1; }")
    curve, bars = (image.get_attribute("aria-label") for image in explorer.get_by_role("img").all())
    assert "reward margin βh" in curve
    beta = explorer.evaluate("(e) => e.beta")
    assert f"{PROMPT.kl(beta):.3f} nats" in bars
    explorer.get_by_text("The same in numbers").click()
    cells = explorer.locator("tbody tr:last-child td:last-child").last.inner_text()
    assert cells == f"{PROMPT.optimum(beta)[-1]:.3f}"


def test_the_way_back_leads_to_the_reference(page):
    explorer = page.locator(EXPLORER)
    explorer.get_by_label("the chosen response").fill("-1")
    explorer.get_by_role("button", name="Back to the reference").click()
    assert explorer.evaluate("(e) => Math.abs(e.effect.margin)") < 1e-9


def test_without_script_the_example_is_a_table(open_page, server):
    page = open_page(f"{server}/index.html", java_script_enabled=False)
    rows = page.locator("dpo-explorer tbody tr")
    assert rows.count() == len(PROMPT)
    assert f"{PROMPT.optimum(BETA)[0]:.3f}" in rows.first.inner_text()
    assert rows.first.is_visible()


def test_on_a_page_of_other_looks_policy_and_reference_are_told_apart(page):
    page.evaluate("document.querySelector('link[rel=stylesheet]').disabled = true")
    bars = page.locator("dpo-explorer [part=bars]")
    fill = bars.locator("rect.policy").first.evaluate("(bar) => getComputedStyle(bar).fill")
    assert fill != bars.locator("rect.reference").first.evaluate(
        "(bar) => getComputedStyle(bar).stroke"
    )
    page.set_viewport_size({"width": 1000, "height": 800})
    boxes = [each.bounding_box() for each in page.locator("dpo-explorer input").all()]
    assert len({box["y"] for box in boxes}) == 1
