// A lesson in React: the player's content is fetched once and handed over whole, because the player
// reads it and React need not know it; the player's events come up as any other's.
"use strict";

const { createElement, useEffect, useRef, useState } = React;

function Lesson({ source, onStep }) {
  const [content, setContent] = useState("");
  const place = useRef(null);

  useEffect(() => {
    const request = new AbortController();
    fetch(source, { signal: request.signal })
      .then((answer) => answer.text())
      .then(setContent)
      .catch((error) => request.signal.aborted || console.error(error));
    return () => request.abort();
  }, [source]);

  useEffect(() => {
    const heard = (event) => onStep(event.detail.id);
    const { current } = place;
    current.addEventListener("lesson-step", heard);
    return () => current.removeEventListener("lesson-step", heard);
  }, [onStep]);

  return createElement("div", { ref: place, dangerouslySetInnerHTML: { __html: content } });
}

function Page() {
  const [line, setLine] = useState("");
  const [open, setOpen] = useState(true);
  return createElement(
    "main",
    null,
    createElement("h1", null, "A page in React"),
    createElement("button", { onClick: () => setOpen(!open) }, open ? "Close" : "Open"),
    open && createElement(Lesson, { source: "element.html", onStep: setLine }),
    createElement("p", { id: "line" }, line),
  );
}

ReactDOM.createRoot(document.getElementById("root")).render(createElement(Page));
