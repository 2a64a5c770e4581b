// @ts-check
/**
 * <dpo-explorer>: what the DPO loss does to a pair of responses, and what β does to the optimum.
 *
 * The element's own content is its data: a table with a row a response, each with data-reference
 * (its probability under π_ref) and data-reward. It stays the text alternative of the picture.
 * Attributes "chosen" and "rejected" name the pair, as places in the table; "beta" is the β to begin
 * with. The numbers are those of dpo_math, which a test holds it to.
 *
 * Events, parts and properties: README.md, "Embedding".
 */
"use strict";

(() => {
  /**
   * @typedef {{beta: number, policyChosen: number, policyRejected: number,
   *   referenceChosen: number, referenceRejected: number}} Pair log-probabilities in nats
   * @typedef {{margin: number, rewardMargin: number, chosenReward: number, rejectedReward: number,
   *   loss: number, weight: number, push: number}} Effect
   */

  const WORDS = {
    beta: "β, the price of straying",
    chosen: "log π(y_w | x), the chosen response",
    rejected: "log π(y_l | x), the rejected response",
    reset: "Back to the reference",
    margin: "margin h",
    rewardMargin: "reward margin βh",
    loss: "loss −log σ(βh)",
    weight: "weight σ(−βh)",
    chosenPush: "push on log π(y_w | x)",
    rejectedPush: "push on log π(y_l | x)",
    pair: "A pair on the curve",
    optimum: "The optimum for this β",
    divergence: "KL(π* ‖ π_ref)",
    table: "The same in numbers",
    response: "response",
    reference: "π_ref",
    policy: "π*",
    reward: "reward",
    nats: "nats",
  };
  const SMALLEST_BETA = 0.05;
  const LARGEST_BETA = 20;
  /** Two responses of at most one half each are no more than everything. */
  const LOGPS = { min: -8, max: -0.7 };
  const SVG = "http://www.w3.org/2000/svg";

  /** −log σ(m) and σ(−m), right for margins of any size.
   * @param {number} m */
  const logLoss = (m) => Math.max(-m, 0) + Math.log1p(Math.exp(-Math.abs(m)));
  /** @param {number} m */
  const wrongness = (m) => (m > 0 ? Math.exp(-m) / (1 + Math.exp(-m)) : 1 / (1 + Math.exp(m)));

  /**
   * Eq. (7) for one pair, and its gradient: "push" is how fast the loss falls as log π(y_w|x) rises,
   * and as log π(y_l|x) falls.
   * @param {Pair} pair
   * @returns {Effect}
   */
  function effect({ beta, policyChosen, policyRejected, referenceChosen, referenceRejected }) {
    const chosen = policyChosen - referenceChosen;
    const rejected = policyRejected - referenceRejected;
    const margin = chosen - rejected;
    const weight = wrongness(beta * margin);
    return {
      margin,
      rewardMargin: beta * margin,
      chosenReward: beta * chosen,
      rejectedReward: beta * rejected,
      loss: logLoss(beta * margin),
      weight,
      push: beta * weight,
    };
  }

  /**
   * π*(y|x) = π_ref(y|x) exp(r(x, y) / β) / Z(x), eq. (4), for every response.
   * @param {number[]} reference @param {number[]} reward @param {number} beta
   */
  function optimum(reference, reward, beta) {
    const logs = reference.map((p, i) => Math.log(p) + (reward[i] ?? 0) / beta);
    const largest = Math.max(...logs);
    const weights = logs.map((log) => Math.exp(log - largest));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / sum);
  }

  /** KL(π‖π_ref) in nats. @param {number[]} policy @param {number[]} reference */
  const divergence = (policy, reference) =>
    policy.reduce((sum, p, i) => sum + (p > 0 ? p * Math.log(p / (reference[i] ?? NaN)) : 0), 0);

  /** @param {number} value @param {number} [digits] */
  const written = (value, digits = 2) =>
    (Number(value.toFixed(digits)) || 0).toFixed(digits).replace("-", "−");

  /** Words with their subscripts. @param {string} text */
  const lettered = (text) =>
    text.split(/_(ref|w|l)\b/).map((part, i) => (i % 2 ? make("sub", {}, part) : part));

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host {
      display: block; color-scheme: light dark;
      color: var(--ink, CanvasText); background: var(--background, Canvas);
    }
    :host([hidden]) { display: none; }
    :host([theme="light"]) { color-scheme: light; }
    :host([theme="dark"]) { color-scheme: dark; }
    * { box-sizing: border-box; }
    .all {
      display: grid; gap: 1.5em 2.5em;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
    }
    .sliders { grid-column: 1 / -1; display: grid; gap: .6em 2em;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); align-items: end; }
    label { display: block; font-size: .95em; }
    .value { font-variant-numeric: tabular-nums lining-nums; float: inline-end; margin-inline-start: .6em; }
    input { display: block; width: 100%; height: 1.8em; margin: 0; accent-color: var(--ink); }
    .beta input { accent-color: var(--beta); }
    .chosen input { accent-color: var(--chosen); }
    .rejected input { accent-color: var(--rejected); }
    button {
      font: inherit; font-size: .9em; color: inherit; background: none; cursor: pointer;
      border: 1px solid var(--dim, GrayText); border-radius: .3em; padding: .2em .7em;
      justify-self: start; align-self: end; min-height: 2em;
    }
    :focus-visible { outline: 2px solid var(--beta, Highlight); outline-offset: 2px; }
    figure { margin: 0; min-width: 0; container-type: inline-size; }
    sub { font-size: .75em; line-height: 0; }
    figcaption, summary, dt, th { color: var(--dim, GrayText); font-weight: normal; }
    svg { display: block; width: 100%; height: auto; margin: .4em 0; overflow: visible; }
    text { fill: var(--dim, GrayText); font-size: 13px; text-anchor: middle; }
    @container (max-width: 22rem) { text { font-size: 18px; } }
    dl { margin: 0; display: grid; grid-template-columns: 1fr auto; gap: .1em 1em; }
    dd, td { margin: 0; text-align: end; font-variant-numeric: tabular-nums lining-nums; }
    th { text-align: start; }
    td, th { padding: .1em .8em .1em 0; }
    summary { cursor: pointer; width: fit-content; margin-top: .4em; }
    line, path { stroke-linecap: round; fill: none; }
    .base { stroke: var(--hairline, GrayText); }
    .curve { stroke: var(--ink, CanvasText); stroke-width: 2; }
    .point { fill: var(--ink, CanvasText); }
    .push { stroke-width: 4; }
    .push.up { stroke: var(--chosen, CanvasText); }
    .push.down { stroke: var(--rejected, CanvasText); stroke-dasharray: 1 7; }
    text.up { fill: var(--chosen, CanvasText); }
    text.down { fill: var(--rejected, CanvasText); }
    .reference { stroke: var(--reference, CanvasText); stroke-width: 2; fill: none; }
    .policy { fill: var(--policy, GrayText); }
    .reward { fill: var(--reward, CanvasText); }
    @media print { .sliders { display: none; } }
  `);

  /**
   * @param {string} name @param {Record<string, string | number>} attributes
   * @param {string} [content]
   */
  function draw(name, attributes, content = "") {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    element.textContent = content;
    return element;
  }

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {Record<string, string>} [attributes]
   * @param {(Node | string)[]} children
   * @returns {HTMLElementTagNameMap[Tag]}
   */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  /** @param {string} label @param {...Node} content */
  const details = (label, ...content) => make("details", {}, make("summary", {}, label), ...content);

  class DpoExplorer extends HTMLElement {
    static words = WORDS;
    static effect = effect;
    static optimum = optimum;
    static divergence = divergence;

    /** @type {number[]} */
    #reference = [];
    /** @type {number[]} */
    #reward = [];
    #root = this.attachShadow({ mode: "open" });
    #life = new AbortController();
    #beta = this.#slider("beta", {
      min: Math.log10(SMALLEST_BETA),
      max: Math.log10(LARGEST_BETA),
    });
    #chosen = this.#slider("chosen", LOGPS);
    #rejected = this.#slider("rejected", LOGPS);
    #curve = draw("svg", { viewBox: "0 0 400 240", role: "img" });
    #bars = draw("svg", { viewBox: "0 0 400 240", role: "img" });
    #numbers = make("dl", { part: "numbers" });
    #straying = make("dl", {});
    #table = make("tbody");

    constructor() {
      super();
      this.#root.adoptedStyleSheets = [sheet];
    }

    connectedCallback() {
      this.#life = new AbortController();
      const { signal } = this.#life;
      this.#assemble();
      const begin = () => {
        this.#read();
        this.reset();
      };
      if (document.readyState === "loading")
        document.addEventListener("DOMContentLoaded", begin, { once: true, signal });
      else begin();
    }

    disconnectedCallback() {
      this.#life.abort();
      this.#root.replaceChildren();
    }

    get beta() {
      return 10 ** Number(this.#beta.input.value);
    }

    /** Kept between the smallest and the largest β of the slider. */
    set beta(value) {
      this.#beta.input.value = String(Math.log10(value));
      this.#update();
    }

    get policyChosen() {
      return Number(this.#chosen.input.value);
    }

    set policyChosen(value) {
      this.#chosen.input.value = String(value);
      this.#update();
    }

    get policyRejected() {
      return Number(this.#rejected.input.value);
    }

    set policyRejected(value) {
      this.#rejected.input.value = String(value);
      this.#update();
    }

    /** What the pair does to the policy as the sliders stand. */
    get effect() {
      return effect({
        beta: this.beta,
        policyChosen: this.policyChosen,
        policyRejected: this.policyRejected,
        referenceChosen: this.#referenceLogp("chosen"),
        referenceRejected: this.#referenceLogp("rejected"),
      });
    }

    /** π* of every response at this β. */
    get optimum() {
      return optimum(this.#reference, this.#reward, this.beta);
    }

    /** Back to the β of the attribute, and to the policy that is the reference. */
    reset() {
      this.#beta.input.value = String(Math.log10(Number(this.getAttribute("beta")) || 0.1));
      this.#chosen.input.value = String(this.#referenceLogp("chosen"));
      this.#rejected.input.value = String(this.#referenceLogp("rejected"));
      this.#update();
    }

    // --- inside ---------------------------------------------------------------------------------

    /** @param {"chosen" | "rejected"} which */
    #referenceLogp(which) {
      return Math.log(this.#reference[Number(this.getAttribute(which))] ?? 0.5);
    }

    #read() {
      const rows = Array.from(this.querySelectorAll("tr[data-reference]"));
      this.#reference = rows.map((row) => Number(row.getAttribute("data-reference")));
      this.#reward = rows.map((row) => Number(row.getAttribute("data-reward")));
    }

    /** @param {"beta" | "chosen" | "rejected"} name @param {Record<string, number>} range */
    #slider(name, range) {
      const value = make("span", { class: "value" });
      const input = make("input", { type: "range", step: "any", part: `slider ${name}` });
      for (const [key, bound] of Object.entries(range)) input.setAttribute(key, String(bound));
      input.addEventListener("input", () => this.#update());
      return { input, value, label: make("label", { class: name }, ...lettered(WORDS[name]), value, input) };
    }

    #assemble() {
      const reset = make("button", { type: "button", part: "button" }, WORDS.reset);
      reset.addEventListener("click", () => this.reset());
      const labels = [this.#beta, this.#chosen, this.#rejected].map((slider) => slider.label);
      const heads = [WORDS.response, WORDS.reference, WORDS.reward, WORDS.policy];
      const head = make("tr", {}, ...heads.map((word) => make("th", { scope: "col" }, ...lettered(word))));
      const table = make("table", {}, make("thead", {}, head), this.#table);
      this.#root.replaceChildren(
        make(
          "div",
          { class: "all" },
          make("div", { class: "sliders", part: "sliders" }, ...labels, reset),
          make(
            "figure",
            { part: "curve" },
            make("figcaption", {}, WORDS.pair),
            this.#curve,
            this.#numbers,
          ),
          make(
            "figure",
            { part: "bars" },
            make("figcaption", {}, WORDS.optimum),
            this.#bars,
            this.#straying,
            details(WORDS.table, table),
          ),
        ),
      );
    }

    #update() {
      if (!this.#reference.length) return;
      const now = this.effect;
      this.#beta.value.textContent = written(this.beta, this.beta < 1 ? 3 : 2);
      this.#chosen.value.textContent = written(this.policyChosen);
      this.#rejected.value.textContent = written(this.policyRejected);
      const heard = `${WORDS.loss} ${written(now.loss, 3)}, ${WORDS.weight} ${written(now.weight)}`;
      for (const { input, value } of [this.#beta, this.#chosen, this.#rejected])
        input.setAttribute("aria-valuetext", `${value.textContent}; ${heard}`);
      const nats = ` ${WORDS.nats}`;
      this.#list(this.#numbers, {
        [WORDS.margin]: written(now.margin) + nats,
        [WORDS.rewardMargin]: written(now.rewardMargin),
        [WORDS.loss]: written(now.loss, 3),
        [WORDS.weight]: written(now.weight, 3),
        [WORDS.chosenPush]: `↑ ${written(now.push, 3)}`,
        [WORDS.rejectedPush]: `↓ ${written(now.push, 3)}`,
      });
      this.#drawCurve(now);
      this.#drawBars(this.optimum);
      this.dispatchEvent(new CustomEvent("dpo-change", { detail: now, bubbles: true, composed: true }));
    }

    /** @param {HTMLElement} list @param {Record<string, string>} rows */
    #list(list, rows) {
      const pairs = Object.entries(rows);
      list.replaceChildren(
        ...pairs.flatMap(([name, value]) => [make("dt", {}, ...lettered(name)), make("dd", {}, value)]),
      );
    }

    /**
     * The loss over the reward margin, the pair on it, and how far a step of gradient descent would
     * carry it: half of the way because the chosen response rises, half because the other falls.
     * @param {Effect} now
     */
    #drawCurve({ rewardMargin, loss, push }) {
      const reach = Math.max(6, 1.15 * Math.abs(rewardMargin));
      /** @param {number} m */
      const x = (m) => 200 + (190 * m) / reach;
      /** @param {number} value */
      const y = (value) => 205 - (185 * value) / logLoss(-reach);
      const margins = Array.from({ length: 81 }, (_, i) => reach * (i / 40 - 1));
      const path = margins.map((m) => `${x(m).toFixed(1)} ${y(logLoss(m)).toFixed(1)}`).join(" L");
      const [left, top] = [x(rewardMargin), y(loss)];
      const length = 70 * Math.min(1, push);
      const side = left + length + 70 > 400 ? -1 : 1;
      this.#curve.replaceChildren(
        draw("path", { class: "base", d: "M10 205 H390 M200 20 V210" }),
        draw("text", { x: 200, y: 228 }, "βh = 0"),
        draw("text", { x: 372, y: 228 }, `+${written(reach, 0)}`),
        draw("text", { x: 28, y: 228 }, written(-reach, 0)),
        draw("path", { class: "curve", d: `M${path}` }),
        draw("path", { class: "push up", d: `M${left} ${top - 13} h${length}` }),
        draw("path", { class: "push down", d: `M${left} ${top - 32} h${length}` }),
        draw("text", { class: "up", x: side > 0 ? left + length + 36 : left - 40, y: top - 8 }, "chosen ↑"),
        draw("text", { class: "down", x: side > 0 ? left + length + 36 : left - 40, y: top - 28 }, "rejected ↓"),
        draw("circle", { class: "point", cx: left, cy: top, r: 6 }),
      );
      const where = `${WORDS.rewardMargin} ${written(rewardMargin)}, ${WORDS.loss} ${written(loss, 3)}`;
      this.#curve.setAttribute("aria-label", `${WORDS.pair}: ${where}`);
    }

    /** Outlines are π_ref, fills π*, diamonds the reward. @param {number[]} policy */
    #drawBars(policy) {
      const tallest = Math.max(...policy, ...this.#reference);
      const best = Math.max(...this.#reward);
      const width = 400 / this.#reference.length;
      const marks = this.#reference.flatMap((p, i) => {
        const left = i * width + 0.18 * width;
        const [reference, height] = [p, policy[i] ?? 0].map((each) => (150 * each) / tallest);
        const [middle, top] = [(i + 0.5) * width, 40 - (30 * (this.#reward[i] ?? 0)) / best];
        const box = { x: left, width: 0.64 * width };
        return [
          draw("rect", { class: "policy", ...box, y: 205 - (height ?? 0), height: height ?? 0 }),
          draw("rect", {
            class: "reference", ...box, y: 205 - (reference ?? 0), height: reference ?? 0,
          }),
          draw("path", { class: "reward", d: `M${middle} ${top - 6} l6 6 l-6 6 l-6 -6 z` }),
          draw("text", { x: middle, y: 226 }, `y${"₁₂₃₄₅₆₇₈₉"[i] ?? i + 1}`),
        ];
      });
      this.#bars.replaceChildren(draw("path", { class: "base", d: "M0 205 H400" }), ...marks);
      const kl = `${written(divergence(policy, this.#reference), 3)} ${WORDS.nats}`;
      this.#bars.setAttribute("aria-label", `${WORDS.optimum}: ${WORDS.divergence} ${kl}`);
      this.#list(this.#straying, {
        [`${WORDS.reference} ▭  ${WORDS.policy} ▮  ${WORDS.reward} ◆`]: "",
        [WORDS.divergence]: kl,
      });
      const rows = this.#reference.map((p, i) => {
        const cells = [written(p, 3), written(this.#reward[i] ?? 0, 1), written(policy[i] ?? 0, 3)];
        const name = make("th", { scope: "row" }, `y${i + 1}`);
        return make("tr", {}, name, ...cells.map((cell) => make("td", {}, cell)));
      });
      this.#table.replaceChildren(...rows);
    }
  }

  if (!customElements.get("dpo-explorer")) customElements.define("dpo-explorer", DpoExplorer);
})();
