// @ts-check
/**
 * Shows the page again when the lesson has changed, at the line where it was, and says when it is
 * being filmed and what went wrong. `render.py serve` adds it to pages; it is not in the lesson.
 */
"use strict";

(() => {
  /** @typedef {{edition: string, filming: boolean, problems: string[]}} News */
  /** @typedef {HTMLElement & {current: {id: string} | null, goTo(name: string): unknown}} Player */

  const KEPT = "lesson-serve";
  const edition = document.currentScript?.dataset.edition;
  const player = /** @type {Player | null} */ (document.querySelector("lesson-steps"));

  const box = document.createElement("div");
  const root = box.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    p, pre {
      position: fixed; inset-inline: 0; bottom: 0; z-index: 9; margin: 0; padding: .6em 1em;
      font: 1rem/1.5 system-ui, sans-serif; color: CanvasText; background: Canvas;
      border-top: 2px solid currentColor;
    }
    pre { max-height: 50vh; overflow: auto; white-space: pre-wrap; color: #8c1d18; background: #fff; }
  `);
  root.adoptedStyleSheets = [sheet];
  const status = document.createElement("div");
  status.role = "status";
  root.append(status);
  document.body.append(box);

  /** @param {News} news */
  function tell({ filming, problems }) {
    const text = filming ? "Filming what has changed …" : problems.join("\n");
    const note = document.createElement(filming ? "p" : "pre");
    note.textContent = text;
    status.replaceChildren(...(text ? [note] : []));
  }

  function leave() {
    sessionStorage.setItem(KEPT, player?.current?.id ?? "");
    location.reload();
  }

  /** Back to the line where the reader was, unless it is gone. */
  function comeBack() {
    const line = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    if (!line || !player || !document.getElementById(line)) return;
    player.goTo(line);
  }

  const news = new EventSource("/.serve/news");
  news.addEventListener("message", (event) => {
    /** @type {News} */
    const told = JSON.parse(event.data);
    if (told.edition === edition) tell(told);
    else {
      news.close();
      leave();
    }
  });
  addEventListener("DOMContentLoaded", comeBack);
})();
