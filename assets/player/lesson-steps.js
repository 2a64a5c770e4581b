// @ts-check
/**
 * <lesson-steps>: a derivation to click through, one line at a time, each with its piece of film.
 *
 * The element's own content is its data, and all there is without this script: a <section> a step,
 * with a heading, a <video>, and an <ol> whose items are the lines. An item says when its line is in
 * the film (data-start, data-rest, data-end, in seconds: it moves up to data-rest, then stands), and
 * holds the formula as MathML, the words, its verdict and a still. Nothing is fetched but films and
 * stills, so the page may come from a server, from a directory, or under a strict policy.
 *
 * Attributes, events, parts, properties and keys: README.md, "Embedding".
 */
"use strict";

(() => {
  /**
   * @typedef {{start: number, end: number, text: string}} Cue
   * @typedef {{id: string, title: string, number: string, film: string, fps: number, width: number,
   *   height: number, language: string, beats: Beat[]}} Step
   * @typedef {{id: string, step: Step, place: number, start: number, rest: number, end: number,
   *   clip: string, still: string, words: string, cues: Cue[], math: Element | null,
   *   report: Element | null}} Beat
   * @typedef {{src: string, offset: number, video: HTMLVideoElement, ready: Promise<boolean>}} Reel
   * @typedef {"rest" | "move" | "through"} How
   *   "rest": the line as it stands in the end; "move": its film, up to there; "through": on and on.
   */

  const WORDS = {
    player: "Derivation, line by line",
    steps: "Steps",
    controls: "Controls",
    formula: "Formula",
    /** @type {(number: string, count: string) => string} */
    step: (number, count) => `Step ${number} of ${count}`,
    /** @type {(place: number, count: number) => string} */
    line: (place, count) => `line ${place} of ${count}`,
    previous: "Previous",
    next: "Next",
    replay: "Replay",
    play: "Play through",
    pause: "Pause",
    captions: "Captions",
    copy: "Copy TeX",
    copied: "TeX copied",
    uncopied: "The browser did not allow copying",
    link: "Link to this line",
    transcript: "Transcript",
  };

  /** What makes a still the better picture. */
  const STILLS = ["(prefers-reduced-motion: reduce)", "(prefers-reduced-data: reduce)"];
  /** A seek to a frame's very start may land on the frame before it. */
  const NUDGE = 0.001;
  const FRAME_TIMEOUT = 250;

  // From a directory no typeface is preloaded, and one that is optional would come too late for use.
  if (location.protocol === "file:") for (const face of document.fonts) face.display = "block";

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host {
      display: block; container-type: inline-size; color-scheme: light dark;
      color: var(--ink, CanvasText); background: var(--background, Canvas);
    }
    :host([hidden]) { display: none; }
    :host([theme="light"]) { color-scheme: light; }
    :host([theme="dark"]) { color-scheme: dark; }
    slot { display: none; }
    * { box-sizing: border-box; }
    p, ol { margin: 0; padding: 0; }
    ol { list-style: none; }
    button, a.link {
      font: inherit; font-size: .9em; line-height: 1.5; color: inherit; background: none;
      text-decoration: none; border: 1px solid var(--dim, GrayText); border-radius: .3em;
      padding: .2em .7em; cursor: pointer; min-height: 2em;
    }
    button:hover, a.link:hover { border-color: currentColor; }
    button[aria-disabled="true"] { color: var(--dim, GrayText); cursor: default; }
    button[aria-pressed="true"], button[aria-current] {
      color: var(--background, Canvas); background: var(--ink, CanvasText);
      border-color: var(--ink, CanvasText);
    }
    :focus-visible { outline: 2px solid var(--beta, Highlight); outline-offset: 2px; }
    .player:not(.filled) { visibility: hidden; }
    .player {
      max-width: max(20rem, calc((100vh - 9rem) * var(--_ratio, 16 / 9)));
      margin: 0 auto;
    }
    .stage {
      position: relative; overflow: hidden; aspect-ratio: var(--_ratio, 16 / 9); border-radius: .4rem;
      box-shadow: 0 0 0 1px var(--hairline, GrayText);
    }
    .stage > * { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
    .stage > .front { z-index: 1; }
    .where {
      display: flex; flex-wrap: wrap; gap: .4em 1em; align-items: center;
      justify-content: space-between; margin-bottom: .6em;
    }
    .title { flex: 1 0 100%; line-height: 1.4; }
    @container (max-width: 26em) { .title { min-height: 2.8em; } }
    .steps { display: flex; flex-wrap: wrap; gap: .3em; }
    .steps button { min-width: 2em; padding: .2em 0; text-align: center; }
    .bar { display: flex; flex-wrap: wrap; gap: .4em; margin: .7em 0; }
    .bar [part~="play"] { min-width: 8em; }
    .place { color: var(--dim, GrayText); }
    .lines { display: grid; min-height: 100vh; }
    .filled .lines { min-height: 0; }
    .lines > * { grid-area: 1 / 1; min-width: 0; visibility: hidden; }
    .lines > .current { visibility: visible; }
    .lines > :not(.current) :is(math, details > p) { display: none; }
    .formula {
      overflow-x: auto; overflow-y: hidden; padding: .6em 0; min-height: 5.3em;
      animation: more linear both; animation-timeline: scroll(self inline);
    }
    .formula:focus-visible { animation: none; }
    @keyframes more {
      from { mask: linear-gradient(to left, transparent, #000 3em); }
      to { mask: linear-gradient(to left, #000, #000 3em); }
    }
    .words { max-width: 38em; line-height: 1.6; }
    details { margin-top: .5em; }
    details > p { max-width: 38em; }
    details a { color: inherit; text-decoration-color: var(--dim, GrayText); }
    code { font-size: .8em; overflow-wrap: anywhere; }
    summary { cursor: pointer; width: fit-content; color: var(--dim, GrayText); }
    .definition summary::before { content: "≔ "; }
    .assumption summary::before { content: "△ "; }
    .choice summary::before { content: "◇ "; }
    math { font-family: "New Computer Modern Math", "STIX Two Math", "Cambria Math", math; }
    .policy { color: var(--policy); }
    .reference { color: var(--reference); }
    .reward { color: var(--reward); }
    .partition { color: var(--partition); }
    .beta { color: var(--beta); }
    .chosen { color: var(--chosen); }
    .rejected { color: var(--rejected); }
    .proved summary::before { content: "✓ "; }
    .given summary::after { content: " △" / ", given the assumption"; }
    .refuted summary::before { content: "✗ "; }
    .transcript ol { position: relative; max-height: 18em; overflow-y: auto; }
    .transcript button { border-color: transparent; text-align: start; width: 100%; }
    .transcript .title { color: var(--dim, GrayText); padding: .6em .7em .2em; }
    .status { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    @media (forced-colors: active) {
      button[aria-pressed="true"], button[aria-current] { border-width: 3px; }
    }
    @media print {
      .player { display: none; }
      slot { display: block; }
    }
  `);

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

  /** @param {Element | null | undefined} element @param {string} name */
  const text = (element, name) => element?.getAttribute(name) ?? "";
  /** @param {Element} element @param {string} name */
  const seconds = (element, name) => Number(text(element, name));

  /**
   * What the markup says.
   * @param {Element} host
   * @returns {Beat[]}
   */
  function read(host) {
    return Array.from(host.querySelectorAll(":scope > section"), readStep).flatMap((s) => s.beats);
  }

  /** @param {Element} section @returns {Step} */
  function readStep(section) {
    const video = section.querySelector("video");
    /** @type {Step} */
    const step = {
      id: section.id,
      title: section.querySelector("h2, h3, h4")?.textContent?.trim() ?? "",
      number: text(section, "data-step"),
      film: text(video, "src") || text(section.querySelector("source"), "src"),
      fps: seconds(section, "data-fps") || 60,
      width: Number(text(video, "width")) || 16,
      height: Number(text(video, "height")) || 9,
      language: text(section.querySelector("track"), "srclang") || "en",
      beats: [],
    };
    /** @type {Map<string, Element>} */
    const shown = new Map();
    for (const item of section.querySelectorAll("ol > li[data-start]")) {
      const line = text(item, "data-line");
      if (item.querySelector("math")) shown.set(line, item);
      step.beats.push(readBeat(item, step, shown.get(line)));
    }
    return step;
  }

  /** @param {Element} item @param {Step} step @param {Element | undefined} line @returns {Beat} */
  function readBeat(item, step, line) {
    const spoken = Array.from(item.querySelectorAll("p > [data-start]"));
    return {
      id: item.id,
      step,
      place: step.beats.length,
      start: seconds(item, "data-start"),
      rest: seconds(item, "data-rest"),
      end: seconds(item, "data-end"),
      clip: text(item, "data-clip"),
      still: text(item.querySelector("img"), "src"),
      words: spoken.map((part) => part.textContent?.replace(/\s+/g, " ").trim()).join(" "),
      cues: spoken.map((part) => ({
        start: seconds(part, "data-start"),
        end: seconds(part, "data-end"),
        text: part.textContent ?? "",
      })),
      math: line?.querySelector("math") ?? null,
      report: line?.querySelector("details") ?? null,
    };
  }

  /** What stands after the # in the page's address. */
  function fragment() {
    const written = location.hash.slice(1);
    try {
      return decodeURIComponent(written);
    } catch {
      return written;
    }
  }

  /** What the page's address asks for. */
  const asked = () => new URLSearchParams(location.search).get("step") ?? "";

  /**
   * Bring this into view. From within a frame the page around the frame is not moved.
   * @param {Element} element
   */
  function reveal(element) {
    if (window === parent) return element.scrollIntoView({ block: "nearest" });
    const { top } = element.getBoundingClientRect();
    if (top < 0 || top > innerHeight / 2) scrollBy({ top });
  }

  /** @param {Element | null | undefined} formula */
  const texOf = (formula) =>
    formula?.querySelector('annotation[encoding="application/x-tex"]')?.textContent ?? "";

  /**
   * Whether more is selected than this formula. Three clicks select up to where the next text begins.
   * Within a player a selection is not told of, and is taken to be of its formula.
   * @param {Element} formula
   */
  function reachesBeyond(formula) {
    const selection = getSelection();
    if (!selection?.rangeCount || formula.getRootNode() !== document) return false;
    const { startContainer, endContainer, endOffset } = selection.getRangeAt(0);
    return !formula.contains(startContainer) || (endOffset > 0 && !formula.contains(endContainer));
  }

  /** @param {EventTarget} target @param {string} name @param {AbortSignal} signal */
  const once = (target, name, signal) =>
    new Promise((done) => target.addEventListener(name, done, { once: true, signal }));

  /**
   * Resolves when the video has handed a frame to the screen, or is not going to say so.
   * @param {HTMLVideoElement} video
   */
  const presented = (video) =>
    new Promise((done) => {
      setTimeout(done, FRAME_TIMEOUT);
      video.requestVideoFrameCallback?.(done);
    });

  /** @param {HTMLVideoElement} video */
  function unload(video) {
    video.pause();
    video.removeAttribute("src");
    video.load();
    video.remove();
  }

  /** The beat that an address asks for, by its id, its step's id or number; −1 if none.
   * @param {Beat[]} beats @param {string} name */
  const find = (beats, name) =>
    name ? beats.findIndex((b) => [b.id, b.step.id, b.step.number].includes(name)) : -1;

  class LessonSteps extends HTMLElement {
    static words = WORDS;

    /** @type {Beat[]} */
    #beats = [];
    #index = -1;
    /** @type {How} */
    #how = "rest";
    #playing = false;
    /** Everything that ends when the element leaves the page. */
    #life = new AbortController();
    /** Everything that ends when another picture is asked for. */
    #picture = new AbortController();
    /** @type {Reel | null} */
    #reel = null;
    /** Whether films come from a server that cannot give a part of a file. */
    #unseekable = false;
    #timer = 0;
    #root = this.attachShadow({ mode: "open" });
    #stage = make("div", { class: "stage", part: "stage" });
    #lines = make("div", { class: "lines", part: "lines" });
    #status = make("p", { class: "status", role: "status" });
    #title = make("span", { class: "title", part: "title" });
    #place = make("span", { class: "place", part: "place" });
    #steps = make("ol", { class: "steps", part: "steps", "aria-label": WORDS.steps });
    #transcript = make("ol", {});
    #link = make("a", { class: "link", part: "link" }, WORDS.link);
    /** @type {Record<string, HTMLButtonElement>} */
    #buttons = {};

    constructor() {
      super();
      this.#root.adoptedStyleSheets = [sheet];
    }

    connectedCallback() {
      this.#life = new AbortController();
      const { signal } = this.#life;
      this.#assemble();
      this.addEventListener("keydown", (event) => this.#key(event), { signal });
      // A link to where the reader was sent already changes nothing in the address.
      for (const name of ["hashchange", "popstate"])
        addEventListener(name, () => this.#visit(fragment()), { signal });
      document.addEventListener("copy", (event) => this.#copied(event), { signal });
      for (const query of STILLS)
        matchMedia(query).addEventListener("change", () => this.pause(), { signal });
      const observer = new MutationObserver(() => this.#fill());
      signal.addEventListener("abort", () => observer.disconnect());
      const begin = () => {
        this.#fill();
        observer.observe(this, { childList: true, subtree: true });
        this.#visit(fragment()) || this.#visit(asked());
      };
      if (document.readyState === "loading")
        document.addEventListener("DOMContentLoaded", begin, { once: true, signal });
      else begin();
    }

    disconnectedCallback() {
      this.#life.abort();
      this.#halt();
      for (const video of this.#stage.querySelectorAll("video")) unload(video);
      this.#reel = null;
      this.#root.replaceChildren();
    }

    // --- what a page may ask --------------------------------------------------------------------

    /** The line shown: its id, its step's id, its place in the step (from 0). */
    get current() {
      const beat = this.#beats[this.#index];
      return beat ? { id: beat.id, step: beat.step.id, place: beat.place } : null;
    }

    get playing() {
      return this.#playing;
    }

    next() {
      if (this.#index + 1 < this.#beats.length) return this.#show(this.#index + 1, "move");
    }

    previous() {
      if (this.#index > 0) return this.#show(this.#index - 1, "rest");
    }

    replay() {
      return this.#show(this.#index, "move");
    }

    /** Play on from here, to the end of the lesson. */
    async play() {
      const video = this.#reel?.video;
      const halfway = this.#how === "through" && video?.classList.contains("front");
      if (!video || !halfway || video.ended) return this.#show(this.#index, "through");
      this.#setPlaying(true);
      await video.play().catch(() => this.#setPlaying(false));
    }

    pause() {
      clearTimeout(this.#timer);
      this.#reel?.video.pause();
      this.#setPlaying(false);
    }

    /**
     * Show a line by its id, or the first line of a step by the step's id or number.
     * @param {string} name
     * @param {How} [how]
     */
    goTo(name, how = "rest") {
      const index = find(this.#beats, name);
      if (index < 0) throw new RangeError(`<lesson-steps> has no line or step called ${name}`);
      return this.#show(index, how);
    }

    // --- building -------------------------------------------------------------------------------

    #assemble() {
      const buttons = {
        previous: () => this.previous(),
        next: () => this.next(),
        replay: () => this.replay(),
        play: () => (this.#playing ? this.pause() : this.play()),
        captions: () => this.#caption(!this.hasAttribute("captions")),
        copy: () => this.#copy(),
      };
      const bar = make("div", { class: "bar", part: "controls", role: "group" });
      bar.ariaLabel = WORDS.controls;
      for (const [name, act] of Object.entries(buttons)) {
        const label = WORDS[/** @type {keyof typeof buttons} */ (name)];
        const button = make("button", { type: "button", part: `button ${name}` }, label);
        button.addEventListener("click", act);
        this.#buttons[name] = button;
        bar.append(button);
      }
      bar.append(this.#link);
      const where = make("div", { class: "where" }, this.#title, this.#place, this.#steps);
      const words = make("summary", {}, WORDS.transcript);
      const transcript = make("details", { class: "transcript", part: "transcript" }, words);
      transcript.append(this.#transcript);
      transcript.addEventListener("toggle", () => this.#follow());
      const player = make("div", { class: "player", role: "group", part: "player" });
      player.ariaLabel = text(this, "label") || WORDS.player;
      player.append(where, this.#stage, bar, this.#lines, transcript, this.#status);
      this.#root.replaceChildren(player, make("slot"));
      this.#caption(this.hasAttribute("captions"));
    }

    /** Take the content in, at first or again because the page has changed it. */
    #fill() {
      const before = this.#beats[this.#index]?.id;
      this.#halt();
      this.#beats = read(this);
      const steps = [...new Set(this.#beats.map((beat) => beat.step))];
      this.#lines.replaceChildren(...this.#beats.map((beat) => this.#panel(beat)));
      this.#steps.replaceChildren(...(steps.length > 1 ? steps.map((s) => this.#tab(s)) : []));
      this.#transcript.replaceChildren(...steps.flatMap((step) => this.#told(step)));
      const player = this.#lines.parentElement;
      player?.classList.add("filled");
      const [first] = steps;
      if (!first) return;
      player?.style.setProperty("--_ratio", `${first.width} / ${first.height}`);
      const found = [before ?? "", fragment(), asked(), text(this, "step")]
        .map((name) => find(this.#beats, name))
        .find((index) => index >= 0);
      this.#enter(found ?? 0, true);
      this.#hold(this.#picture.signal);
    }

    /** @param {Beat} beat */
    #panel(beat) {
      const panel = make("div", { part: "line" });
      const formula = make("div", { class: "formula", part: "formula" });
      if (beat.math) {
        formula.append(beat.math.cloneNode(true));
        formula.tabIndex = 0;
        formula.role = "group";
        formula.ariaLabel = WORDS.formula;
      }
      panel.append(formula, make("p", { class: "words", part: "words" }, beat.words));
      if (beat.report) panel.append(beat.report.cloneNode(true));
      return panel;
    }

    /** @param {Step} step */
    #tab(step) {
      const button = make("button", { type: "button", part: "step" }, step.number || "·");
      const numbered = step.number && `${WORDS.step(step.number, this.#count)}: `;
      button.ariaLabel = numbered + step.title;
      button.title = step.title;
      button.addEventListener("click", () => this.goTo(step.id, "move"));
      return make("li", {}, button);
    }

    /** @param {Step} step */
    #told(step) {
      const title = make("li", { class: "title" }, step.title);
      const lines = step.beats.map((beat) => {
        const button = make("button", { type: "button" }, beat.words || beat.id);
        button.addEventListener("click", () => {
          this.goTo(beat.id, "move");
          reveal(this.#stage);
        });
        return make("li", { "data-id": beat.id }, button);
      });
      return [title, ...lines];
    }

    get #count() {
      const steps = new Set(this.#beats.map((beat) => beat.step).filter((step) => step.number));
      return text(this, "steps") || String(steps.size);
    }

    // --- which line -----------------------------------------------------------------------------

    /** @param {string} name @returns {boolean} whether there is such a line */
    #visit(name) {
      const index = find(this.#beats, name);
      if (index < 0) return false;
      if (index !== this.#index) this.#show(index, "rest");
      reveal(this);
      return true;
    }

    /** Make a line the current one, in words; the picture comes by itself.
     * @param {number} index @param {boolean} [quietly] */
    #enter(index, quietly = false) {
      const beat = this.#beats[index];
      if (!beat) return;
      this.#index = index;
      const { step } = beat;
      const numbered = step.number ? WORDS.step(step.number, this.#count) : "";
      const line = WORDS.line(beat.place + 1, step.beats.length);
      this.#title.textContent = [numbered, step.title].filter(Boolean).join(" · ");
      this.#place.textContent = line;
      this.#link.href = `#${beat.id}`;
      [...this.#lines.children].forEach((x, i) => x.classList.toggle("current", i === index));
      const steps = [...new Set(this.#beats.map((each) => each.step))];
      [...this.#steps.querySelectorAll("button")].forEach((button, i) => {
        if (steps[i] === step) button.setAttribute("aria-current", "step");
        else button.removeAttribute("aria-current");
      });
      this.#setDisabled("previous", index === 0);
      this.#setDisabled("next", index + 1 === this.#beats.length);
      this.#setDisabled("copy", !beat.math);
      this.#follow();
      if (quietly) return;
      this.#status.textContent = [numbered && `${numbered},`, `${line}.`, beat.words]
        .filter(Boolean)
        .join(" ");
      const detail = { id: beat.id, step: step.id, place: beat.place, count: step.beats.length };
      this.dispatchEvent(new CustomEvent("lesson-step", { detail, bubbles: true, composed: true }));
    }

    /** Mark the current line in the transcript, and scroll the transcript, never the page, to it.
     * While it is closed it is not measured, for which the whole page would have to be laid out. */
    #follow() {
      const id = this.#beats[this.#index]?.id;
      const open = this.#transcript.closest("details")?.open;
      for (const item of this.#transcript.querySelectorAll("li")) {
        const button = item.querySelector("button");
        if (item.dataset.id !== id) button?.removeAttribute("aria-current");
        else {
          button?.setAttribute("aria-current", "true");
          if (open)
            this.#transcript.scrollTop = item.offsetTop - this.#transcript.clientHeight / 3;
        }
      }
    }

    /** @param {string} name @param {boolean} disabled */
    #setDisabled(name, disabled) {
      this.#buttons[name]?.setAttribute("aria-disabled", String(disabled));
    }

    /** @param {boolean} playing */
    #setPlaying(playing) {
      this.#playing = playing;
      const button = this.#buttons.play;
      if (button) button.textContent = playing ? WORDS.pause : WORDS.play;
    }

    // --- which picture --------------------------------------------------------------------------

    get #asStills() {
      const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator);
      return connection?.saveData || STILLS.some((query) => matchMedia(query).matches);
    }

    #halt() {
      this.#picture.abort();
      this.#picture = new AbortController();
      clearTimeout(this.#timer);
      this.#reel?.video.pause();
    }

    /** @param {number} index @param {How} how */
    async #show(index, how) {
      this.#halt();
      const { signal } = this.#picture;
      this.#how = how;
      this.#enter(index);
      this.#setPlaying(how === "through");
      if (how !== "rest" && !this.#asStills && (await this.#run(signal))) return;
      await this.#hold(signal);
      if (!signal.aborted && how === "through") this.#linger();
    }

    /** Go on to the next still when this one has been read. */
    #linger() {
      const beat = this.#beats[this.#index];
      if (!beat) return;
      this.#timer = setTimeout(() => this.#onward(), 1000 * (beat.end - beat.start));
    }

    #onward() {
      if (this.#index + 1 < this.#beats.length) this.#show(this.#index + 1, "through");
      else this.#finish();
    }

    #finish() {
      this.#setPlaying(false);
      this.dispatchEvent(new CustomEvent("lesson-end", { bubbles: true, composed: true }));
    }

    /**
     * Show the picture that the current line ends with.
     * @param {AbortSignal} signal
     */
    async #hold(signal) {
      const beat = this.#beats[this.#index];
      if (!beat) return;
      if (beat.still) {
        const image = make("img", { src: beat.still, alt: beat.step.title });
        await image.decode().catch(() => {});
        if (!signal.aborted) this.#bringToFront(image);
        return;
      }
      const reel = await this.#load(beat, signal);
      if (reel && (await this.#seek(reel, stop(beat), signal))) this.#bringToFront(reel.video);
    }

    /**
     * Play the current line's film; false if there is none to be had.
     * @param {AbortSignal} signal
     */
    async #run(signal) {
      const beat = this.#beats[this.#index];
      const reel = beat && (await this.#load(beat, signal));
      if (signal.aborted) return true;
      if (!reel) return false;
      const { video } = reel;
      if (!(await this.#seek(reel, beat.start, signal))) return true;
      this.#bringToFront(video);
      const tick = () => this.#tick(reel);
      const watch = () => {
        if (signal.aborted) return;
        tick();
        video.requestVideoFrameCallback?.(watch);
      };
      video.addEventListener("timeupdate", tick, { signal });
      video.addEventListener("ended", () => this.#ended(), { signal });
      video.requestVideoFrameCallback?.(watch);
      return video.play().then(
        () => true,
        () => signal.aborted,
      );
    }

    /** Follow the film, and stop it where its line stands. @param {Reel} reel */
    #tick({ video, offset }) {
      const time = video.currentTime + offset;
      const beat = this.#beats[this.#index];
      if (!beat || video.paused) return;
      if (this.#how === "move" && time >= stop(beat)) {
        video.pause();
        if (time >= beat.end) video.currentTime = stop(beat) - offset + NUDGE;
      } else if (this.#how === "through") {
        const passed = beat.step.beats.filter((each) => each.start <= time + NUDGE);
        const now = this.#beats.indexOf(passed.at(-1) ?? beat);
        if (now !== this.#index) this.#enter(now);
      }
    }

    #ended() {
      if (this.#how === "through") this.#onward();
    }

    /**
     * The film with a line in it: the step's whole film, or where that cannot be sought through,
     * the line's own clip.
     * @param {Beat} beat
     * @param {AbortSignal} signal
     * @returns {Promise<Reel | null>}
     */
    async #load(beat, signal) {
      if (beat.step.film && !this.#unseekable) {
        const cues = beat.step.beats.flatMap((each) => each.cues);
        const reel = this.#open(beat.step.film, 0, cues, beat.step);
        if (!(await reel.ready) || signal.aborted) return null;
        const { seekable } = reel.video;
        if (seekable.length && seekable.end(0) > 0) return reel;
        this.#unseekable = true;
      }
      if (!beat.clip) return null;
      const reel = this.#open(beat.clip, beat.start, beat.cues, beat.step);
      return (await reel.ready) && !signal.aborted ? reel : null;
    }

    /**
     * A video of this file, under what is shown now.
     * @param {string} src @param {number} offset @param {Cue[]} cues @param {Step} step
     */
    #open(src, offset, cues, step) {
      if (this.#reel?.src === src) return this.#reel;
      const video = make("video", { playsinline: "", preload: "auto", "aria-label": step.title });
      video.muted = true;
      const track = video.addTextTrack("captions", WORDS.captions, step.language);
      for (const { start, end, text } of cues)
        track.addCue(new VTTCue(start - offset, end - offset, text));
      track.mode = this.hasAttribute("captions") ? "showing" : "hidden";
      const chapters = video.addTextTrack("chapters", step.title, step.language);
      for (const { start, end, words, id } of offset ? [] : step.beats)
        chapters.addCue(new VTTCue(start, end, words || id));
      const { signal } = this.#life;
      const ready = Promise.race([
        once(video, "loadeddata", signal).then(() => true),
        once(video, "error", signal).then(() => false),
      ]);
      video.src = src;
      this.#stage.prepend(video);
      this.#reel = { src, offset, video, ready };
      return this.#reel;
    }

    /**
     * Whether the film came to show this moment, before another was asked for.
     * @param {Reel} reel @param {number} time @param {AbortSignal} signal
     */
    async #seek({ video, offset }, time, signal) {
      const there = once(video, "seeked", signal);
      const shown = presented(video);
      video.currentTime = time - offset + NUDGE;
      await there;
      if (!video.classList.contains("front")) await shown;
      return !signal.aborted;
    }

    /**
     * Put a picture that is ready on top. What it covers goes, except the film in use.
     * @param {HTMLElement} picture
     */
    #bringToFront(picture) {
      if (!picture.isConnected) this.#stage.append(picture);
      picture.classList.add("front");
      for (const other of [...this.#stage.children]) {
        if (other === picture) continue;
        other.classList.remove("front");
        if (other === this.#reel?.video) continue;
        if (other instanceof HTMLVideoElement) unload(other);
        else other.remove();
      }
    }

    // --- captions, copying, keys ----------------------------------------------------------------

    /** @param {boolean} on */
    #caption(on) {
      this.toggleAttribute("captions", on);
      this.#buttons.captions?.setAttribute("aria-pressed", String(on));
      for (const track of this.#reel?.video.textTracks ?? [])
        if (track.kind === "captions") track.mode = on ? "showing" : "hidden";
    }

    async #copy() {
      const tex = texOf(this.#beats[this.#index]?.math);
      if (!tex) return;
      try {
        await navigator.clipboard.writeText(tex);
        this.#status.textContent = WORDS.copied;
      } catch {
        this.#status.textContent = WORDS.uncopied;
      }
    }

    /**
     * A formula that is selected and copied, here or in the text around, is copied as TeX.
     * @param {ClipboardEvent} event
     */
    #copied(event) {
      const path = event.composedPath();
      const formula = path.find((node) => node instanceof Element && node.matches(".formula"));
      if (!(formula instanceof Element)) return;
      const tex = texOf(formula);
      if (!tex || !event.clipboardData || reachesBeyond(formula)) return;
      event.clipboardData.setData("text/plain", tex);
      event.preventDefault();
    }

    /** @param {KeyboardEvent} event */
    #key(event) {
      const target = event.composedPath()[0];
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      const scrolls = target instanceof HTMLElement && target.scrollWidth > target.clientWidth;
      if (scrolls && event.key.length > 1) return;
      const beats = this.#beats[this.#index]?.step.beats ?? [];
      /** @type {Record<string, () => unknown>} */
      const keys = {
        ArrowRight: () => this.next(),
        ArrowLeft: () => this.previous(),
        Home: () => beats[0] && this.goTo(beats[0].id),
        End: () => this.goTo(beats.at(-1)?.id ?? ""),
        r: () => this.replay(),
        p: () => (this.#playing ? this.pause() : this.play()),
        c: () => this.#caption(!this.hasAttribute("captions")),
      };
      const act = keys[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    }
  }

  /** The first moment at which a line's picture stands. @param {Beat} beat */
  function stop(beat) {
    return Math.max(beat.start, Math.min(beat.rest, beat.end - 1 / beat.step.fps));
  }

  if (!customElements.get("lesson-steps")) customElements.define("lesson-steps", LessonSteps);
})();
