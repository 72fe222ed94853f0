// A row of the matrix opens to its scores by language, its lineage with costs, its curves and its commands.
const data = JSON.parse(document.getElementById("data").textContent);

function copyable(command) {
  const said = element("span", { class: "unseen", "aria-live": "polite" });
  const button = element("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(command);
    } catch {
      // Without permission for the clipboard, as from some files, the old way works.
      const area = document.body.appendChild(element("textarea", { class: "unseen" }, command));
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "Not copied";
    said.textContent = done ? "Copied to the clipboard" : "The browser did not allow it: select the command instead";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  return element("div", { class: "command" }, element("code", {}, command), button, said);
}

const details = (() => {
  const cell = (text, attributes = {}) => element("td", attributes, text);

  function scores(row) {
    const parts = [];
    for (const [task, title, metric] of data.tasks) {
      const languages = Object.entries(row.scores[task]);
      if (!languages.length) continue;
      parts.push(element("table", { class: "strip" },
        element("caption", {}, `${title}, ${metric}`),
        element("thead", {}, element("tr", {}, ...languages.map(([lang]) => element("th", { scope: "col" }, lang)))),
        element("tbody", {}, element("tr", {}, ...languages.map(([, value]) => cell(value.toFixed(3)))))));
    }
    return element("div", {}, element("h4", {}, "Scores by language"), element("div", { class: "strips" }, ...parts));
  }

  function lineage(row) {
    const lines = row.steps.map(([title, path, time, memory]) => element("tr", {},
      element("th", { scope: "row" }, title), cell(time || "–", { class: "number" }), cell(memory || "–", { class: "number" }),
      element("td", {}, element("code", {}, path))));
    const head = ["Step", "Time", "Memory", "Below the run’s folder"].map((name, place) =>
      element("th", { scope: "col", class: place === 1 || place === 2 ? "number" : "" }, name));
    return element("div", {}, element("h4", {}, "How it came to be"),
      element("table", { class: "lineage" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...lines)));
  }

  function curves(row) {
    const found = row.curves.map((number) => document.getElementById(`curve-${number}`).cloneNode(true));
    found.forEach((figure) => figure.removeAttribute("id"));
    return found.length ? element("div", {}, element("h4", {}, "Trainings"), element("div", { class: "curves" }, ...found)) : "";
  }

  function commands(row) {
    const forms = Object.entries(row.exports);
    return element("div", { class: "wide" }, element("h4", {}, "Make this row alone"), row.command ? copyable(row.command) : "–",
      ...(forms.length ? [element("h4", {}, "Export its model")] : []),
      ...forms.map(([form, command]) => element("div", {}, element("p", { class: "note" }, form), copyable(command))));
  }

  function panel(tr) {
    const row = data.rows[tr.id];
    const inner = element("div", { class: "details" }, scores(row), element("div", {}, lineage(row), curves(row)), commands(row));
    return element("tr", { class: "panel", id: `details-${tr.id}` }, element("td", { colspan: tr.cells.length }, inner));
  }

  for (const tr of matrix.rows) {
    const head = tr.cells[0];
    const toggle = () => {
      const open = state.list("open");
      state.set({ open: open.includes(tr.id) ? open.filter((id) => id !== tr.id) : [...open, tr.id] });
    };
    const button = element("button", { type: "button", class: "open", "aria-expanded": "false", onclick: toggle });
    button.append(head.firstChild);
    head.prepend(button);
  }

  function update() {
    for (const tr of matrix.rows) {
      const open = state.list("open").includes(tr.id);
      const there = tr.nextElementSibling && tr.nextElementSibling.matches(".panel") ? tr.nextElementSibling : null;
      if (open && !there) tr.after(panel(tr));
      if (!open && there) there.remove();
      const button = tr.cells[0].querySelector("button.open");
      button.setAttribute("aria-expanded", String(open));
      if (open) button.setAttribute("aria-controls", `details-${tr.id}`);
      else button.removeAttribute("aria-controls");
    }
  }
  return { update };
})();
