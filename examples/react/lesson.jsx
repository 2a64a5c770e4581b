import { useEffect, useRef, useState } from "react";

/**
 * A lesson. Its content is fetched once and handed over whole, because the player reads it and React
 * need not know it; `onStep` is told the id of every line shown.
 */
export function Lesson({ source, onStep }) {
  const [content, setContent] = useState(null);
  const place = useRef(null);

  useEffect(() => {
    const request = new AbortController();
    fetch(source, { signal: request.signal })
      .then((answer) => answer.text())
      .then((html) => setContent({ __html: html }))
      .catch((error) => request.signal.aborted || console.error(error));
    return () => request.abort();
  }, [source]);

  useEffect(() => {
    const heard = (event) => onStep(event.detail.id);
    const { current } = place;
    current.addEventListener("lesson-step", heard);
    return () => current.removeEventListener("lesson-step", heard);
  }, [onStep]);

  return <div ref={place} dangerouslySetInnerHTML={content} />;
}
