import { useState } from "react";
import { createRoot } from "react-dom/client";

import { Lesson } from "./lesson.jsx";

function Page() {
  const [line, setLine] = useState("");
  const [open, setOpen] = useState(true);
  return (
    <main>
      <h1>A page in React</h1>
      <button onClick={() => setOpen(!open)}>{open ? "Close" : "Open"}</button>
      {open && <Lesson source="element.html" onStep={setLine} />}
      <p id="line">{line}</p>
    </main>
  );
}

createRoot(document.getElementById("root")).render(<Page />);
